"""Names and shapes of weights in, the text of a spec out whose network has exactly these."""

from collections.abc import Callable, Mapping
from typing import Any

from .checkpoints.comparison import State, compare
from .checkpoints.recognition.entries import Unrecognised
from .checkpoints.recognition.lookalikes import concealed, first_difference, likeness
from .checkpoints.recognition.recognition import recognise
from .checkpoints.recognition.transcription import transcribe
from .compiler import Text, compile_spec
from .diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError


def decompile(
    state: State,
    file: str,
    *,
    prefer: Mapping[str, Any] | None = None,
    library: str = "",
    shown: Callable[[str], str] = str,
) -> str:
    """The spec, as YAML, of the network whose `state_dict` has these names and shapes.

    Args:
        state: the checkpoint, by standard names.
        file: the checkpoint's file name, for the spec's name and for diagnostics.
        prefer: values by dotted key that networks of the file's library have, taken wherever shapes allow them.
        library: the name of that library, for comments.
        shown: standard names -> the names that the file has.

    Raises:
        EnvironmentFault: no spec can describe it.
    """
    kept = dict(prefer or {})
    text, reason = _attempt(state, file, kept, library, shown)
    if reason and kept:
        kept = _fitting(state, kept)
        text, reason = _attempt(state, file, kept, library, shown)
    reason = reason or concealed(state, shown)
    if not reason:
        return text
    reason = likeness(state, shown) or reason
    message = f"no spec can describe the network whose weights `{file}` contains: {reason}"
    raise EnvironmentFault(Diagnostic(code="RD511", message=message))


def _fitting(state: State, prefer: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the preferred values with which there is a spec; one without effect on this network is a fault."""
    kept: dict[str, Any] = {}
    for key, value in prefer.items():
        _, reason = _attempt(state, "", kept | {key: value}, "", str)
        kept |= {} if reason else {key: value}
    return kept


def _attempt(
    state: State, file: str, prefer: Mapping[str, Any], library: str, shown: Callable[[str], str]
) -> tuple[str, str]:
    """The text, and why it does not describe the checkpoint; empty if it does."""
    try:
        text = transcribe(recognise(state, prefer=prefer), file, library=library)
        _, graph = compile_spec(Text(text, "<inferred>"))
    except Unrecognised as error:
        return "", str(error)
    except SpecError as error:
        return "", error.diagnostics[0].message
    comparison = compare(graph.state, state)
    return text, "" if comparison.is_equal else first_difference(comparison, shown)
