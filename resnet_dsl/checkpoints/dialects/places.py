"""The places of a network that entries of a checkpoint belong to, whatever a library calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Layer: TypeAlias = Literal["convolution", "norm", "linear"]
"""What kind of layer an entry belongs to."""

STEM_CONVOLUTION, STEM_NORM, LAST_STEM_NORM = "stem.convolution", "stem.norm", "stem.last_norm"
BLOCK_CONVOLUTION, CLASSIFIER = "block.convolution", "classifier"

PLACES: Mapping[str, tuple[str, ...]] = {
    STEM_CONVOLUTION: ("index",),
    STEM_NORM: ("index",),
    LAST_STEM_NORM: (),
    "stem.pool.convolution": (),
    "stem.pool.norm": ("number",),
    BLOCK_CONVOLUTION: ("stage", "block", "number"),
    "block.norm": ("stage", "block", "number"),
    "block.squeeze.convolution": ("stage", "block"),
    "block.excite.convolution": ("stage", "block"),
    "block.channel.convolution": ("stage", "block"),
    "projection.convolution": ("stage", "block"),
    "projection.norm": ("stage", "block"),
    "pooled_projection.convolution": ("stage", "block"),
    "pooled_projection.norm": ("stage", "block"),
    "norm": (),
}
"""The places that a table gives names to, with what numbers each of them.

`index` counts stem convolutions from 0, `stage` from 1, `block` from 0 in its stage, `number` from 1 in its block. A
library that names the last norm of the stem differently gives it a name of its own. A projection after pooling differs
from one without, because some libraries number the pooling as well. `squeeze` and `excite` are the two layers of `se`,
`channel` is the one of `eca`, `norm` the norm after pre-activation blocks.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A layer with weights."""

    kind: str
    """One of `PLACES`."""
    numbers: tuple[int, ...]
    """One for each of the variables of its kind."""

    @property
    def layer(self) -> Layer:
        return "norm" if self.kind.endswith("norm") else "convolution"

    @property
    def convolution(self) -> "Place | None":
        """The convolution that a norm belongs to; None for what stands by itself."""
        part, dot, last = self.kind.rpartition(".")
        if not dot or last != "norm":
            return None
        kind = f"{part}.convolution"
        return Place(kind, self.numbers[: len(PLACES[kind])])


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry of a layer: which one is its PyTorch name, such as `running_mean`."""

    place: Place
    leaf: str


FIRST = PlacedEntry(Place(BLOCK_CONVOLUTION, (1, 0, 1)), "weight")
OTHERS = tuple(
    PlacedEntry(Place(BLOCK_CONVOLUTION, place), "weight")
    for place in ((1, 0, 2), (1, 1, 1), (1, 1, 2), (2, 0, 1), (2, 0, 2), (3, 0, 1))
)
"""The entry by which a network is found: the weight of the first convolution of the first block."""
