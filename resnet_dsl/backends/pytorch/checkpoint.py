"""Files of weights -> tensors by their standard names; nothing in a file is ever run."""

import contextlib
import pickle
import pickletools
import re
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ...graph.matching import standard_names
from ...graph.shapes import Shape
from ...language.diagnostics import Diagnostic, EnvironmentFault

_WRAPPERS = ("state_dict", "model")
_FORBIDDEN_GLOBAL = re.compile(r"GLOBAL (\S+)")
_PICKLES = (".pt", ".pth", ".bin", ".ckpt")


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors in a `.safetensors`, `.pt` or `.pth` file, by the names that torchvision and timm use.

    Raises:
        EnvironmentFault: the file cannot be read, would run code, or holds no `state_dict`.
    """
    if not path.is_file():
        _refuse(path, "there is no such file")
    try:
        if path.suffix == ".safetensors":
            content: Any = load_file(path)
        elif path.suffix in _PICKLES:
            with warnings.catch_warnings(action="ignore"):  # about pickles that are refused or read all the same
                content = torch.load(path, map_location="cpu", weights_only=True)
        else:
            _refuse(path, f"weights are `.safetensors`, `.pt` or `.pth` files, not `{path.suffix}`")
    except pickle.UnpicklingError as error:
        _refuse_pickle(path, str(error))
    except EOFError:
        _refuse(path, "it is empty, or cut short")
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        _refuse(path, _first_line(error))
    except (SafetensorError, zipfile.BadZipFile) as error:
        _refuse(path, _first_line(error))
    tensors = _unwrapped(path, content)
    names = standard_names(tensors)
    return {names[name]: tensor for name, tensor in tensors.items()}


def shapes(tensors: dict[str, Tensor]) -> dict[str, Shape]:
    """Name and shape of every tensor."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _unwrapped(path: Path, content: Any) -> dict[str, Tensor]:
    """The mapping of names to tensors, taken out of what training scripts put around it."""
    for wrapper in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content:
        _refuse(path, "it holds no `state_dict`")
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            _refuse(path, f"it holds no `state_dict`: `{name}` is a {type(value).__name__}")
    return content


def _refuse_pickle(path: Path, reason: str) -> NoReturn:
    """A pickle that wants more than tensors: what it would call is named, and has not been called."""
    match = _FORBIDDEN_GLOBAL.search(reason)
    called = match.group(1) if match else _first_global(path)
    if called is None:
        _refuse(path, "it is no file of weights, or damaged")
    raise EnvironmentFault(
        Diagnostic(
            code="RD504",
            message=f"refused `{path}`: it would run `{called}`",
            notes=("a pickle can run any code; only tensors are read from one, and nothing of this file has run",),
            helps=("save the `state_dict` alone, best as `.safetensors`",),
        )
    )


def _first_global(path: Path) -> str | None:
    """The first thing that a bare pickle of a newer protocol would import, read without running it."""
    strings: list[str] = []
    with path.open("rb") as file, contextlib.suppress(ValueError, UnicodeDecodeError, IndexError):
        for opcode, argument, _ in pickletools.genops(file):
            if opcode.name == "STACK_GLOBAL":
                return f"{strings[-2]}.{strings[-1]}"
            if isinstance(argument, str):
                strings.append(argument)
    return None


def _refuse(path: Path, reason: str) -> NoReturn:
    raise EnvironmentFault(Diagnostic(code="RD504", message=f"cannot read the weights in `{path}`: {reason}"))


def _first_line(error: BaseException) -> str:
    text = (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]
    return text[:1].lower() + text[1:]
