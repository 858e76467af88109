"""Tensors by name, and the text of their network's spec -> a file."""

import json
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from ...checkpoints.files.content import SPEC_KEY
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault

_FORMAT = {"format": "pt"}
"""What readers of safetensors look for: the tensors are PyTorch's."""


def _save_safetensors(tensors: Mapping[str, Tensor], path: Path, metadata: Mapping[str, str]) -> None:
    separate: dict[str, Tensor] = {}
    taken: set[int] = set()
    for name, value in tensors.items():  # the format has no tensors that share memory
        is_shared = value.untyped_storage().data_ptr() in taken
        taken.add(value.untyped_storage().data_ptr())
        separate[name] = value.clone(memory_format=torch.contiguous_format) if is_shared else value.contiguous()
    save_file(separate, path, {**_FORMAT, **metadata})
    _sort_metadata(path)


def _sort_metadata(path: Path) -> None:
    """Give the texts in the header a fixed order, so that the same weights are the same bytes."""
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode().ljust(length)
        if len(text) == length:  # the same texts in another order
            file.seek(8)
            file.write(text)


def _save_pickle(tensors: Mapping[str, Tensor], path: Path, metadata: Mapping[str, str]) -> None:
    """A `state_dict`, whose own metadata has the texts, so that every program reads it as one."""
    state: Any = OrderedDict(tensors)
    state._metadata = OrderedDict({"": {"version": 1, **metadata}})
    with path.open("wb") as file:
        try:
            torch.save(state, file)
        except RuntimeError as error:  # after a failed write, torch still closes the archive, which fails too
            raise error.__context__ or error from None


_WRITERS: Mapping[str, Callable[[Mapping[str, Tensor], Path, Mapping[str, str]], None]] = {
    ".safetensors": _save_safetensors,
    ".pt": _save_pickle,
    ".pth": _save_pickle,
}


EXPORTED = (".onnx", ".pt2", ".py")
"""Extensions of what holds a whole network, not its weights."""


def check_format(path: Path, device: torch.device | None = None) -> None:
    """Check, before long work, that weights on this device can be saved in the format of this path.

    Raises:
        EnvironmentFault: the extension is unknown, or the device has no weights.
    """
    if path.suffix not in _WRITERS:
        *others, last = (f"`{suffix}`" for suffix in _WRITERS)
        found = f"as `{path.suffix}`" if path.suffix else "without an extension"
        message = f"weights can be saved as {', '.join(others)} or {last}, not {found}"
        helps: tuple[str, ...] = (f"write `{path.with_name(path.name.split('.')[0] or 'net')}.safetensors`",)
        if path.suffix.lower() in EXPORTED:
            helps = (f"`resnet-dsl export SPEC -o {path.name}` writes the whole network", *helps)
        raise EnvironmentFault(Diagnostic(code="RD503", message=message, helps=helps))
    if device is not None and device.type == "meta":
        message = "a network on `meta` has no weights to save"
        raise EnvironmentFault(Diagnostic(code="RD503", message=message, helps=("build it with `--device cpu`",)))


def save_weights(tensors: Mapping[str, Tensor], path: Path, *, like: Path, spec: str | None) -> None:
    """Write tensors by name to `path`, in the format given by the extension of `like`.

    Args:
        tensors: such as a `state_dict`.
        path: the file.
        like: a path with the extension.
        spec: the text of the network's spec, which travels along.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        _WRITERS[like.suffix](tensors, path, {} if spec is None else {SPEC_KEY: spec})
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        raise (OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error))) from None
