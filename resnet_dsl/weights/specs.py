"""The spec of weights: the one that they contain, or the one that they reveal."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.comparison import State, compare
from ..checkpoints.dialects.dialect import Dialect
from ..compiler import Text, compile_spec, is_standalone, load_spec, written_out
from ..decompiler import decompile
from ..diagnostics.diagnostic import Diagnostic, DiagnosticError, EnvironmentFault
from ..diagnostics.render import printable
from ..language.checks.wording import quoted
from ..language.provenance import leaves
from ..language.spec import DESCRIPTIVE, Spec
from ..language.text.tree import Plain, dotted
from ..language.text.writer import flow

_SHOWN = 5
_IGNORED = "ignored the spec in it"
_SHOWN_BY_SHAPES = (("head", "classes"), ("input", "channels"))
"""Keys of which loading says what became of another value."""


def carried(checkpoint: Checkpoint) -> Text:
    """The spec that weights contain.

    Raises:
        EnvironmentFault: they contain none.
    """
    if checkpoint.spec is None:
        file = checkpoint.file
        helps = (
            f"write `resnet-dsl build SPEC --weights {file}`",
            f"`resnet-dsl infer {file}` prints a spec for it",
        )
        notes = tuple(note for note in checkpoint.notes if note.startswith(_IGNORED))
        message = f"`{file}` contains no spec" + " of its network" * bool(notes)
        raise EnvironmentFault(Diagnostic(code="RD518", message=message, notes=notes, helps=helps))
    return Text(checkpoint.spec, f"<{checkpoint.file}>")


def compared(checkpoint: Checkpoint, spec: Spec) -> Checkpoint:
    """The weights, with a note on how a spec for them differs from the one that they contain, or their names imply."""
    if checkpoint.spec is None:
        dialect = checkpoint.dialect
        notes = () if dialect is None else _unlike(dialect, checkpoint.state, spec)
        return replace(checkpoint, notes=(*checkpoint.notes, *notes))
    own, given = (dict(leaves(written_out(each))) for each in (load_spec(carried(checkpoint)), spec))
    differing = [
        f"{dotted(key)}: {flow(value)}"
        for key, value in own.items()
        if key[0] not in DESCRIPTIVE and key not in _SHOWN_BY_SHAPES and key in given and value != given[key]
    ]
    if not differing:
        return checkpoint
    more = f", and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
    note = f"the spec that the weights contain has other values: {quoted(differing[:_SHOWN])}{more}"
    return replace(checkpoint, notes=(*checkpoint.notes, note))


def spec_text(checkpoint: Checkpoint) -> str:
    """The spec of a network, as YAML: the one that its weights contain, or else what they reveal of it.

    Raises:
        EnvironmentFault: no spec can describe it.
    """
    if checkpoint.spec is not None:
        return checkpoint.spec
    return _inferred(checkpoint)


def converted_spec(checkpoint: Checkpoint) -> str | None:
    """The spec that weights have once they are written in other names; None if no spec describes them.

    Raises:
        EnvironmentFault: they are no network of this family.
    """
    if checkpoint.spec is not None:
        return checkpoint.spec
    try:
        return _inferred(checkpoint)
    except EnvironmentFault:
        if checkpoint.dialect is None:
            raise
        return None


def conversion_notes(checkpoint: Checkpoint, dialect: Dialect, spec: str | None) -> Sequence[str]:
    """What networks of the library to convert to have that this one has not, in a clause, if there is anything.

    Args:
        checkpoint: the weights.
        dialect: the library's.
        spec: the text of the network's spec; None if there is none.
    """
    return () if spec is None else _unlike(dialect, checkpoint.state, load_spec(Text(spec)))


def _unlike(dialect: Dialect, state: State, spec: Spec) -> Sequence[str]:
    """What the library's networks with these entries have that the spec's has not."""
    differing = [f"{key}: {flow(value)}" for key, value in dialect.implied(state).items() if not _has(spec, key, value)]
    return (f"networks of {dialect.library} have {quoted(differing, 'and')}, unlike this one",) if differing else ()


def _has(spec: Spec, key: str, value: Plain) -> bool:
    """Whether a spec has this value, or the key has no effect on its network."""
    try:
        return replace(load_spec(spec, {key: value}), expect=spec.expect) == spec
    except DiagnosticError:
        return True


def _inferred(checkpoint: Checkpoint) -> str:
    """The spec that names and shapes reveal."""
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


def own_spec(text: str | None, state: State) -> tuple[str | None, str]:
    """The spec in a file if it is of the network with these weights, and else a clause that says why it is not used."""
    if text is None:
        return None, ""
    if not is_standalone(Text(text)):
        return None, f"{_IGNORED}, which extends a file"
    try:
        _, graph = compile_spec(Text(text))
    except DiagnosticError:
        return None, f"{_IGNORED}, which is not valid"
    comparison = compare(graph.state, state)
    if comparison.is_equal or comparison.lacks_only:
        return text, ""
    return None, f"{_IGNORED}, which is of another network"
