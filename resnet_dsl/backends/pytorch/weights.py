"""A network's weights -> a file."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import nn

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault


def _save_safetensors(module: nn.Module, path: Path) -> None:
    save_file({name: value.contiguous() for name, value in module.state_dict().items()}, path, {"format": "pt"})


def _save_pickle(module: nn.Module, path: Path) -> None:
    with path.open("wb") as file:
        try:
            torch.save(module.state_dict(), file)
        except RuntimeError as error:  # after a failed write, torch still closes the archive, which fails too
            raise error.__context__ or error from None


_WRITERS: Mapping[str, Callable[[nn.Module, Path], None]] = {
    ".safetensors": _save_safetensors,
    ".pt": _save_pickle,
    ".pth": _save_pickle,
}


def check_format(path: Path, device: torch.device) -> None:
    """Check, before the network is built, that its weights can be saved in this format.

    Raises:
        EnvironmentFault: the extension is unknown, or the device has no weights.
    """
    if path.suffix not in _WRITERS:
        *others, last = (f"`{suffix}`" for suffix in _WRITERS)
        found = f"as `{path.suffix}`" if path.suffix else "without an extension"
        message = f"weights can be saved as {', '.join(others)} or {last}, not {found}"
        raise EnvironmentFault(Diagnostic(code="RD503", message=message))
    if device.type == "meta":
        message = "a network on `meta` has no weights to save"
        raise EnvironmentFault(Diagnostic(code="RD503", message=message, helps=("build it with `--device cpu`",)))


def save_weights(module: nn.Module, path: Path, *, like: Path) -> None:
    """Write the `state_dict` to `path`, in the format given by the extension of `like`.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        _WRITERS[like.suffix](module, path)
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        raise (OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error))) from None
