"""The order of the layers in a block, with everything that may stand between its convolutions."""

import pytest

from ..helpers import graph_of

ALL = (
    "block: {type: TYPE, dropout: 0.1, POOL}, stages: {depths: [1, 2], widths: 32}, drop_path: 0.1, "
    "attention: {type: ese, position: POSITION}, antialias: ANTIALIAS"
)


def order(block: str, rest: str) -> str:
    """The names of a block's nodes, in order; those of its attention as `se`, those of its `conv2` as `conv2`."""
    graph = graph_of(f"{{name: a, input: {{size: 64}}, stem: {{channels: 32}}, {rest}}}")
    nodes = next(each for each in graph.blocks if each.name == block).nodes
    names = [node.name.removeprefix(f"{block}.") for node in nodes]
    heads = [name.partition(".")[0] for name in names]
    return " ".join(head for index, head in enumerate(heads) if index == 0 or head != heads[index - 1])


def spec(
    type_: str = "bottleneck",
    *,
    pool: str = "none",
    position: str = "end",
    antialias: str = "none",
    preactivation: bool = False,
    conv3x3: str = "plain",
) -> str:
    """A spec with one thing of each kind in its blocks."""
    block = f"pool: {pool}, preactivation: {str(preactivation).lower()}, conv3x3: {conv3x3}"
    text = ALL.replace("TYPE", type_).replace("POOL", block).replace("POSITION", position)
    return text.replace("ANTIALIAS", antialias)


POST = "conv1 bn1 act1 conv2 bn2 act2"
"""The first two convolutions of a bottleneck."""
END = "downsample add act3"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (spec(), f"{POST} dropout conv3 bn3 se drop_path {END}"),
        (spec(position="activated"), f"{POST} dropout conv3 bn3 se_act se drop_path {END}"),
        (spec(position="inner"), f"{POST} se dropout conv3 bn3 drop_path {END}"),
        (spec(antialias="blur"), f"{POST} aa dropout conv3 bn3 se drop_path {END}"),
        (spec(antialias="blur", position="inner"), f"{POST} aa se dropout conv3 bn3 drop_path {END}"),
        (
            spec(pool="after", antialias="blur", position="inner"),
            f"{POST} pool se dropout conv3 bn3 drop_path {END}",
        ),
        (spec(pool="before"), f"conv1 bn1 act1 pool conv2 bn2 act2 dropout conv3 bn3 se drop_path {END}"),
        (spec("basic"), "conv1 bn1 act1 dropout conv2 bn2 se drop_path downsample add act2"),
        (spec("basic", pool="before"), "pool conv1 bn1 act1 dropout conv2 bn2 se drop_path downsample add act2"),
        (
            spec("basic", pool="after", position="inner"),
            "conv1 bn1 act1 pool se dropout conv2 bn2 drop_path downsample add act2",
        ),
        (
            spec(conv3x3="{type: split}", position="inner", pool="after"),
            f"conv1 bn1 act1 conv2 pool se dropout conv3 bn3 drop_path {END}",
        ),
        (
            spec("basic", conv3x3="{type: selective}", position="inner"),
            "conv1 se dropout conv2 bn2 drop_path downsample add act2",
        ),
    ],
)
def test_the_order_in_a_block_that_strides(found: str, wanted: str) -> None:
    """Filter, pooling, inner attention, dropout, the last convolution, its norm, attention of the end, drop path."""
    assert order("layer2.0", found.replace("widths: 32", "widths: [32, 48]")) == wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (spec(preactivation=True), "bn1 act1 conv1 bn2 act2 conv2 bn3 act3 dropout conv3 se drop_path downsample add"),
        (
            spec(preactivation=True, position="inner", antialias="avg"),
            "bn1 act1 conv1 bn2 act2 conv2 se bn3 act3 aa dropout conv3 drop_path downsample add",
        ),
        (
            spec(preactivation=True, pool="after"),
            "bn1 act1 conv1 bn2 act2 conv2 bn3 act3 pool dropout conv3 se drop_path downsample add",
        ),
        (
            spec(preactivation=True, pool="before", conv3x3="{type: res2}"),
            "bn1 act1 conv1 bn2 act2 pool conv2 bn3 act3 dropout conv3 se drop_path downsample add",
        ),
        (
            spec("basic", preactivation=True, position="inner"),
            "bn1 act1 conv1 se bn2 act2 dropout conv2 drop_path downsample add",
        ),
        (
            spec("basic", preactivation=True, position="activated", pool="before"),
            "bn1 act1 pool conv1 bn2 act2 dropout conv2 se_act se drop_path downsample add",
        ),
    ],
)
def test_the_order_in_a_preactivation_block_that_strides(found: str, wanted: str) -> None:
    """Norm and activation come before each convolution, also before a module in its place; inner attention follows it
    directly."""
    assert order("layer2.0", found.replace("widths: 32", "widths: [32, 48]")) == wanted


def test_pooling_is_only_where_the_block_strides() -> None:
    """Neither in a block of stride 1 nor where a stage dilates instead."""
    found = spec(pool="after", antialias="blur").replace("widths: 32", "widths: 32, output_stride: 4")
    for block in ("layer1.0", "layer2.0", "layer2.1"):
        assert " pool" not in order(block, found)
        assert " aa" not in order(block, found)
