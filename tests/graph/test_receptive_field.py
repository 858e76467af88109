"""Receptive fields of networks that are known, and what they say of global operations."""

import pytest

import resnet_dsl
from resnet_dsl.analysis import ReceptiveField, receptive_field
from resnet_dsl.analysis.receptive_field import last_field
from resnet_dsl.graph.builder import Builder, Place
from resnet_dsl.graph.graph import Feature, Graph, Node
from resnet_dsl.graph.ops import (
    Activation,
    Add,
    AddContext,
    AttentionPool2d,
    AvgPool2d,
    AvgPool2dSame,
    BatchNorm2d,
    BlurPool2d,
    ChannelConv1d,
    ChannelMeanAndMax,
    Concatenate,
    Conv2d,
    Flatten,
    GlobalMeanAndMax,
    GlobalPool2d,
    Input,
    MaxPool2d,
    Multiply,
    Op,
    PaddingShortcut,
    PixelSoftmax,
    SumPixels,
    WeightedSum,
)


@pytest.mark.parametrize(("name", "size"), [("resnet18", 435), ("resnet34", 899), ("resnet50_v1", 483)])
def test_the_field_of_the_last_stage(name: str, size: int) -> None:
    """Those that Araujo et al. (2019, doi:10.23915/distill.00021) and others give."""
    graph = resnet_dsl.lower(name)
    found = receptive_field(graph)[graph.features[-1].node]
    assert (found.size, found.jump, found.is_global) == ((size, size), (32, 32), False)


def test_the_field_of_a_stem() -> None:
    """A 7x7 of stride 2, and a 3x3 of stride 2 after it, each padded so that it starts before the first pixel."""
    found = receptive_field(resnet_dsl.lower("resnet18"))
    assert found["input"] == ReceptiveField((1, 1), (1, 1), (0, 0))
    assert found["conv1"] == ReceptiveField((7, 7), (2, 2), (-3, -3))
    assert found["maxpool"] == ReceptiveField((11, 11), (4, 4), (-5, -5))


def test_a_gate_sees_the_whole_input_and_does_not_widen_the_windows() -> None:
    """After the first squeeze-and-excitation, every value depends on all pixels; windows are as without."""
    plain, gated = (resnet_dsl.lower(name) for name in ("resnet50", "seresnet50"))
    fields = receptive_field(plain), receptive_field(gated)
    for one, other in zip(plain.features[1:], gated.features[1:], strict=True):
        before, after = fields[0][one.node], fields[1][other.node]
        assert (before.is_global, after.is_global) == (False, True)
        assert (before.size, before.jump, before.start) == (after.size, after.jump, after.start)


def test_global_pooling_sees_all_that_its_pixels_see() -> None:
    """From the first row that the first of 7 sees to the last row that the last sees."""
    graph = resnet_dsl.lower("resnet18")
    found = receptive_field(graph)["fc"]
    assert found == ReceptiveField((435 + 6 * 32,) * 2, (7 * 32,) * 2, (-217, -217), is_global=True)


NOWHERE = Place("", None, lambda cause: ())


class Chain:
    """A graph that is added to node by node."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.builder = Builder()
        self.x = self.builder.add("input", Input(shape), place=NOWHERE)

    def add(self, op: Op, *inputs: Node) -> Node:
        """Add a node on top of the last one, unless it has other inputs."""
        name = f"n{len(self.builder.nodes)}"
        self.x = self.builder.add(name, op, *(inputs or (self.x,)), place=NOWHERE)
        assert not self.builder.faults
        return self.x

    @property
    def graph(self) -> Graph:
        nodes, last = tuple(self.builder.nodes), self.x.name
        return Graph("a", nodes, (), 0, (Feature("stem", last, 1, 1),), (last,), {"": "ResNet"}, None)

    @property
    def field(self) -> ReceptiveField:
        """That of the last node."""
        return last_field(self.graph)


@pytest.mark.parametrize(
    ("op", "shape", "size", "jump", "start"),
    [
        (Conv2d(4, 4, 1), (4, 20, 30), (1, 1), 1, (0, 0)),
        (Conv2d(4, 4, 3), (4, 20, 30), (3, 3), 1, (0, 0)),
        (Conv2d(4, 4, 3, padding=1), (4, 20, 30), (3, 3), 1, (-1, -1)),
        (Conv2d(4, 4, 5, 2, padding=1), (4, 20, 30), (5, 5), 2, (-1, -1)),
        (Conv2d(4, 4, 3, padding=4, dilation=4), (4, 20, 30), (9, 9), 1, (-4, -4)),
        (Conv2d(4, 4, 7, 3, padding=3, dilation=2), (4, 20, 30), (13, 13), 3, (-3, -3)),
        (MaxPool2d(3, 2, 1), (4, 20, 30), (3, 3), 2, (-1, -1)),
        (MaxPool2d(2, 2, 0), (4, 20, 30), (2, 2), 2, (0, 0)),
        (MaxPool2d(3, 2, 0, ceil=True), (4, 20, 30), (3, 3), 2, (0, 0)),
        (MaxPool2d(3, 2, 1, zeros=True), (4, 20, 30), (3, 3), 2, (-1, -1)),
        (MaxPool2d(3, 2, "same"), (4, 20, 30), (3, 3), 2, (0, 0)),
        (MaxPool2d(3, 2, "same"), (4, 21, 30), (3, 3), 2, (-1, 0)),
        (MaxPool2d(3, 2, "same"), (4, 20, 31), (3, 3), 2, (0, -1)),
        (MaxPool2d(7, 2, "same"), (4, 20, 21), (7, 7), 2, (-2, -3)),
        (MaxPool2d(7, 3, "same"), (4, 19, 21), (7, 7), 3, (-3, -2)),
        (MaxPool2d(2, 5, "same"), (4, 20, 22), (2, 2), 5, (0, 0)),
        (MaxPool2d(5, 1, "same"), (4, 20, 30), (5, 5), 1, (-2, -2)),
        (AvgPool2d(2, 2), (4, 20, 30), (2, 2), 2, (0, 0)),
        (AvgPool2d(2, 3, ceil=True), (4, 20, 30), (2, 2), 3, (0, 0)),
        (AvgPool2d(3, 2, padding=1, counts_padding=True), (4, 20, 30), (3, 3), 2, (-1, -1)),
        (AvgPool2dSame(), (4, 20, 30), (2, 2), 1, (0, 0)),
        (BlurPool2d(4, 2), (4, 20, 30), (3, 3), 2, (-1, -1)),
        (BlurPool2d(4, 1), (4, 20, 30), (3, 3), 1, (-1, -1)),
        (PaddingShortcut(8, 2), (4, 20, 30), (1, 1), 2, (0, 0)),
        (BatchNorm2d(4), (4, 20, 30), (1, 1), 1, (0, 0)),
        (Activation("relu"), (4, 20, 30), (1, 1), 1, (0, 0)),
        (ChannelMeanAndMax(), (4, 20, 30), (1, 1), 1, (0, 0)),
    ],
    ids=str,
)
def test_the_field_of_one_window(
    op: Op, shape: tuple[int, int, int], size: tuple[int, int], jump: int, start: tuple[int, int]
) -> None:
    """dilation · (kernel − 1) + 1 pixels, from as many before the first as there is padding; then three times as far.

    After a convolution of 1x1 with stride 3, the same pixels are three apart.
    """
    chain = Chain(shape)
    chain.add(op)
    assert chain.field == ReceptiveField(size, (jump, jump), start)
    apart = Chain((4, 3 * shape[1] - 1, 3 * shape[2] - 2))
    apart.add(Conv2d(4, 4, 1, 3))
    apart.add(op)
    three: list[tuple[int, int]] = [(3 * (side - 1) + 1, 3 * first) for side, first in zip(size, start, strict=True)]
    (height, top), (width, left) = three
    assert apart.field == ReceptiveField((height, width), (3 * jump, 3 * jump), (top, left))


@pytest.mark.parametrize(
    ("op", "size", "jump"),
    [
        (GlobalPool2d("avg"), (5 + 2 * 19, 5 + 2 * 29), (40, 60)),
        (GlobalPool2d("catavgmax"), (5 + 2 * 19, 5 + 2 * 29), (40, 60)),
        (GlobalMeanAndMax(), (5 + 2 * 19, 5 + 2 * 29), (40, 60)),
        (SumPixels(), (5 + 2 * 19, 5 + 2 * 29), (40, 60)),
        (AttentionPool2d(4, 20, 30, 2), (5 + 2 * 19, 5 + 2 * 29), (40, 60)),
        (PixelSoftmax(), (5, 5), (2, 2)),
    ],
    ids=str,
)
def test_the_field_of_a_global_operation(op: Op, size: tuple[int, int], jump: tuple[int, int]) -> None:
    """From the first pixel of the first window to the last of the last one; all of them matter."""
    chain = Chain((4, 40, 60))
    chain.add(Conv2d(4, 4, 5, 2, padding=2))
    chain.add(op)
    assert chain.field == ReceptiveField(size, jump, (-2, -2), is_global=True)
    if chain.x.shape == (4, 1, 1):
        chain.add(ChannelConv1d(5))
        chain.add(Flatten())
        assert chain.field == ReceptiveField(size, jump, (-2, -2), is_global=True)


def test_the_field_of_two_paths_is_all_that_either_sees() -> None:
    """From the lesser start to the greater end, whichever comes first; so also of the parts of a feature map."""
    for order in (1, -1):
        chain = Chain((4, 20, 30))
        x = chain.x
        ahead, behind = chain.add(Conv2d(4, 4, 3, padding=1)), chain.add(Conv2d(4, 4, 3, padding=1), x)
        ahead = chain.add(Conv2d(4, 4, 5, padding=2), ahead)
        behind = chain.add(MaxPool2d(2, 1, "same"), behind)
        chain.add(Add(), *(ahead, behind)[::order])
        assert chain.field == ReceptiveField((7, 7), (1, 1), (-3, -3))
        chain.add(Concatenate(), *(chain.x, behind, x)[::order])
        assert chain.field == ReceptiveField((7, 7), (1, 1), (-3, -3))
    chain = Chain((4, 20, 30))
    x = chain.x
    chain.add(Add(), chain.add(AvgPool2dSame(), x), chain.add(Conv2d(4, 4, 3, padding=1), x))
    assert chain.field == ReceptiveField((3, 3), (1, 1), (-1, -1))


def test_a_single_pixel_takes_the_jump_of_the_other_path() -> None:
    """Paths of different strides meet where only one pixel is left."""
    chain = Chain((4, 2, 1))
    x = chain.x
    near, far = chain.add(Conv2d(4, 4, 3, 2, padding=1), x), chain.add(MaxPool2d(3, 4, 1), x)
    chain.add(Add(), near, far)
    assert chain.field == ReceptiveField((3, 3), (4, 4), (-1, -1))


@pytest.mark.parametrize("op", [Multiply(), AddContext()], ids=str)
def test_a_gate_for_each_channel_does_not_widen_the_field(op: Op) -> None:
    """But says that all matters; a gate for each pixel has a field of its own."""
    chain = Chain((4, 20, 30))
    x = chain.add(Conv2d(4, 4, 3, padding=1))
    gate = chain.add(GlobalPool2d("avg"), x)
    chain.add(op, x, gate)
    assert chain.field == ReceptiveField((3, 3), (1, 1), (-1, -1), is_global=True)
    if op == Multiply():
        pixels = chain.add(Conv2d(4, 1, 7, padding=3), x)
        chain.add(op, x, pixels)
        assert chain.field == ReceptiveField((9, 9), (1, 1), (-4, -4))


def test_a_weighted_sum_of_all_pixels_sees_what_they_see() -> None:
    """And what their weights see."""
    chain = Chain((4, 20, 30))
    x = chain.x
    weights = chain.add(Conv2d(4, 1, 3, padding=1))
    chain.add(WeightedSum(), x, chain.add(PixelSoftmax(), weights))
    assert chain.field == ReceptiveField((22, 32), (20, 30), (-1, -1), is_global=True)
