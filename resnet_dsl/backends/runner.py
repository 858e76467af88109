"""A network that a runtime has loaded, ready to make passes over one batch."""

import platform
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Runner:
    """A loaded network."""

    kind: str
    """The kind of its device: `cpu`, `cuda` or `mps`."""
    device: str
    """The name of the processor or the card."""
    threads: int
    """How many the runtime takes on a processor, 0 on a card or where it does not say."""
    packages: tuple[str, ...]
    """Those that run it."""
    milliseconds: Callable[[], float]
    """Makes one pass and says how long it took."""
    peak_memory: Callable[[], int | None]
    """The bytes that were taken at most since it began to load; None where the system does not say."""

    @property
    def versions(self) -> Mapping[str, str]:
        return {package: version(package) for package in self.packages}


def processor() -> str:
    """The name of this machine's processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def peak_of_process() -> int | None:
    """The most bytes that this process has had in memory so far; None on systems that do not say."""
    if sys.platform == "darwin":
        from resource import RUSAGE_SELF, getrusage

        return getrusage(RUSAGE_SELF).ru_maxrss
    try:  # on Linux, `getrusage` begins with the peak of the process that started this one
        status = Path("/proc/self/status").read_text("utf-8")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def peak_since() -> Callable[[], int | None]:
    """A function that says by how much the peak of this process's memory has grown since this call."""
    before = peak_of_process()

    def grown() -> int | None:
        after = peak_of_process()
        return None if after is None or before is None else after - before

    return grown
