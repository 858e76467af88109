"""Observed blocks, stages and norms, written in short, for the tests of what is read from them."""

from typing import TypeAlias

from resnet_dsl.checkpoints.recognition.observed_blocks import Channels, ObservedBlock
from resnet_dsl.checkpoints.recognition.observed_conv3x3 import Observed3x3
from resnet_dsl.checkpoints.recognition.observed_norms import ObservedNorm
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage

Shapes: TypeAlias = dict[str, tuple[int, ...]]
"""Entries to which others can be added."""

BATCH = ObservedNorm("batch", "batch", False, False)
GROUP = ObservedNorm("group", "group", False, False)
INSTANCE = ObservedNorm("instance", "instance", False, False)
NONE = ObservedNorm("none", "none", False, False)
PRELUS = ObservedNorm("batch", "batch", False, True)
PRELUS_INSTANCE = ObservedNorm("instance", "instance", False, True)
PRELUS_NONE = ObservedNorm("none", "none", False, True)


def stage(
    number: int, read: int, out: int, *kernels: int, first: int | None = None, kind: str = "basic"
) -> ObservedStage:
    """A stage that reads and puts out so many channels, of blocks with projections of these kernels."""
    inner = out if first is None else first
    return ObservedStage(
        number,
        tuple(
            ObservedBlock(
                name=f"layer{number}.{index}",
                type=kind,
                in_channels=out if index else read,
                out_channels=out,
                channels=Channels(inner, out),
                conv3x3=Observed3x3("plain", inner, 1),
                kernel=kernel,
            )
            for index, kernel in enumerate(kernels)
        ),
    )


def weights(*names: str, channels: int = 64) -> Shapes:
    """Weights of norms and activations."""
    return {f"{name}.weight": (channels,) for name in names}
