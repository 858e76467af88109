"""Names and shapes of weights in, the text of a spec out that compiles to a network with just these."""

from .checkpoints.comparison import State, compare
from .checkpoints.observed_stages import Unrecognised
from .checkpoints.recognition import recognise
from .checkpoints.transcription import transcribe
from .compiler import Text, compile_spec
from .diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError


def decompile(state: State, file: str) -> str:
    """The spec, as YAML, of a network whose `state_dict` has these names and shapes.

    Args:
        state: the checkpoint.
        file: its name, for the spec's own and for diagnostics.

    Raises:
        EnvironmentFault: no spec describes it.
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
        raise EnvironmentFault(_unknown(file, f"`{name}` is not as in any of them"))
    return text


def _unknown(file: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code="RD511",
        message=f"`{file}` holds the weights of no network that a spec can describe: {reason}",
    )
