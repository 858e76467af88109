"""Weights in, as a file, a reference or a mapping of tensors; the network of this family that they hold out."""

from collections.abc import Mapping
from contextlib import suppress
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeAlias

from .checkpoints.checkpoint import Checkpoint
from .checkpoints.comparison import compare
from .checkpoints.files.content import Content
from .checkpoints.files.read import read_content
from .checkpoints.files.shards import INDEX
from .checkpoints.finding.location import Located, left_out_words, networks
from .checkpoints.finding.selection import chosen
from .checkpoints.finding.tables import Tables, tables
from .checkpoints.fitting.beyond import check_sayable
from .checkpoints.stored import objection
from .compiler import Text, compile_spec
from .decompiler import decompile
from .diagnostics.diagnostic import Diagnostic, DiagnosticError, EnvironmentFault
from .diagnostics.render import printable
from .hub import fetch, is_reference
from .language.document.weights import looks_like_weights
from .limits import MAX_ENTRIES

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
        index = Path(file).with_name(content.shard_of.name)
        raise _unreadable(file, "it is one of several shards", f"give their index, which lies beside them: `{index}`")
    located = networks(found)
    if not located:
        return _unknown(file, found)
    keys = content.tree.keys() if isinstance(content.tree, Mapping) else ()
    network, choice = chosen(located, entry=entry, prefix=prefix, keys=[*map(str, keys)], file=file)
    _check_numbers(network, file)
    return Checkpoint(
        file=file,
        parts=network.parts,
        names=network.names,
        dialect=network.dialect,
        spec=network.spec,
        notes=tuple(filter(None, (choice, _left_out(network)))),
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


def carried(checkpoint: Checkpoint) -> Text:
    """The spec that weights carry along.

    Raises:
        EnvironmentFault: they carry none.
    """
    if checkpoint.spec is None:
        file = checkpoint.file
        helps = (
            f"write `resnet-dsl build SPEC --weights {file}`",
            f"`resnet-dsl infer {file}` prints a spec for it",
        )
        raise EnvironmentFault(Diagnostic(code="RD518", message=f"`{file}` carries no spec along", helps=helps))
    return Text(checkpoint.spec, f"<{checkpoint.file}>")


def spec_text(checkpoint: Checkpoint) -> str:
    """The spec of a network, as YAML: the one that its weights carry along, or else what they reveal of it.

    Raises:
        EnvironmentFault: no spec can describe it.
    """
    if checkpoint.spec is not None and _is_of(checkpoint, checkpoint.spec):
        return checkpoint.spec
    check_sayable(checkpoint)
    dialect, state = checkpoint.dialect, checkpoint.state
    implied = {} if dialect is None else dialect.implied(state)
    text = decompile(
        state,
        Path(checkpoint.file).name,
        prefer=implied,
        library=dialect.library if dialect is not None and implied else "",
        shown=checkpoint.shown,
    )
    return "".join([*(f"# {printable(note)}\n" for note in checkpoint.notes), text])


def _is_of(checkpoint: Checkpoint, text: str) -> bool:
    """Whether a spec describes the network with these weights; it does not if somebody has replaced some of them."""
    try:
        _, graph = compile_spec(Text(text, f"<{checkpoint.file}>"))
    except DiagnosticError:
        return False
    return compare(graph.state, checkpoint.state).is_equal


def _content(source: WeightsSource, progress: bool) -> tuple[Content, str]:
    """What a source holds, and its name in diagnostics."""
    if isinstance(source, Mapping):
        from .backends.pytorch.tensors import held

        return Content(held(source)), _IN_MEMORY
    text = fspath(source)
    path = fetch(text, progress=progress) if is_reference(text) else Path(text)
    return read_content(path), text


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
