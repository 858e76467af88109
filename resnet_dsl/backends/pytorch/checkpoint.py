"""Files of weights -> tensors by their standard names; nothing in a file is ever run."""

import io
import pickle
import pickletools
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ...checkpoints.dialects import standard_names
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.shapes import Shape

_WRAPPERS = ("state_dict", "model")
_PICKLES = (".pt", ".pth", ".bin", ".ckpt")

_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the readers have been seen to raise over files that somebody cut, changed or made up."""

_OF_TENSORS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|torch\.(\w+Storage|\w+Tensor|Tensor|Size|device|[a-z]+\d\w*|bool)"
    r"|torch\.storage\.\w+|torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild\w+|torch\.nn\.parameter\.Parameter"
)
"""What a pickle of tensors imports."""

_MOST_READ = 1 << 22
"""Bytes of a pickle that are searched for what it would import; names and shapes fill less."""


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors in a `.safetensors`, `.pt` or `.pth` file, by the names that torchvision and timm use.

    Raises:
        EnvironmentFault: the file cannot be read, would run code, or holds no `state_dict`.
    """
    try:
        content = _content(path)
    except _DAMAGED as error:
        if path.suffix in _PICKLES:
            _refuse_code(path)
        _refuse(path, _reason(error))
    tensors = _unwrapped(path, content)
    names = standard_names(tensors)
    taken: dict[str, str] = {}
    for name, standard in names.items():
        if (other := taken.setdefault(standard, name)) != name:
            _refuse(path, f"`{other}` and `{name}` are the same entry")
    return {names[name]: tensor for name, tensor in tensors.items()}


def _content(path: Path) -> Any:
    """Whatever the file holds, read by the reader that its ending names."""
    if not path.is_file():
        _refuse(path, "it is a directory" if path.is_dir() else "there is no such file")
    if path.suffix == ".safetensors":
        return load_file(path)
    if path.suffix not in _PICKLES:
        _refuse(path, f"weights are `.safetensors`, `.pt` or `.pth` files, not `{path.suffix}`")
    with warnings.catch_warnings(action="ignore"):  # about pickles that are refused or read all the same
        return torch.load(path, map_location="cpu", weights_only=True)


def read_shapes(path: Path) -> dict[str, Shape]:
    """Name and shape of every tensor in a file; raises as `read_checkpoint` does."""
    return shapes(read_checkpoint(path))


def shapes(tensors: dict[str, Tensor]) -> dict[str, Shape]:
    """Name and shape of every tensor."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _unwrapped(path: Path, content: Any) -> dict[str, Tensor]:
    """The mapping of names to tensors, taken out of what training scripts put around it."""
    for wrapper in (*_WRAPPERS, *_WRAPPERS):  # either may hold the other
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content:
        _refuse(path, "it holds no `state_dict`")
    for name, value in content.items():
        if not isinstance(name, str):
            _refuse(path, f"it holds no `state_dict`: `{name!r}` is no name")
        if not isinstance(value, Tensor):
            _refuse(path, f"it holds no `state_dict`: `{name}` is of type `{type(value).__name__}`")
        if not _is_plain(value):
            _refuse(path, f"`{name}` is no dense tensor of real numbers")
    return content


def _is_plain(value: Tensor) -> bool:
    """Whether the tensor holds one real number for each place of its shape."""
    has_values = not (value.is_nested or value.is_quantized or value.is_meta) and value.layout == torch.strided
    return has_values and not value.is_complex()


def _refuse_code(path: Path) -> None:
    """Name what a pickle would call that holds more than tensors; nothing of it has been called."""
    with warnings.catch_warnings(action="ignore"):  # about texts in it
        called = next((name for name in _imports(path) if not _OF_TENSORS.fullmatch(name)), None)
    if called is None:
        return
    raise EnvironmentFault(
        Diagnostic(
            code="RD504",
            message=f"refused `{path}`: it would run `{called}`",
            notes=("a pickle can run any code; only tensors are read from one, and nothing of this file has run",),
            helps=("save the `state_dict` alone, best as `.safetensors`",),
        )
    )


def _imports(path: Path) -> Iterator[str]:
    """What the pickles in a file would import, in their order; they are read, and nothing of them is run."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in [name for name in archive.namelist() if name.endswith("data.pkl")][:1]:
                    yield from _imported(io.BytesIO(archive.open(name).read(_MOST_READ)))
        else:
            with path.open("rb") as file:
                yield from _imported(io.BytesIO(file.read(_MOST_READ)))
    except _DAMAGED:
        return


def _imported(file: io.BytesIO) -> Iterator[str]:
    """What pickles in a row would import; that they end, or are none, is an error of `pickletools`."""
    while True:
        texts: list[str] = []
        memo: dict[int, str | None] = {}
        top: str | None = None
        for opcode, argument, _ in pickletools.genops(file):
            match opcode.name:
                case "GLOBAL" | "INST":
                    yield _dotted(*str(argument).split(" ", 1))
                case "STACK_GLOBAL":
                    yield _dotted(*texts[-2:])
                case "MEMOIZE":
                    memo[len(memo)] = top
                    continue
                case "PUT" | "BINPUT" | "LONG_BINPUT":
                    memo[int(str(argument))] = top
                    continue
                case "GET" | "BINGET" | "LONG_BINGET":
                    argument = memo.get(int(str(argument)))
            top = argument if isinstance(argument, str) else None
            texts += [] if top is None else [top]


def _dotted(module: str, name: str) -> str:
    """A function's name; Python 2 had another for `builtins`, which pickles of old protocols keep."""
    return f"{'builtins' if module == '__builtin__' else module}.{name}"


def _refuse(path: Path, reason: str) -> NoReturn:
    raise EnvironmentFault(Diagnostic(code="RD504", message=f"cannot read the weights in `{path}`: {reason}"))


def _reason(error: BaseException) -> str:
    """What went wrong, in words for whoever has the file."""
    text = str(getattr(error, "strerror", None) or error)
    if "allocate memory" in text or isinstance(error, MemoryError):
        return "it does not fit into memory"
    if isinstance(error, EOFError):
        return "it is empty, or cut short"
    if isinstance(error, OSError | SafetensorError) and text:
        return text[:1].lower() + text[1:]
    return "it is damaged, or no file of weights, or pickled in a way that torch does not read"
