"""The size of a network's input: the conventional one, or the one that attention pooling was made for."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import isqrt, prod
from typing import Any

from ...graph.builder import Builder, Impossible
from ...language.document.canonical import collapsed
from ...language.document.inheritance import read_text
from ...language.load import examine
from ...language.text.tree import Plain
from ...language.text.writer import write
from ...limits import MAX_SIZE
from ...lowering.kinds import KINDS
from ...lowering.network import build_graph
from ...lowering.outline import outline
from ..comparison import State
from .entries import Unrecognised, shape_of
from .observed_head import ATTENTION_POOL
from .open_values import OpenValues

_POSITIONS = "positions reveal only how many pixels the last feature map has"


def input_size(document: Mapping[str, Any], total: int, state: State, open_values: OpenValues) -> Any:
    """The value of `input.size`: the preferred one if it fits, else the conventional one.

    Args:
        document: the spec, but for this value.
        total: the total stride of its network.
        state: names and shapes.
        open_values: what decides on values that shapes leave open.

    Raises:
        Unrecognised: attention pooling has the positions of no feature map.
    """
    if ATTENTION_POOL not in state:
        reason = "a checkpoint fits any input size"
        size = _conventional(document["stem"], total)
        return open_values.choose("input.size", size, reason, lambda value: _smallest(value) > total)
    positions, _ = shape_of(state, ATTENTION_POOL, 2)
    preferred = open_values.preferred_value("input.size")
    is_possible = preferred is not None and _pixels(document, preferred) == positions - 1
    size = preferred if is_possible else _for_pixels(document, total, positions - 1)
    return open_values.choose("input.size", size, _POSITIONS, lambda _: is_possible)


def last_side(state: State) -> int:
    """Pixels along a side of the last feature map that there must be: what attention pooling was made for, or two."""
    if ATTENTION_POOL not in state:
        return 2
    pixels = shape_of(state, ATTENTION_POOL, 2)[0] - 1
    return max(next(_sides(pixels), (2,)))


def _sides(pixels: int) -> Iterator[tuple[int, int]]:
    """Height and width of all feature maps with this many pixels, the most square first."""
    for height in range(isqrt(max(0, pixels)), 0, -1):
        if pixels % height == 0:
            yield height, pixels // height


def _conventional(stem: Mapping[str, Plain], total: int) -> int:
    """The conventional input size, or one large enough that the last stage can still stride."""
    size = 32 if stem.get("stride") == 1 else 224
    return size if size > total else min(2 * total, MAX_SIZE)


def _smallest(size: Any) -> int:
    return int(min(size)) if isinstance(size, list | tuple) else int(size)


def _for_pixels(document: Mapping[str, Any], total: int, pixels: int) -> Any:
    """The input size of the most square feature map with this many pixels.

    Raises:
        Unrecognised: there is none within the bounds.
    """
    stem = document["stem"]
    for each in _sides(pixels):
        sides = [_side(stem, total, side) for side in each]
        if max(sides) <= MAX_SIZE:
            return collapsed(sides)
    raise Unrecognised(f"`{ATTENTION_POOL}` has the positions of no feature map")


def _side(stem: Mapping[str, Any], total: int, side: int) -> int:
    """The side of the input for one of the last feature map: a convolution of an even size adds a pixel."""
    size = side * total
    strides: list[int] = stem.get("strides", [stem.get("stride"), *[1] * (len(_listed(stem["channels"])) - 1)])
    convolved = prod(strides)
    size //= convolved
    for stride in reversed(strides):
        size = size * stride - (stem["kernel"] % 2 == 0)
    return size


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pixels(document: Mapping[str, Any], size: Any) -> int:
    """How many pixels the last feature map of an input of this size has; 0 if there is no such network."""
    text = write({"name": "any", **document, "input": {**document["input"], "size": size}})
    spec = examine(read_text("<size>", text.encode()), (), KINDS).spec
    if spec is None:
        return 0
    with suppress(Impossible):
        graph = build_graph(Builder(), spec, outline(spec).positions)
        _, height, width = graph.blocks[-1].nodes[-1].shape
        return height * width
    return 0
