"""What a file is that holds no weights, or none that can be read, told by its first bytes."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from .fault import Unreadable

_AGAIN = "download the file itself"
_ARRAYS = "save its arrays by their names with `numpy.savez`, and give that file"
_STATE = "save the network's `state_dict` from PyTorch, and give that file"

_STARTS: Mapping[bytes, tuple[str, str]] = {
    b"version https://git-lfs": ("it is a pointer of Git LFS to a file", "run `git lfs pull` where it was cloned"),
    b"<!DOCTYPE": ("it is a web page", _AGAIN),
    b"<!doctype": ("it is a web page", _AGAIN),
    b"<html": ("it is a web page", _AGAIN),
    b"<HTML": ("it is a web page", _AGAIN),
    b"<?xml": ("it is XML, such as a server's message", _AGAIN),
    b"\x1f\x8b": ("it is compressed with gzip", "unpack it with `gunzip`"),
    b"BZh": ("it is compressed with bzip2", "unpack it with `bunzip2`"),
    b"\xfd7zXZ\0": ("it is compressed with xz", "unpack it with `unxz`"),
    b"\x28\xb5\x2f\xfd": ("it is compressed with zstd", "unpack it with `unzstd`"),
    b"7z\xbc\xaf\x27\x1c": ("it is a 7z archive", "unpack it"),
    b"Rar!": ("it is a RAR archive", "unpack it"),
    b"GGUF": ("it is a GGUF file, of a language model", ""),
    b"\x12\x01\0\0\0\0\0\0": ("it is a file of MXNet", _ARRAYS),
    b"MATLAB": ("it is a file of MATLAB", _ARRAYS),
    b"\x89PNG": ("it is an image", ""),
    b"\xff\xd8\xff": ("it is an image", ""),
    b"%PDF": ("it is a PDF document", ""),
    b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0": ("it begins with zeros, as unfinished downloads do", "download it again"),
}
"""How files begin -> what they are, and what helps."""

_NAMES: Mapping[str, tuple[str, str]] = {
    r".*\.onnx": ("it is an ONNX model", _STATE),
    r".*\.data-\d+-of-\d+|.*\.ckpt(-\d+)?\.(index|meta)|checkpoint": ("it is part of a TensorFlow checkpoint", _ARRAYS),
    r".*\.pb": ("it is a graph of TensorFlow", _ARRAYS),
    r".*\.caffemodel": ("it is a model of Caffe", _ARRAYS),
    r".*\.t7": ("it is a file of Torch for Lua", _STATE),
    r".*\.msgpack": ("it is a file of Flax", _ARRAYS),
    r".*\.params": ("it is a file of MXNet", _ARRAYS),
    r".*\.safetensors": ("it is damaged or truncated: safetensors begin in another way", "download it again"),
}
"""Names -> the same, for formats whose first bytes tell little."""

_SPEC = re.compile(rb"^(extends|block|stages):", re.MULTILINE)


def reason_for(head: bytes) -> Unreadable | None:
    """Why a file that begins like this cannot be read; None if it may be a pickle."""
    text = head.lstrip()
    found = next((what for start, what in _STARTS.items() if text.startswith(start) or head.startswith(start)), None)
    if found is None and head[257:262] == b"ustar":
        found = "it is a tar archive", "unpack it with `tar -xf`, and give a file of weights in it"
    if found is None and head[4:8] == b"TFL3":
        found = "it is a model of TensorFlow Lite", _ARRAYS
    if found is None and head[:1] == b"\x08" and head[2:3] in (b"\x12", b"\x1a", b"\x3a"):
        found = "it is an ONNX model", _STATE
    if found is None and text.startswith(b"{") and text[1:].lstrip()[:1] in (b'"', b"}"):
        found = "it is JSON, such as a network's settings", "give the file of weights beside it"
    if found is None and _is_text(head) and _SPEC.search(head):
        found = "it is a spec", "give a file of weights"
    return None if found is None else Unreadable(found[0], *filter(None, found[1:]))


def unknown(path: Path, head: bytes) -> Unreadable:
    """Why a file that is not even a pickle cannot be read."""
    for name, (reason, help_) in _NAMES.items():
        if re.fullmatch(name, path.name, re.IGNORECASE):
            return Unreadable(reason, help_)
    what = "it is text" if _is_text(head) else "it is damaged, or no file of weights"
    return Unreadable(what, "give a file of PyTorch or safetensors, or an archive of NumPy")


def reason_for_archive(names: Collection[str]) -> Unreadable:
    """Why a zip archive with members of these names cannot be read."""
    for marks, reason, help_ in (
        (("model.weights.h5",), "it is a Keras archive", "unpack it, and give `model.weights.h5`"),
        (("archive_format", "models/model.json"), "it is an archive of `torch.export`", _STATE),
        (("model.json",), "it is a TorchScript archive of before version 1.4 of PyTorch", _STATE),
        ((".data/version", ".data/extern_modules"), "it is an archive of `torch.package`", _STATE),
        (("[Content_Types].xml",), "it is an office document", ""),
    ):
        if any(name == mark or name.endswith(f"/{mark}") for name in names for mark in marks):
            return Unreadable(reason, *filter(None, (help_,)))
    return Unreadable("it is a zip archive of other files", "unpack it, and give a file of weights in it")


def _is_text(head: bytes) -> bool:
    """Whether the bytes, whose last character may be cut off, are text."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if not error.start or error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character.isspace() for character in text)
