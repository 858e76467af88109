"""Lowering specs to graphs, part by part: names, order, shapes and operations of the layers."""

import pytest

from resnet_dsl.graph.graph import Graph, Node
from resnet_dsl.graph.ops import (
    Activation,
    AvgPool2d,
    AvgPool2dSame,
    BatchNorm2d,
    BlurPool2d,
    ChannelConv1d,
    Conv2d,
    Dropout,
    DropPath,
    GlobalPool2d,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm2d,
    MaxPool2d,
    Op,
    PaddingShortcut,
)

from ..helpers import graph_of

BASIC = "{name: a, input: {size: 32}, stem: {channels: 8}, block: {type: basic}, head: {classes: 10}, "
BOTTLENECK = BASIC.replace("basic", "bottleneck")


def small(rest: str = "", *, type_: str = "basic", stages: str = "depths: [1, 1], widths: [8, 16]") -> Graph:
    """A network with few channels and the given keys."""
    return graph_of(f"{BASIC.replace('basic', type_)} stages: {{{stages}}}, {rest}}}")


def lines(nodes: tuple[Node, ...]) -> list[str]:
    """Name, class, inputs and shape of each node."""
    return [
        f"{node.name}: {node.op.kind} of {' '.join(node.inputs)}: {'x'.join(map(str, node.shape))}" for node in nodes
    ]


def ops(graph: Graph, start: str = "") -> dict[str, Op]:
    """The operations of the layers below a path, in order, keyed by the rest of their path."""
    return {node.name.removeprefix(start): node.op for node in graph.layers if node.name.startswith(start)}


def convolutions(graph: Graph, start: str) -> list[Conv2d]:
    return [op for op in ops(graph, start).values() if isinstance(op, Conv2d)]


RESNET_OF_BASIC_BLOCKS = """\
input: Input of : 3x32x32
conv1: Conv2d of input: 8x16x16
bn1: BatchNorm2d of conv1: 8x16x16
act1: ReLU of bn1: 8x16x16
maxpool: MaxPool2d of act1: 8x8x8
layer1.0.conv1: Conv2d of maxpool: 8x8x8
layer1.0.bn1: BatchNorm2d of layer1.0.conv1: 8x8x8
layer1.0.act1: ReLU of layer1.0.bn1: 8x8x8
layer1.0.conv2: Conv2d of layer1.0.act1: 8x8x8
layer1.0.bn2: BatchNorm2d of layer1.0.conv2: 8x8x8
layer1.0.add: Add of layer1.0.bn2 maxpool: 8x8x8
layer1.0.act2: ReLU of layer1.0.add: 8x8x8
layer1.1.conv1: Conv2d of layer1.0.act2: 8x8x8
layer1.1.bn1: BatchNorm2d of layer1.1.conv1: 8x8x8
layer1.1.act1: ReLU of layer1.1.bn1: 8x8x8
layer1.1.conv2: Conv2d of layer1.1.act1: 8x8x8
layer1.1.bn2: BatchNorm2d of layer1.1.conv2: 8x8x8
layer1.1.add: Add of layer1.1.bn2 layer1.0.act2: 8x8x8
layer1.1.act2: ReLU of layer1.1.add: 8x8x8
layer2.0.conv1: Conv2d of layer1.1.act2: 16x4x4
layer2.0.bn1: BatchNorm2d of layer2.0.conv1: 16x4x4
layer2.0.act1: ReLU of layer2.0.bn1: 16x4x4
layer2.0.conv2: Conv2d of layer2.0.act1: 16x4x4
layer2.0.bn2: BatchNorm2d of layer2.0.conv2: 16x4x4
layer2.0.downsample.0: Conv2d of layer1.1.act2: 16x4x4
layer2.0.downsample.1: BatchNorm2d of layer2.0.downsample.0: 16x4x4
layer2.0.add: Add of layer2.0.bn2 layer2.0.downsample.1: 16x4x4
layer2.0.act2: ReLU of layer2.0.add: 16x4x4
avgpool: AdaptiveAvgPool2d of layer2.0.act2: 16x1x1
flatten: Flatten of avgpool: 16
fc: Linear of flatten: 10"""

RESNET_OF_BOTTLENECKS = """\
layer2.0.conv1: Conv2d of layer1.0.act3: 16x8x8
layer2.0.bn1: BatchNorm2d of layer2.0.conv1: 16x8x8
layer2.0.act1: ReLU of layer2.0.bn1: 16x8x8
layer2.0.conv2: Conv2d of layer2.0.act1: 16x4x4
layer2.0.bn2: BatchNorm2d of layer2.0.conv2: 16x4x4
layer2.0.act2: ReLU of layer2.0.bn2: 16x4x4
layer2.0.conv3: Conv2d of layer2.0.act2: 64x4x4
layer2.0.bn3: BatchNorm2d of layer2.0.conv3: 64x4x4
layer2.0.downsample.0: Conv2d of layer1.0.act3: 64x4x4
layer2.0.downsample.1: BatchNorm2d of layer2.0.downsample.0: 64x4x4
layer2.0.add: Add of layer2.0.bn3 layer2.0.downsample.1: 64x4x4
layer2.0.act3: ReLU of layer2.0.add: 64x4x4"""


def test_a_network_of_basic_blocks() -> None:
    """All of its nodes: torchvision's names, in execution order."""
    graph = small(stages="depths: [2, 1], widths: [8, 16]")
    assert lines(graph.nodes) == RESNET_OF_BASIC_BLOCKS.splitlines()
    containers = {"": "ResNet", "layer1.0": "BasicBlock", "layer1.1": "BasicBlock", "layer2.0": "BasicBlock"}
    assert graph.containers == containers


def test_a_bottleneck_block() -> None:
    """All nodes of the second of two blocks."""
    graph = small(type_="bottleneck")
    assert lines(graph.blocks[1].nodes) == RESNET_OF_BOTTLENECKS.splitlines()
    assert graph.containers == {"": "ResNet", "layer1.0": "Bottleneck", "layer2.0": "Bottleneck"}


@pytest.mark.parametrize(
    ("type_", "depths", "depth", "parameters", "macs"),
    [
        ("basic", [2, 2, 2, 2], 18, 11_689_512, 1_814_073_344),
        ("basic", [3, 4, 6, 3], 34, 21_797_672, 3_663_761_408),
        ("bottleneck", [3, 4, 6, 3], 50, 25_557_032, 4_089_184_256),
        ("bottleneck", [3, 8, 36, 3], 152, 60_192_808, 11_513_626_624),
    ],
)
def test_the_networks_of_the_paper(type_: str, depths: list[int], depth: int, parameters: int, macs: int) -> None:
    """Their depths, and torchvision's parameters and multiply-accumulates."""
    graph = graph_of(f"{{name: a, block: {{type: {type_}}}, stages: {{depths: {depths}}}}}")
    assert (graph.depth, graph.parameters, graph.macs) == (depth, parameters, macs)


def test_block_types_may_differ_from_stage_to_stage() -> None:
    """Each stage has its own kind of block, expansion and channels."""
    graph = small(type_="[basic, bottleneck], expansion: [2, 3]")
    assert [(block.kind, block.shape[0]) for block in graph.blocks] == [("BasicBlock", 16), ("Bottleneck", 48)]
    assert graph.depth == 1 + 2 + 3 + 1


def test_a_stem_of_several_convolutions() -> None:
    """They are inside `conv1` with their norms, except for the last norm; only the first strides."""
    graph = graph_of("{name: a, stem: {channels: [8, 9, 10], kernel: 3}, block: {type: basic}, stages: {depths: [1]}}")
    layers = list(ops(graph).items())[:10]
    assert layers == [
        ("conv1.0", Conv2d(3, 8, 3, 2, padding=1)),
        ("conv1.1", BatchNorm2d(8)),
        ("conv1.2", Activation("relu")),
        ("conv1.3", Conv2d(8, 9, 3, padding=1)),
        ("conv1.4", BatchNorm2d(9)),
        ("conv1.5", Activation("relu")),
        ("conv1.6", Conv2d(9, 10, 3, padding=1)),
        ("bn1", BatchNorm2d(10)),
        ("act1", Activation("relu")),
        ("maxpool", MaxPool2d(3, 2, padding=1)),
    ]
    assert graph.depth == 3 + 2 + 1


@pytest.mark.parametrize(
    ("pool", "antialias", "expected"),
    [
        ("max", "none", {"maxpool": MaxPool2d(3, 2, padding=1)}),
        ("max", "blur", {"maxpool.0": MaxPool2d(3, 1, padding=1), "maxpool.1": BlurPool2d(8, 2)}),
        ("max", "avg", {"maxpool": AvgPool2d(2, 2)}),
        (
            "conv",
            "none",
            {
                "maxpool.0": Conv2d(8, 8, 3, 2, padding=1),
                "maxpool.1": BatchNorm2d(8),
                "maxpool.2": Activation("relu"),
            },
        ),
        (
            "conv",
            "blur",
            {
                "maxpool.0": Conv2d(8, 8, 3, padding=1),
                "maxpool.1": BlurPool2d(8, 2),
                "maxpool.2": BatchNorm2d(8),
                "maxpool.3": Activation("relu"),
            },
        ),
        (
            "conv",
            "avg",
            {
                "maxpool.0": Conv2d(8, 8, 3, padding=1),
                "maxpool.1": AvgPool2d(2, 2),
                "maxpool.2": BatchNorm2d(8),
                "maxpool.3": Activation("relu"),
            },
        ),
        ("none", "none", {}),
    ],
)
def test_the_end_of_the_stem(pool: str, antialias: str, expected: dict[str, Op]) -> None:
    """Pooling or convolution, and the filter that takes over its stride."""
    graph = graph_of(
        f"{{name: a, stem: {{channels: 8, pool: {pool}}}, block: {{type: basic}}, antialias: {antialias}, "
        "input: {size: 32}, stages: {depths: [1], widths: 8}}"
    )
    assert ops(graph, "maxpool") == {name.removeprefix("maxpool"): op for name, op in expected.items()}


def test_a_3x3_that_does_not_stride_has_the_stages_own_dilation() -> None:
    """A 3x3 that strides keeps the previous stage's dilation; with `stride_in: 1x1`, none strides."""
    stages = "depths: [1, 2], widths: [8, 16], dilations: [1, 2]"
    dilations = {
        where: small(type_=f"bottleneck, stride_in: {where}", stages=f"{stages}, strides: 2")["layer2.0.conv2"].op
        for where in ("1x1", "3x3")
    }
    assert {where: op.dilation for where, op in dilations.items() if isinstance(op, Conv2d)} == {"1x1": 2, "3x3": 1}


def test_the_bottleneck_convolution_that_strides() -> None:
    """The 3x3 as in torchvision, or the 1x1 as in the paper."""
    strides = {
        where: [op.stride for op in convolutions(small(type_=f"bottleneck, stride_in: {where}"), "layer2.0.conv")]
        for where in ("3x3", "1x1")
    }
    assert strides == {"3x3": [1, 2, 1], "1x1": [2, 1, 1]}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", [(8, 1), (8, 1), (32, 1)]),
        ("groups: 2, width_per_group: 40", [(10, 1), (10, 2), (32, 1)]),
        ("groups: 3, width_per_group: 9", [(3, 1), (3, 3), (32, 1)]),
        ("width_per_group: 128", [(16, 1), (16, 1), (32, 1)]),
        ("expansion: 3", [(8, 1), (8, 1), (24, 1)]),
        ("reduce_first: 3", [(2, 1), (8, 1), (32, 1)]),
        ("groups: 2, reduce_first: 2", [(8, 1), (16, 2), (32, 1)]),
    ],
)
def test_channels_and_groups_of_a_bottleneck(keys: str, expected: list[tuple[int, int]]) -> None:
    """Inner width ⌊8 × width_per_group ⁄ 64⌋ × groups; only the 3x3 has groups; `reduce_first` divides the first."""
    branch = convolutions(small(type_=f"bottleneck, {keys}"), "layer1.0.conv")
    assert [(op.out_channels, op.groups) for op in branch] == expected


def test_channels_of_a_basic_block() -> None:
    """`reduce_first` divides those of the first convolution, `expansion` multiplies those of the second."""
    assert convolutions(small(type_="basic, reduce_first: 2, expansion: 3"), "layer1.0.conv") == [
        Conv2d(8, 4, 3, padding=1),
        Conv2d(4, 24, 3, padding=1),
    ]


def shortcuts(rest: str, **how: str) -> list[tuple[str, str]]:
    return [(block.shortcut.kind, block.shortcut.reason) for block in small(rest, **how).blocks]


def test_shortcuts_follow_from_shapes() -> None:
    """An identity if the shapes are equal; else the reason states what differs."""
    how = {"stages": "depths: [2, 2, 1, 1], widths: [8, 8, 16, 16], strides: [1, 2, 1, 1]"}
    equal = ("identity", "the shapes are equal")
    size, channels = "the size differs", "channels differ"
    for kind in ("projection", "padding"):
        expected = [equal, equal, (kind, size), equal, (kind, channels), equal]
        assert shortcuts(f"shortcut: {{type: {kind}}}", **how) == expected
    assert shortcuts("") == [equal, ("projection", "channels and size differ")]
    assert shortcuts("shortcut: {type: none}", **how) == [("none", "the network is plain")] * 6


def test_every_block_may_have_a_projection() -> None:
    """Option C of the paper."""
    how = {"stages": "depths: [2, 1], widths: [8, 16]"}
    always = ("projection", "`shortcut.when` is `always`")
    assert shortcuts("shortcut: {when: always}", **how) == [always, always, ("projection", "channels and size differ")]


def test_the_layers_of_each_shortcut() -> None:
    """A convolution with the block's stride and a norm, or subsampling and zeros, or nothing at all."""
    projection = {".0": Conv2d(8, 16, 1, 2), ".1": BatchNorm2d(16)}
    assert ops(small(), "layer2.0.downsample") == projection
    assert ops(small("shortcut: {type: padding}"), "layer2.0.downsample") == {"": PaddingShortcut(16, 2)}
    plain = small("shortcut: {type: none}")
    assert ops(plain, "layer2.0.downsample") == {}
    assert [node.inputs for node in plain.blocks[1].nodes if node.name == "layer2.0.act2"] == [("layer2.0.bn2",)]


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ("depths: [1, 1], widths: [8, 16]", {".0": Conv2d(8, 16, 3, 2, padding=1), ".1": BatchNorm2d(16)}),
        ("depths: [1, 1], widths: [8, 16], strides: [2, 1]", {".0": Conv2d(8, 16, 1), ".1": BatchNorm2d(16)}),
        (
            "depths: [1, 1], widths: [8, 16], strides: 1, dilations: 2",
            {".0": Conv2d(8, 16, 3, padding=2, dilation=2), ".1": BatchNorm2d(16)},
        ),
        (
            "depths: [1, 1], widths: [8, 16], strides: 1, dilations: [1, 2]",
            {".0": Conv2d(8, 16, 3, padding=1), ".1": BatchNorm2d(16)},
        ),
    ],
)
def test_a_3x3_projection(stages: str, expected: dict[str, Op]) -> None:
    """Only if the block strides or dilates; with the block's first dilation."""
    assert ops(small("shortcut: {kernel: 3}", stages=stages), "layer2.0.downsample") == expected


@pytest.mark.parametrize(
    ("stages", "pool"),
    [
        ("depths: [1, 1], widths: [8, 16]", AvgPool2d(2, 2, ceil=True)),
        ("depths: [1, 1], widths: [8, 16], strides: 3", AvgPool2d(2, 3, ceil=True)),
        ("depths: [1, 1], widths: [8, 16], strides: 1", None),
        ("depths: [1, 1], widths: [8, 16], strides: 1, dilations: 2", AvgPool2dSame()),
        ("depths: [1, 1], widths: [8, 16], output_stride: 4", AvgPool2dSame()),
    ],
)
def test_a_projection_that_pools(stages: str, pool: Op | None) -> None:
    """The pooling takes the stride; without pooling, the indices of the other layers stay the same."""
    expected = {".1": Conv2d(8, 16, 1), ".2": BatchNorm2d(16)} | ({} if pool is None else {".0": pool})
    graph = small("shortcut: {pool: avg}", stages=stages)
    assert ops(graph, "layer2.0.downsample") == expected


def dilations(stages: str) -> list[list[tuple[int, int]]]:
    """Stride and dilation of the 3x3 convolutions of each block."""
    graph = small(stages=f"widths: 8, {stages}")
    return [
        [(op.stride, op.dilation) for op in convolutions(graph, f"{block.name}.conv") if op.padding == op.dilation]
        for block in graph.blocks
    ]


def test_the_first_convolution_of_a_stage_keeps_the_previous_dilation() -> None:
    """Every other 3x3 of the stage has the stage's own."""
    assert dilations("depths: [1, 2], strides: [2, 1], dilations: [2, 4]") == [
        [(2, 1), (1, 2)],
        [(1, 2), (1, 4)],
        [(1, 4), (1, 4)],
    ]


def test_a_dilation_of_its_own_is_that_of_both_convolutions() -> None:
    """In the first block of a stage, too, and in no block beside it."""
    blocks = "blocks: {layer2.0: {dilation: 4}, layer2.2: {dilation: 8}}"
    graph = small(blocks, stages="depths: [1, 4], widths: 8, strides: 1, dilations: [1, 2]")
    found = [[op.dilation for op in convolutions(graph, f"layer2.{position}.conv")] for position in range(4)]
    assert found == [[4, 4], [2, 2], [8, 8], [2, 2]]


@pytest.mark.parametrize("order", [1, -1])
def test_numbers_stay_as_they_are_written(order: int) -> None:
    """Whichever network was built before: `1` equals `1.0`, but is not written alike."""
    for momentum in ("1", "1.0")[::order]:
        op = small(f"norm: {{type: batch, momentum: {momentum}}}, activation: silu")["layer1.0.bn1"].op
        assert isinstance(op, BatchNorm2d)
        assert str(op.momentum) == momentum


def test_a_network_keeps_its_output_stride() -> None:
    """Later stages dilate by the factor they would have strided by."""
    assert dilations("depths: [1, 1, 2], strides: [1, 2, 2], output_stride: 8") == [
        [(1, 1), (1, 1)],
        [(2, 1), (1, 1)],
        [(1, 1), (1, 2)],
        [(1, 2), (1, 2)],
    ]
    assert dilations("depths: [1, 1, 1], strides: [1, 2, 3], output_stride: 4, dilations: [1, 1, 5]") == [
        [(1, 1), (1, 1)],
        [(1, 1), (1, 2)],
        [(1, 2), (1, 30)],
    ]
    assert small(stages="depths: [1, 1], widths: 8, output_stride: 4").blocks[1].shape == (8, 8, 8)


@pytest.mark.parametrize(
    ("norm", "op", "zeroed"),
    [
        ("batch", BatchNorm2d(8), BatchNorm2d(8, initial_weight=0.0)),
        ("{type: batch, eps: 0.001, momentum: 0.01}", BatchNorm2d(8, 1e-3, 0.01), BatchNorm2d(8, 1e-3, 0.01, 0.0)),
        ("{type: group, groups: 4}", GroupNorm(4, 8), GroupNorm(4, 8, initial_weight=0.0)),
        ("layer", LayerNorm2d(8, 1e-6), LayerNorm2d(8, 1e-6, 0.0)),
        ("{type: layer, eps: 0.1}", LayerNorm2d(8, 0.1), LayerNorm2d(8, 0.1, 0.0)),
    ],
)
def test_norms(norm: str, op: Op, zeroed: Op) -> None:
    """One kind for the whole network; the last of each branch is initialised to zero if the spec says so."""
    before = ops(small(f"norm: {norm}, init: {{zero_residual: true}}"))
    assert [before[name] for name in ("bn1", "layer1.0.bn1", "layer1.0.bn2")] == [op, op, zeroed]


def test_norms_without_weights() -> None:
    """Instance norm has none; without norms, convolutions have a bias."""
    assert ops(small("norm: instance"))["bn1"] == InstanceNorm2d(8)
    assert ops(small("norm: {type: instance, eps: 0.1}"))["bn1"] == InstanceNorm2d(8, 0.1)
    bare = ops(small("norm: none, shortcut: {type: projection}"))
    assert not any(name.partition(".")[0] == "bn1" or ".bn" in name for name in bare)
    assert {op.bias for op in bare.values() if isinstance(op, Conv2d)} == {True}
    assert "layer2.0.downsample.0" in bare
    assert "layer2.0.downsample.1" not in bare


def test_activations() -> None:
    """One function for the whole network, except in attention."""
    graph = small("activation: gelu, attention: se")
    functions = {node.name: node.op.function for node in graph.nodes if isinstance(node.op, Activation)}
    assert {name for name, function in functions.items() if function != "gelu"} == {
        f"{block.name}.se.{part}" for block in graph.blocks for part in ("act", "gate")
    }


@pytest.mark.parametrize(
    ("channels", "ratio", "reduced"),
    [
        (8, 0.0625, 8),
        (256, 0.0625, 16),
        (2048, 0.0625, 128),
        (100, 0.25, 24),
        (112, 0.25, 32),
        (24, 1, 24),
        (72, 0.0625, 8),
    ],
)
def test_squeeze_and_excitation(channels: int, ratio: float, reduced: int) -> None:
    """The reduced channels are the nearest multiple of 8, halves up, at least 8; both convolutions have a bias."""
    graph = small(f"attention: {{type: se, ratio: {ratio}}}", stages=f"depths: [1], widths: {channels}")
    assert ops(graph, "layer1.0.se.") == {
        "pool": GlobalPool2d("avg"),
        "fc1": Conv2d(channels, reduced, 1, bias=True),
        "act": Activation("relu"),
        "fc2": Conv2d(reduced, channels, 1, bias=True),
        "gate": Activation("sigmoid"),
    }
    assert graph["layer1.0.se.scale"].inputs == ("layer1.0.bn2", "layer1.0.se.gate")
    assert graph["layer1.0.add"].inputs[0] == "layer1.0.se.scale"
    assert graph.containers["layer1.0.se"] == "SqueezeExcite"


@pytest.mark.parametrize(("channels", "kernel"), [(1, 3), (64, 3), (128, 5), (256, 5), (512, 5), (2048, 7), (32768, 9)])
def test_efficient_channel_attention(channels: int, kernel: int) -> None:
    """The kernel size is t or t + 1, whichever is odd, at least 3, for t = ⌊|log₂ channels + 1| ⁄ 2⌋."""
    graph = small("attention: eca", stages=f"depths: [1], widths: {channels}")
    assert ops(graph, "layer1.0.se.") == {
        "pool": GlobalPool2d("avg"),
        "conv": ChannelConv1d(kernel),
        "gate": Activation("sigmoid"),
    }
    assert graph.containers["layer1.0.se"] == "EfficientChannelAttention"


def test_attention_may_differ_from_stage_to_stage() -> None:
    """It comes before drop path."""
    graph = small("attention: [none, eca], drop_path: 0.5")
    assert [name for name in graph.containers if name.endswith(".se")] == ["layer2.0.se"]
    assert graph["layer2.0.drop_path"].inputs == ("layer2.0.se.scale",)


@pytest.mark.parametrize("antialias", ["blur", "avg"])
def test_a_filter_takes_over_the_stride_of_a_block(antialias: str) -> None:
    """It follows the activation of the convolution that would have strided; the shortcut strides itself."""
    graph = small(f"antialias: {antialias}")
    names = ["conv1", "bn1", "act1", "aa", "conv2", "bn2", "downsample.0", "downsample.1", "act2"]
    layers = ops(graph, "layer2.0.")
    assert list(layers) == names
    assert layers["aa"] == (BlurPool2d(16, 2) if antialias == "blur" else AvgPool2d(2, 2))
    assert layers["conv1"] == Conv2d(8, 16, 3, padding=1)
    assert layers["downsample.0"] == Conv2d(8, 16, 1, 2)
    assert "aa" not in ops(graph, "layer1.0.")


def test_blur_pooling_stays_where_a_stage_dilates_instead() -> None:
    """With stride 1; average pooling with stride 1 is left out."""
    stages = "depths: [1, 2], widths: [8, 16], output_stride: 4"
    blurred = ops(small("antialias: blur", stages=stages))
    filters = {name: op for name, op in blurred.items() if name.endswith(".aa")}
    assert filters == {"layer2.0.aa": BlurPool2d(16, 1)}
    assert not any(name.endswith(".aa") for name in ops(small("antialias: avg", stages=stages)))


def test_the_filter_follows_the_convolution_that_strides() -> None:
    """The bottleneck's 3x3, or its first 1x1."""
    before = {
        where: small("antialias: blur", type_=f"bottleneck, stride_in: {where}")["layer2.0.aa"].inputs
        for where in ("3x3", "1x1")
    }
    assert before == {"3x3": ("layer2.0.act2",), "1x1": ("layer2.0.act1",)}


PREACTIVATED = """\
layer2.0.bn1: BatchNorm2d of layer1.0.add: 8x8x8
layer2.0.act1: ReLU of layer2.0.bn1: 8x8x8
layer2.0.conv1: Conv2d of layer2.0.act1: 16x4x4
layer2.0.bn2: BatchNorm2d of layer2.0.conv1: 16x4x4
layer2.0.act2: ReLU of layer2.0.bn2: 16x4x4
layer2.0.conv2: Conv2d of layer2.0.act2: 16x4x4
layer2.0.downsample.0: Conv2d of layer2.0.act1: 16x4x4
layer2.0.add: Add of layer2.0.conv2 layer2.0.downsample.0: 16x4x4
norm: BatchNorm2d of layer2.0.add: 16x4x4
act: ReLU of norm: 16x4x4
avgpool: AdaptiveAvgPool2d of act: 16x1x1
flatten: Flatten of avgpool: 16
fc: Linear of flatten: 10"""


def test_preactivation() -> None:
    """Norm and activation come first, nothing follows the addition, and projections read the first activation."""
    graph = small(type_="basic, preactivation: true")
    index = [node.name for node in graph.nodes].index("layer2.0.bn1")
    assert lines(graph.nodes[index:]) == PREACTIVATED.splitlines()
    assert [node.name for node in graph.nodes[:4]] == ["input", "conv1", "maxpool", "layer1.0.bn1"]


def test_preactivated_stem() -> None:
    """Its last norm and activation are left out, whatever the stem."""
    rest = "block: {type: basic, preactivation: true}, stages: {depths: [1]}}"
    several = graph_of("{name: a, stem: {channels: [8, 9]}, " + rest)
    assert list(ops(several))[:5] == ["conv1.0", "conv1.1", "conv1.2", "conv1.3", "maxpool"]
    pooled = graph_of("{name: a, stem: {channels: 8, pool: conv}, " + rest)
    assert list(ops(pooled))[:5] == ["conv1", "bn1", "act1", "maxpool.0", "layer1.0.bn1"]


def test_preactivation_identities_read_the_previous_sum() -> None:
    """Not its activation: the signal passes unchanged (He et al. 2016)."""
    graph = small(type_="basic, preactivation: true", stages="depths: [2], widths: 8")
    assert graph["layer1.1.add"].inputs == ("layer1.1.conv2", "layer1.0.add")
    zeroed = small("init: {zero_residual: true}", type_="bottleneck, preactivation: true")
    assert [name for name, op in ops(zeroed, "layer1.0.").items() if getattr(op, "initial_weight", 1) == 0] == ["bn3"]


def test_the_filter_of_a_preactivated_block_follows_the_activation() -> None:
    """The activation after the convolution that would have strided."""
    graph = small("antialias: blur", type_="basic, preactivation: true")
    assert graph["layer2.0.aa"].inputs == ("layer2.0.act2",)
    assert graph["layer2.0.conv2"].inputs == ("layer2.0.aa",)


def test_drop_path_rises_evenly_over_all_blocks() -> None:
    """From 0, which adds no layer, at the first to the full probability at the last."""
    graph = small("drop_path: 0.5", stages="depths: [3, 3], widths: [8, 16]")
    found = {node.name: round(node.op.probability, 9) for node in graph.nodes if isinstance(node.op, DropPath)}
    blocks = ("layer1.1", "layer1.2", "layer2.0", "layer2.1", "layer2.2")
    assert found == {f"{block}.drop_path": number / 10 for number, block in enumerate(blocks, start=1)}
    assert graph["layer1.1.drop_path"].inputs == ("layer1.1.bn2",)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", ["avgpool", "fc"]),
        ("pool: max", ["global_pool", "fc"]),
        ("pool: catavgmax", ["global_pool", "fc"]),
        ("dropout: 0.5", ["avgpool", "dropout", "fc"]),
        ("dropout: 0", ["avgpool", "fc"]),
        ("classes: 0", ["avgpool"]),
        ("classes: 0, dropout: 0.5", ["avgpool", "dropout"]),
    ],
)
def test_heads(head: str, expected: list[str]) -> None:
    """Layers without effect are left out."""
    text = f"{{name: a, block: {{type: basic}}, stages: {{depths: [1]}}, head: {{{head}}}}}"
    names = [node.name for node in graph_of(text).layers]
    assert names[names.index("layer1.0.act2") + 1 :] == expected


def test_dropout_has_the_probability_of_the_spec() -> None:
    """The dropout of the head."""
    text = BASIC.replace("classes: 10", "dropout: 0.3") + "stages: {depths: [1], widths: 8}}"
    assert graph_of(text)["dropout"].op == Dropout(0.3)


def test_a_stem_that_pools_by_convolution_without_norms() -> None:
    """Its modules are numbered without gaps."""
    text = BASIC.replace("channels: 8", "channels: 8, pool: conv") + "norm: none, stages: {depths: [1], widths: 8}}"
    names = [node.name for node in graph_of(text).layers if node.name.startswith("maxpool")]
    assert names == ["maxpool.0", "maxpool.1"]


def test_concatenated_pooling_doubles_the_features() -> None:
    """Those of the classifier, or of the output if there is none."""
    assert small("")["fc"].parameters == 17 * 10
    text = BASIC.replace("classes: 10", "pool: catavgmax, classes: CLASSES") + "stages: {depths: [1], widths: 8}}"
    assert graph_of(text.replace("CLASSES", "10"))["fc"].parameters == 17 * 10
    assert graph_of(text.replace("CLASSES", "0")).output_shape == (16,)


def test_a_node_points_to_the_key_that_specifies_it() -> None:
    """The key of the stem, the depth of the stage, or the head; nodes are found by name."""
    graph = small(stages="depths: [1, 2]")
    spans = {name: graph[name].span for name in ("input", "conv1", "layer2.0.conv1", "avgpool")}
    assert {name: span.text for name, span in spans.items() if span} == {
        "input": "input",
        "conv1": "stem",
        "layer2.0.conv1": "2",
        "avgpool": "head",
    }
    with pytest.raises(KeyError, match="'conv2'"):
        graph["conv2"]


def test_features_are_the_stem_before_its_pooling_and_the_last_block_of_each_stage() -> None:
    """With their channels, and the total stride up to that point."""
    graph = small(stages="depths: [1, 2], widths: [8, 16]")
    assert [(feature.name, feature.node, feature.channels, feature.reduction) for feature in graph.features] == [
        ("stem", "act1", 8, 2),
        ("layer1", "layer1.0.act2", 8, 4),
        ("layer2", "layer2.1.act2", 16, 8),
    ]


@pytest.mark.parametrize(("classes", "output", "depth"), [(10, "fc", 6), (1, "fc", 6), (0, "flatten", 5)])
def test_depth_counts_the_classifier_if_there_is_one(classes: int, output: str, depth: int) -> None:
    """In addition to the convolutions of the stem and the branches, as in the paper."""
    text = BASIC.replace("classes: 10", f"classes: {classes}") + "stages: {depths: [1, 1], widths: [8, 16]}}"
    graph = graph_of(text)
    assert (graph.name, graph.depth, graph.outputs) == ("a", depth, (output,))


def test_the_properties_of_a_block() -> None:
    """Its kind, stage, input and output shapes, and the stride of its shortcut."""
    graph = small(type_="[basic, bottleneck]", stages="depths: [1, 1], widths: [8, 16]")
    first, second = graph.blocks
    assert (first.name, first.kind, first.stage) == ("layer1.0", "BasicBlock", 1)
    assert (second.name, second.kind, second.stage) == ("layer2.0", "Bottleneck", 2)
    assert [(block.input_shape, block.shape) for block in graph.blocks] == [
        ((8, 8, 8), (8, 8, 8)),
        ((8, 8, 8), (64, 4, 4)),
    ]
    assert [block.parameters for block in graph.blocks] == [1184, 4288]
    for kind in ("projection", "padding", "none"):
        strides = [block.shortcut.stride for block in small(f"shortcut: {{type: {kind}}}").blocks]
        assert strides == [1, 2]


def test_containers_are_the_modules_that_are_not_sequential() -> None:
    """The network, its blocks, and their attention."""
    graph = small("attention: [se, eca, none]", stages="depths: [1, 1, 1], widths: [8, 16, 16]")
    assert graph.containers == {
        "": "ResNet",
        "layer1.0": "BasicBlock",
        "layer1.0.se": "SqueezeExcite",
        "layer2.0": "BasicBlock",
        "layer2.0.se": "EfficientChannelAttention",
        "layer3.0": "BasicBlock",
    }
