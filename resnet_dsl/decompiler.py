"""Names and shapes of weights in, the text of a spec out whose network has exactly these."""

from .checkpoints.comparison import Comparison, State, compare
from .checkpoints.observed_stages import Unrecognised
from .checkpoints.recognition import recognise
from .checkpoints.transcription import transcribe
from .compiler import Text, compile_spec
from .diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError


def decompile(state: State, file: str) -> str:
    """The spec, as YAML, of the network whose `state_dict` has these names and shapes.

    Args:
        state: the checkpoint.
        file: the checkpoint's file name, for the spec's name and for diagnostics.

    Raises:
        EnvironmentFault: no spec can describe it.
    """
    try:
        text = transcribe(recognise(state), file)
        _, graph = compile_spec(Text(text, "<inferred>"))
    except Unrecognised as error:
        raise EnvironmentFault(_unknown(file, str(error))) from None
    except SpecError as error:
        raise EnvironmentFault(_unknown(file, error.diagnostics[0].message)) from None
    comparison = compare(graph.state, state)
    if not comparison.is_equal:
        raise EnvironmentFault(_unknown(file, _difference(comparison)))
    return text


def _difference(comparison: Comparison) -> str:
    """The first entry that no network has so."""
    if comparison.unexpected:
        return f"none has an entry `{comparison.unexpected[0]}`"
    if comparison.missing:
        return f"it has no `{comparison.missing[0]}`"
    return f"none has `{comparison.reshaped[0]}` in this shape"


def _unknown(file: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code="RD511",
        message=f"no spec can describe the network whose weights `{file}` contains: {reason}",
    )
