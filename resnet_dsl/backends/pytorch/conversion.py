"""A checkpoint -> tensors by the names of another library."""

from torch import Tensor

from ...checkpoints.checkpoint import Checkpoint
from ...checkpoints.dialects.dialect import Dialect, Unsayable
from ...checkpoints.dialects.fault import unsayable_fault
from ...diagnostics.diagnostic import EnvironmentFault
from .parts import rearranged, tensor_of_part


def converted(checkpoint: Checkpoint, dialect: Dialect) -> dict[str, Tensor]:
    """The tensors of a network, as the library names and stores them.

    Raises:
        EnvironmentFault: the library has no name for one of them, or the file has changed or is damaged.
    """
    try:
        names = dialect.write(checkpoint.state)
    except Unsayable as error:
        raise EnvironmentFault(unsayable_fault(checkpoint.file, checkpoint.state, dialect, error)) from None

    def tensor(name: str) -> Tensor:
        whole = tensor_of_part(checkpoint.parts[name])
        return rearranged(whole, dialect.to_theirs(name, tuple(whole.shape))).contiguous()

    return {theirs: tensor(name) for name, theirs in names.items()}
