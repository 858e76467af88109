"""Weights files -> tensors by their standard names; no code in a file is ever run."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from torch import Tensor

from ...checkpoints.dialects import standard_names
from ...checkpoints.files import read_content
from ...checkpoints.stored import Stored, objection
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.shapes import Shape
from .tensors import tensor_of

_WRAPPERS = ("state_dict", "model")


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors in a file of weights, by the names that torchvision and timm use.

    Raises:
        EnvironmentFault: the file cannot be read, or contains no `state_dict`.
    """
    return {name: tensor_of(entry) for name, entry in _entries(path).items()}


def read_shapes(path: Path) -> dict[str, Shape]:
    """Name and shape of every tensor in a file; raises as `read_checkpoint` does."""
    return {name: entry.shape for name, entry in _entries(path).items()}


def shapes(tensors: Mapping[str, Tensor]) -> dict[str, Shape]:
    """Name and shape of every tensor."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _entries(path: Path) -> dict[str, Stored]:
    """The entries of a file by standard names."""
    entries = _unwrapped(path, read_content(path).tree)
    names = standard_names(entries)
    taken: dict[str, str] = {}
    for name, standard in names.items():
        if (other := taken.setdefault(standard, name)) != name:
            _refuse(path, f"`{other}` and `{name}` name the same entry")
    return {names[name]: entry for name, entry in entries.items()}


def _unwrapped(path: Path, content: object) -> dict[str, Stored]:
    """The mapping from names to tensors, without the wrappers that training scripts add."""
    for wrapper in (*_WRAPPERS, *_WRAPPERS):  # either may contain the other
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content:
        _refuse(path, "it contains no `state_dict`")
    for name, value in content.items():
        if not isinstance(name, str):
            _refuse(path, f"it contains no `state_dict`: `{name!r}` is not a name")
        if not isinstance(value, Stored):
            _refuse(path, f"it contains no `state_dict`: `{name}` is of type `{type(value).__name__}`")
        if reason := objection(value.dtype):
            _refuse(path, f"`{name}` {reason}")
    return content


def _refuse(path: Path, reason: str) -> NoReturn:
    raise EnvironmentFault(Diagnostic(code="RD504", message=f"cannot read the weights in `{path}`: {reason}"))
