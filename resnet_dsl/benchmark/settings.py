"""What is measured: the networks' passes, and by which runtimes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ..backends.dtypes import NAMES, check_dtype
from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.packages import require
from ..diagnostics.similar import did_you_mean


@dataclass(frozen=True, slots=True)
class Runtime:
    """What runs a network."""

    packages: tuple[str, ...]
    """Those that it needs."""
    trains: bool
    dtypes: tuple[str, ...]
    home: str
    """The module of `backends` whose function `load` loads a network; only the process that measures imports it."""


_EXPORTED = ("float32", "float16")

RUNTIMES: Mapping[str, Runtime] = {
    "eager": Runtime(("torch",), True, NAMES, "pytorch.running"),
    "channels_last": Runtime(("torch",), True, NAMES, "pytorch.running"),
    "compile": Runtime(("torch",), True, NAMES, "pytorch.running"),
    "onnxruntime": Runtime(("onnx", "onnxruntime"), False, _EXPORTED, "onnx.running"),
    "openvino": Runtime(("onnx", "openvino"), False, _EXPORTED, "onnx.running"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How passes are made; the same for everything that is compared."""

    device: str = "auto"
    dtype: str = "float32"
    batch_size: int = 1
    training: bool = False
    """Whether a pass is a training step: forward, loss, backward, and a step of SGD with momentum."""
    threads: int | None = None
    """Threads of each runtime on the CPU; by default as many as it takes by itself."""
    rounds: int = 20
    """Passes of each network by each runtime that are measured."""
    warm_up: int = 3
    """Passes before them that are not."""

    def __post_init__(self) -> None:
        least = {"batch_size": 1, "threads": 1, "rounds": 1, "warm_up": 0}
        for name, bound in least.items():
            value = getattr(self, name)
            if value is not None and value < bound:
                raise ValueError(f"{name} is at least {bound}, not {value}")


def runtimes(names: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """The runtimes with these names, each once; `all` stands for those that can do it and are installed.

    Raises:
        EnvironmentFault: there is no such runtime, it is not installed, or it cannot train or compute in this dtype.
    """
    check_dtype(settings.dtype)
    usable = _usable(settings)
    found = dict.fromkeys(each for name in names if name for each in (usable if name == "all" else [name]))
    helps = [f"use {_listed(usable)}"] if usable else []
    if not found:
        raise _fault("no runtime that is installed can do this" if "all" in names else "no runtime is given", *helps)
    for name in found:
        if name not in RUNTIMES:
            known = [*RUNTIMES, "all"]
            helps = [*did_you_mean(name, known, "runtime")] or [f"runtimes are {_listed(known)}"]
            raise _fault(f"unknown runtime `{name}`", *helps)
        if settings.training and not RUNTIMES[name].trains:
            raise _fault(f"`{name}` cannot train", *helps)
        if settings.dtype not in RUNTIMES[name].dtypes:
            raise _fault(f"`{name}` does not run networks in {settings.dtype}", f"use {_listed(RUNTIMES[name].dtypes)}")
        require(*RUNTIMES[name].packages, purpose=f"the runtime `{name}`")
    return tuple(found)


def _usable(settings: Settings) -> list[str]:
    """The runtimes that are installed, and that can do this."""
    return [
        name for name, runtime in RUNTIMES.items() if _can(runtime, settings) and all(map(find_spec, runtime.packages))
    ]


def _can(runtime: Runtime, settings: Settings) -> bool:
    return settings.dtype in runtime.dtypes and (runtime.trains or not settings.training)


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _fault(message: str, *helps: str) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD521", message=message, helps=helps))
