"""What the benchmark and its processes say to one another: a line of JSON each, through their pipes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from .settings import Settings

PASS, PEAK = "pass", "peak"
"""The lines that ask for one pass, which is answered by its milliseconds, and for the peak of memory, in bytes."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one process measures."""

    spec: str
    """The text of the network's spec."""
    runtime: str
    settings: Settings

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Job":
        return cls(data["spec"], data["runtime"], Settings(**data["settings"]))


@dataclass(frozen=True, slots=True)
class Ready:
    """What a process says once it has warmed up."""

    kind: str
    device: str
    threads: int
    versions: Mapping[str, str]


def fault_to_data(fault: EnvironmentFault) -> dict[str, Any]:
    """The faults of a process as data; they have no places in a text."""
    return {"faults": [{**asdict(each), "labels": ()} for each in fault.diagnostics]}


def fault_from_data(data: Mapping[str, Any]) -> EnvironmentFault:
    return EnvironmentFault(
        Diagnostic(code=each["code"], message=each["message"], notes=(*each["notes"],), helps=(*each["helps"],))
        for each in data["faults"]
    )
