"""Suggesting an input size that fits."""

from dataclasses import replace

import pytest

from resnet_dsl.language.spec import Spec
from resnet_dsl.limits import MAX_SIZE
from resnet_dsl.lowering.checks.input_size import fitting_size

from ...helpers import loads

SPEC = """\
name: a
input: {size: SIZE}
stem: {channels: 8, stride: 3, pool: POOL}
block: {type: basic}
stages: {depths: [1, 1], strides: [5, 7]}
"""


def spec(size: str = "32", pool: str = "max") -> Spec:
    """A network of stride 210, or of 105 without the pooling."""
    return loads(SPEC.replace("SIZE", size).replace("POOL", pool))


def tried(of: Spec, layers: int = 1) -> list[int]:
    """The sizes tried, in order, if none fits."""
    sizes: list[int] = []

    def never(smaller: Spec) -> bool:
        assert smaller == replace(of, input=replace(of.input, height=smaller.input.width, width=smaller.input.width))
        sizes.append(smaller.input.width)
        return False

    assert fitting_size(of, layers, never) == ()
    return sizes


def test_the_next_sizes_and_then_multiples_of_the_stride_are_tried() -> None:
    """Even a network whose input must be divisible by its total stride fits one of them."""
    assert tried(spec()) == [*range(32, 96), 210, 420, 630]
    assert tried(spec("146")) == [*range(146, 210), 210, 420, 630]
    assert tried(spec("147")) == [*range(147, 211), 420, 630, 840]


@pytest.mark.parametrize("pool", ["none", "max", "conv"])
def test_pooling_doubles_the_stride(pool: str) -> None:
    """A stem without pooling does not."""
    stride = 105 if pool == "none" else 210
    assert tried(spec(pool=pool))[64:] == [stride, 2 * stride, 3 * stride]


def test_no_size_above_the_limit_is_tried() -> None:
    """The language does not allow larger ones."""
    assert tried(spec("16300")) == [*range(16_300, 16_364), 16_380]
    assert tried(spec("16383")) == [16_383, 16_384]
    assert tried(spec("16384")) == [16_384]
    edge = replace(spec("16320"), stem=replace(spec().stem, stride=2))
    edge = replace(edge, stages=tuple(replace(stage, stride=64) for stage in edge.stages))
    assert tried(edge) == [*range(16_320, 16_384), 16_384]
    assert MAX_SIZE == 16_384


def test_a_large_network_is_tried_at_fewer_sizes() -> None:
    """At most 6,000 layers in total."""
    assert tried(spec(), 100) == [*range(32, 92), 210, 420, 630]
    assert tried(spec(), 300) == [*range(32, 52), 210, 420, 630]
    assert tried(spec(), 10_000) == [32, 210, 420, 630]


@pytest.mark.parametrize(
    ("size", "height", "width", "help_"),
    [
        ("32", 40, 40, "40"),
        ("[32, 36]", 40, 40, "40"),
        ("[32, 36]", 33, 33, "[33, 36]"),
        ("[36, 32]", 33, 33, "[36, 33]"),
        ("[32, 36]", 32, 32, "[32, 36]"),
    ],
)
def test_height_and_width_are_searched_separately(size: str, height: int, width: int, help_: str) -> None:
    """One number if they are equal."""

    def fits(of: Spec) -> bool:
        return of.input.height >= height and of.input.width >= width

    assert fitting_size(spec(size), 1, fits) == (f"use `input.size: {help_}`, which fits",)


def test_there_is_no_help_if_one_side_fits_at_no_size() -> None:
    """It would not help that the other one does."""
    assert fitting_size(spec("[32, 16384]"), 1, lambda of: of.input.width < 40) == ()
