"""Weights files -> tensors by their standard names; no code in a file is ever run."""

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
from ...language.document.weights import PICKLES

_WRAPPERS = ("state_dict", "model")

_READ_ERRORS = (
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
"""What the readers have been seen to raise on truncated, corrupted or made-up files."""

_TENSOR_IMPORTS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|torch\.(\w+Storage|\w+Tensor|Tensor|Size|device|[a-z]+\d\w*|bool)"
    r"|torch\.storage\.\w+|torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild\w+|torch\.nn\.parameter\.Parameter"
)
"""The imports of a pickle that contains only tensors."""

_BYTES_SCANNED = 1 << 22
"""How many bytes of a pickle are scanned for imports; names and shapes take up less."""


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors in a `.safetensors`, `.pt` or `.pth` file, by the names that torchvision and timm use.

    Raises:
        EnvironmentFault: the file cannot be read, would run code, or contains no `state_dict`.
    """
    try:
        content = _content(path)
    except _READ_ERRORS as error:
        if path.suffix in PICKLES:
            _refuse_code(path)
        _refuse(path, _reason(error))
    tensors = _unwrapped(path, content)
    names = standard_names(tensors)
    taken: dict[str, str] = {}
    for name, standard in names.items():
        if (other := taken.setdefault(standard, name)) != name:
            _refuse(path, f"`{other}` and `{name}` name the same entry")
    return {names[name]: tensor for name, tensor in tensors.items()}


def _content(path: Path) -> Any:
    """The raw content of the file, read according to its extension."""
    if not path.is_file():
        _refuse(path, "it is a directory" if path.is_dir() else "there is no such file")
    if path.suffix == ".safetensors":
        return load_file(path)
    if path.suffix not in PICKLES:
        found = f"`{path.suffix}`" if path.suffix else "a file without an extension"
        _refuse(path, f"expected a `.safetensors`, `.pt` or `.pth` file, not {found}")
    with warnings.catch_warnings(action="ignore"):  # about pickles that are refused or read anyway
        return torch.load(path, map_location="cpu", weights_only=True)


def read_shapes(path: Path) -> dict[str, Shape]:
    """Name and shape of every tensor in a file; raises as `read_checkpoint` does."""
    return shapes(read_checkpoint(path))


def shapes(tensors: dict[str, Tensor]) -> dict[str, Shape]:
    """Name and shape of every tensor."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _unwrapped(path: Path, content: Any) -> dict[str, Tensor]:
    """The mapping from names to tensors, without the wrappers that training scripts add."""
    for wrapper in (*_WRAPPERS, *_WRAPPERS):  # either may contain the other
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content:
        _refuse(path, "it contains no `state_dict`")
    for name, value in content.items():
        if not isinstance(name, str):
            _refuse(path, f"it contains no `state_dict`: `{name!r}` is not a name")
        if not isinstance(value, Tensor):
            _refuse(path, f"it contains no `state_dict`: `{name}` is of type `{type(value).__name__}`")
        if not _is_plain(value):
            _refuse(path, f"`{name}` is not a dense tensor of real numbers")
    return content


def _is_plain(value: Tensor) -> bool:
    """Whether the tensor is dense, with real numbers and actual data."""
    has_values = not (value.is_nested or value.is_quantized or value.is_meta) and value.layout == torch.strided
    return has_values and not value.is_complex()


def _refuse_code(path: Path) -> None:
    """Report what a pickle would call if it contains more than tensors; nothing is actually called."""
    with warnings.catch_warnings(action="ignore"):  # about strings in it
        called = next((name for name in _imports(path) if not _TENSOR_IMPORTS.fullmatch(name)), None)
    if called is None:
        return
    raise EnvironmentFault(
        Diagnostic(
            code="RD504",
            message=f"refused to read `{path}`: it would run `{called}`",
            notes=("a pickle can run arbitrary code; only tensors are accepted, and nothing in this file was run",),
            helps=("save only the `state_dict`, preferably as `.safetensors`",),
        )
    )


def _imports(path: Path) -> Iterator[str]:
    """What the pickles in a file would import, in order; they are only scanned, never run."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in [name for name in archive.namelist() if name.endswith("data.pkl")][:1]:
                    yield from _scan_imports(io.BytesIO(archive.open(name).read(_BYTES_SCANNED)))
        else:
            with path.open("rb") as file:
                yield from _scan_imports(io.BytesIO(file.read(_BYTES_SCANNED)))
    except _READ_ERRORS:
        return


def _scan_imports(file: io.BytesIO) -> Iterator[str]:
    """What consecutive pickles would import; at the end, or if there is no pickle, `pickletools` raises an error."""
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
    """The dotted name of a function; pickles of old protocols use the Python 2 name of `builtins`."""
    return f"{'builtins' if module == '__builtin__' else module}.{name}"


def _refuse(path: Path, reason: str) -> NoReturn:
    raise EnvironmentFault(Diagnostic(code="RD504", message=f"cannot read the weights in `{path}`: {reason}"))


def _reason(error: BaseException) -> str:
    """What went wrong, in terms that help the owner of the file."""
    text = str(getattr(error, "strerror", None) or error)
    if "allocate memory" in text or isinstance(error, MemoryError):
        return "it does not fit into memory"
    if isinstance(error, EOFError):
        return "it is empty or truncated"
    if isinstance(error, OSError | SafetensorError) and text:
        return text[:1].lower() + text[1:]
    return "it is corrupted, not a weights file, or pickled in a way that torch cannot read"
