"""Names and shapes of weights in, the text of a spec out whose network has exactly these."""

from .checkpoints.comparison import State, compare
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
        name = (*comparison.unexpected, *comparison.differing)[0]
        raise EnvironmentFault(_unknown(file, f"none has `{name}` in this form"))
    return text


def _unknown(file: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code="RD511",
        message=f"no spec can describe the network whose weights `{file}` contains: {reason}",
    )
