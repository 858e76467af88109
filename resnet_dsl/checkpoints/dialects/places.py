"""The places of a network that entries of a checkpoint belong to, whatever a library calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Layer: TypeAlias = Literal["convolution", "norm", "activation", "linear", "embedding"]
"""What kind of layer an entry belongs to."""

STEM_CONVOLUTION, STEM_NORM, STEM_ACTIVATION = "stem.convolution", "stem.norm", "stem.activation"
BLOCK_CONVOLUTION, BLOCK_NORM = "block.convolution", "block.norm"

LAST: Mapping[str, str] = {STEM_NORM: "stem.last_norm", STEM_ACTIVATION: "stem.last_activation"}
"""Places in the stem -> the last of them, for a library that names it differently."""
BASIC: Mapping[str, str] = {BLOCK_CONVOLUTION: "basic.convolution", BLOCK_NORM: "basic.norm"}
"""Places in blocks -> those in blocks of two convolutions, for a library that names them differently."""

_BLOCK = ("stage", "block")
_NUMBERED = (*_BLOCK, "number")
_GATES = ("fc", "fc1", "fc2", "conv", "channel.fc1", "channel.fc2", "spatial.conv")
_CONTEXTS = ("conv_attn", "mlp_scale.fc1", "mlp_scale.fc2", "mlp_add.fc1", "mlp_add.fc2")

MODULES: Mapping[str, Mapping[str, Layer]] = {
    "attention": {
        **dict.fromkeys((*_GATES, *_CONTEXTS), "convolution"),
        **dict.fromkeys(("spatial.bn", "mlp_scale.norm", "mlp_add.norm"), "norm"),
        **dict.fromkeys(("act", "mlp_scale.act", "mlp_add.act"), "activation"),
    },
    "res2": {"convs.{index}": "convolution", "bns.{index}": "norm", "acts.{index}": "activation"},
    "split": {**dict.fromkeys(("conv", "fc1", "fc2"), "convolution"), **dict.fromkeys(("bn0", "bn1"), "norm")},
    "selective": {
        **dict.fromkeys(("paths.{index}.conv", "attn.fc_reduce", "attn.fc_select"), "convolution"),
        **dict.fromkeys(("paths.{index}.bn", "attn.bn"), "norm"),
        "paths.{index}.act": "activation",
    },
    "pooling": dict.fromkeys(("q_proj", "k_proj", "v_proj"), "linear"),
}
"""Modules of several layers -> the standard paths of the layers in them.

A table may name such a module as a whole, in which the layers then have their standard paths, or each of its layers.
"""

_MODULE_NUMBERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("attention", "res2"), _BLOCK),
    **dict.fromkeys(("split", "selective"), _NUMBERED),
    "pooling": (),
}

PLACES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((STEM_CONVOLUTION, STEM_NORM, STEM_ACTIVATION), ("index",)),
    **dict.fromkeys((*LAST.values(), "stem.pool.convolution"), ()),
    "stem.pool.norm": ("number",),
    **dict.fromkeys((*BASIC, *BASIC.values(), "block.activation"), _NUMBERED),
    "block.last_activation": _BLOCK,
    **dict.fromkeys(("projection.convolution", "projection.norm"), _BLOCK),
    **dict.fromkeys(("pooled_projection.convolution", "pooled_projection.norm"), _BLOCK),
    **dict.fromkeys(("norm", "activation", "head.convolution", "head.norm", "head.activation"), ()),
    "pooling.embedding": (),
    **{
        f"{module}.{path}": (*_MODULE_NUMBERS[module], *(("index",) if "{index}" in path else ()))
        for module, layers in MODULES.items()
        for path in layers
    },
}
"""The places that a table gives names to, with what numbers each of them.

`index` counts from 0, `stage` from 1, `block` from 0 in its stage, `number` from 1 in its block. A projection after
pooling differs from one without, because some libraries number the pooling as well. `norm` and `activation` are those
after pre-activation blocks, `head` is what stands between them and the pooling, `pooling` is the one by attention.
"""

_LAYERS: Mapping[str, Layer] = {
    f"{module}.{path}": layer for module, layers in MODULES.items() for path, layer in layers.items()
}


def first_number(variable: str) -> int:
    """What a variable counts from."""
    return 1 if variable in ("stage", "number") else 0


@dataclass(frozen=True, slots=True)
class Place:
    """A layer with weights."""

    kind: str
    """One of `PLACES`."""
    numbers: tuple[int, ...]
    """One for each of the variables of its kind."""

    @property
    def layer(self) -> Layer:
        if self.kind in _LAYERS:
            return _LAYERS[self.kind]
        endings: Mapping[str, Layer] = {"norm": "norm", "activation": "activation", "embedding": "embedding"}
        return next((layer for ending, layer in endings.items() if self.kind.endswith(ending)), "convolution")

    @property
    def convolution(self) -> "Place | None":
        """The convolution that a norm of the stem, of a projection or of the head follows; None for anything else."""
        kind = f"{self.kind.removesuffix('norm')}convolution"
        if kind not in PLACES or self.kind == BLOCK_NORM:
            return None
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
