"""Networks of other libraries that shapes do not tell from those of specs, and that compute something else."""

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..checkpoint import Checkpoint
from ..recognition.lookalikes import likeness
from ..recognition.entries import Unrecognised
from ..recognition.recognition import recognise


def check_sayable(checkpoint: Checkpoint) -> None:
    """Check that the networks of the library whose names the weights have are like those of specs.

    Weights that carry a spec along are those of its network, whatever their names.

    Raises:
        EnvironmentFault: they have something that no spec can say, so that the network of a spec would compute
            something else with these weights.
    """
    dialect = checkpoint.dialect
    if dialect is None or checkpoint.spec is not None or not (beyond := dialect.beyond_of(checkpoint.state)):
        return
    if likeness(checkpoint.state, checkpoint.shown):  # something else, with some of the library's names
        return
    file = checkpoint.file
    help_ = f"`resnet-dsl convert {file} -o FILE --names torchvision` writes weights that load nevertheless"
    raise EnvironmentFault(
        Diagnostic(
            code="RD511",
            message=f"no spec can describe the network whose weights `{file}` contains: it has {beyond}",
            notes=(
                f"its names are those of {dialect.library}, whose networks have that, although weights do not show it",
            ),
            helps=(help_,) if not dialect.biased and _is_recognised(checkpoint) else (),
        )
    )


def _is_recognised(checkpoint: Checkpoint) -> bool:
    """Whether there would be a spec for these weights otherwise."""
    try:
        recognise(checkpoint.state)
    except Unrecognised:
        return False
    return True
