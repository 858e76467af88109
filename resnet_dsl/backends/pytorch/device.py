"""Names of devices and dtypes -> torch objects, or an error that lists what is available."""

import torch

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ..dtypes import NAMES, check_dtype

DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in NAMES}


def available_devices() -> list[str]:
    """The devices of this machine that the installed torch can use."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu", "meta"]


def resolve_device(device: torch.device | str) -> torch.device:
    """The device; `auto` is the first available of CUDA, MPS and the CPU.

    Raises:
        EnvironmentFault: the device is unknown or not available.
    """
    if isinstance(device, torch.device) and device.type not in ("cuda", "mps"):
        return device  # of a kind that only torch knows, perhaps
    name = str(device)
    devices = available_devices()
    if name == "auto":
        return torch.device(devices[0])
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda", "mps", "meta") or (index and not (kind == "cuda" and index.isdecimal())):
        raise EnvironmentFault(_fault(f"unknown device `{name}`", devices, name))
    if name in devices:
        return torch.device(name)
    if name == "cuda" and "cuda:0" in devices:
        return torch.device("cuda", torch.cuda.current_device())
    raise EnvironmentFault(_fault(f"the device `{name}` is not available: {_reason(kind)}", devices))


def resolve_dtype(dtype: torch.dtype | str, device: torch.device) -> torch.dtype:
    """The dtype.

    Raises:
        EnvironmentFault: the dtype is unknown or not floating-point, or the device does not support it.
    """
    if isinstance(dtype, torch.dtype):
        if not dtype.is_floating_point:
            raise EnvironmentFault(Diagnostic(code="RD502", message=f"`{dtype}` is not a floating-point dtype"))
        return dtype
    name = dtype
    check_dtype(name)
    if name == "float64" and device.type == "mps":
        message = "`mps` does not support `float64`"
        raise EnvironmentFault(Diagnostic(code="RD502", message=message, helps=("use `float32`",)))
    return DTYPES[name]


def _reason(kind: str) -> str:
    if kind == "mps":
        return "torch finds no usable Metal GPU"
    if torch.version.cuda is None and torch.version.hip is None:
        return f"torch {torch.__version__} was built without CUDA"
    count = torch.cuda.device_count()
    return f"torch sees {count} CUDA {'device' if count == 1 else 'devices'}"


def _fault(message: str, devices: list[str], written: str = "") -> Diagnostic:
    helps = did_you_mean(written, ["auto", "cuda", "mps", "cpu", "meta"], "device") if written else ()
    available = ", ".join(f"`{device}`" for device in devices)
    return Diagnostic(code="RD501", message=message, notes=(f"available devices: {available}",), helps=helps)
