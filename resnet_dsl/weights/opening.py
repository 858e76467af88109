"""Weights in, as a file, a reference or a mapping of tensors; the network of this family that they hold out."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeAlias

from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.files.content import Content
from ..checkpoints.files.read import read_content
from ..checkpoints.files.shards import INDEX
from ..checkpoints.finding.location import Located, left_out_words, networks
from ..checkpoints.finding.selection import chosen
from ..checkpoints.finding.tables import Tables, tables
from ..checkpoints.stored import objection
from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..hub import fetch, is_reference
from ..language.document.bundled import bundled_specs
from ..language.document.weights import SUFFIXES, looks_like_weights
from ..limits import MAX_ENTRIES
from .specs import own_spec

WeightsSource: TypeAlias = str | PathLike[str] | Mapping[str, Any]
"""A path, a reference such as `hf-hub:timm/resnet18.a1_in1k`, or tensors by name."""

_SHOWN = 5
_START = 16
"""How many bytes tell weights from specs."""
_IN_MEMORY = "<weights>"


def open_weights(
    source: WeightsSource, *, entry: str | None = None, prefix: str | None = None, progress: bool = False
) -> Checkpoint:
    """Find the network in a file; without torch, unless the tensors are torch's.

    Args:
        source: where the weights are.
        entry: the key of the mapping that the network is in, if there are several.
        prefix: what its names begin with, if there are several in a mapping.
        progress: whether downloading shows its progress on standard error.

    Raises:
        EnvironmentFault: the file cannot be fetched or read, it holds no tensors or several networks, or the weights
            are no real numbers.
    """
    content, file = _content(source, progress)
    found = tables(content)
    if not found:
        raise _unreadable(file, "it has no tensors by name")
    if sum(len(table.parts) for table in found.values()) > MAX_ENTRIES:
        raise _unreadable(file, f"it has more than {MAX_ENTRIES:,} tensors")
    if content.shard_of is not None:
        index = content.shard_of.name if is_reference(file) else Path(file).with_name(content.shard_of.name)
        raise _unreadable(file, "it is one of several shards", f"give their index, which lies beside them: `{index}`")
    located = networks(found)
    if not located:
        return _unknown(file, found)
    keys = content.tree.keys() if isinstance(content.tree, Mapping) else ()
    network, choice = chosen(located, entry=entry, prefix=prefix, keys=[*map(str, keys)], file=file)
    _check_numbers(network, file)
    spec, why_not = own_spec(network.spec, {name: part.shape for name, part in network.parts.items()})
    return Checkpoint(
        file=file,
        parts=network.parts,
        names=network.names,
        dialect=network.dialect,
        spec=spec,
        notes=tuple(filter(None, (choice, _left_out(network), why_not))),
    )


def are_weights(reference: str) -> bool:
    """Whether a path or a reference is one of weights, and not of a spec."""
    path = Path(reference)
    if is_reference(reference) or path.name.endswith(INDEX):
        return True
    start = b""
    with suppress(OSError, ValueError):  # a path that cannot be read is told by its name
        if path.is_file():
            with path.open("rb") as file:
                start = file.read(_START)
    return looks_like_weights(path.name, start)


def _content(source: WeightsSource, progress: bool) -> tuple[Content, str]:
    """What a source holds, and its name in diagnostics."""
    if not isinstance(source, str | PathLike):
        from ..backends.pytorch.tensors import held

        return Content(held(source)), _IN_MEMORY
    text = fspath(source)
    if is_reference(text):
        return read_content(fetch(text, progress=progress)), text
    if not os.path.lexists(text):
        raise _unreadable(text, "there is no such file", *_meant(text))
    return read_content(Path(text)), text


def _meant(text: str) -> Iterator[str]:
    """What somebody may have meant who named a file that is not there."""
    if text == "-":
        yield "write the weights to a file: they are not read from standard input"
    elif text in bundled_specs():
        yield f"`{text}` is a bundled spec: `resnet-dsl show {text}` prints it"
    elif re.fullmatch(r"[\w-]+/[\w.-]+", text) and Path(text).suffix not in SUFFIXES:
        yield f"write `hf-hub:{text}` for a repository on the Hugging Face Hub"
    elif re.fullmatch(r"\w+_Weights(\.\w+)?", text):
        yield f"write `torchvision:{text}` for weights of torchvision"


def _unreadable(file: str, reason: str, *helps: str) -> EnvironmentFault:
    message = f"cannot read the weights in `{file}`: {reason}"
    return EnvironmentFault(Diagnostic(code="RD504", message=message, helps=helps))


def _unknown(file: str, found: Tables) -> Checkpoint:
    """The largest table, for what can be said of weights that are no network of this family."""
    table = max((table.parts for table in found.values()), key=len)
    return Checkpoint(file=file, parts=table, names={name: name for name in table})


def _check_numbers(network: Located, file: str) -> None:
    for name, part in network.parts.items():
        if not name.endswith(".num_batches_tracked") and (reason := _objection(part.dtype)):
            raise _unreadable(file, f"`{network.names[name]}` {reason}")


def _objection(dtype: str) -> str:
    """Why a tensor with this dtype cannot be a weight; empty if it can."""
    if dtype in ("int8", "uint8"):
        return f"has whole numbers (`{dtype}`), as weights have that were quantized"
    if dtype.startswith(("int", "uint")):
        return f"has whole numbers (`{dtype}`), as indices and counts have, and not weights"
    return "has truth values, as masks have, and not weights" if dtype == "bool" else objection(dtype)


def _left_out(network: Located) -> str:
    if not network.left_out:
        return ""
    words = [*left_out_words(network)]
    more = ", …" if len(words) > _SHOWN else ""
    count = len(network.left_out)
    return f"left out {count} {'entry' if count == 1 else 'entries'}: {', '.join(words[:_SHOWN])}{more}"
