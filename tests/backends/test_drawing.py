"""What a reader sees: boxes, lines and labels at three levels of detail."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_dsl.backends.drawing.dot import stage_color
from resnet_dsl.backends.drawing.drawing import Detail, to_dot
from resnet_dsl.diagnostics.render import printable
from resnet_dsl.graph.ops import Conv2d
from resnet_dsl.graph.page import format_shape
from tests.backends.pictures import Picture, dashes, notes, resnet
from tests.helpers import graph_of
from tests.strategies.documents import small_documents

from ..helpers import load, lower

LEVELS: tuple[Detail, ...] = ("stage", "block", "layer")
levels = pytest.mark.parametrize("detail", LEVELS)

CIFAR = """
name: resnet20
input: {size: 32}
stem: {channels: 16, kernel: 3, stride: 1, pool: none}
block: {type: basic}
shortcut: {type: padding}
stages: {depths: [3, 3, 3], widths: [16, 32, 64]}
head: {classes: 10}
"""


def test_the_stage_level_uses_the_labels_of_the_paper() -> None:
    """Every text of ResNet-50's drawing, from top to bottom."""
    expected = [
        *("net", "25.6 M parameters, 4.09 G multiply-adds, input 3×224×224"),
        *("3×224×224", "7×7 conv, 64, /2", "3×3 max pool, /2", "64×56×56"),
        *("1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256", "256×56×56", "layer1.0", "1×1 conv, 256"),
        *("1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256", "×2", "256×56×56", "layer1.1 – 2"),
        *("1×1 conv, 128", "3×3 conv, 128, /2", "1×1 conv, 512", "512×28×28", "layer2.0", "1×1 conv, 512, /2"),
        *("1×1 conv, 128", "3×3 conv, 128", "1×1 conv, 512", "×3", "512×28×28", "layer2.1 – 3"),
        *("1×1 conv, 256", "3×3 conv, 256, /2", "1×1 conv, 1024", "1024×14×14", "layer3.0", "1×1 conv, 1024, /2"),
        *("1×1 conv, 256", "3×3 conv, 256", "1×1 conv, 1024", "×5", "1024×14×14", "layer3.1 – 5"),
        *("1×1 conv, 512", "3×3 conv, 512, /2", "1×1 conv, 2048", "2048×7×7", "layer4.0", "1×1 conv, 2048, /2"),
        *("1×1 conv, 512", "3×3 conv, 512", "1×1 conv, 2048", "×2", "2048×7×7", "layer4.1 – 2"),
        *("global average pool", "fc 1000", "1000"),
    ]
    assert expected == Picture(resnet("[3, 4, 6, 3]"), "stage").texts


def test_the_layer_level_labels_every_operation() -> None:
    """Every text of a small network's drawing: operations with their names, and each new shape."""
    spec = CIFAR.replace("[3, 3, 3]", "[1, 1]").replace("[16, 32, 64]", "[16, 32]")
    expected = [
        *("resnet20", "19.4 k parameters, 8.70 M multiply-adds, input 3×32×32"),
        *("layer1.0", "layer2.0"),
        *("input", "3×32×32", "3×3 conv, 16", "conv1", "16×32×32", "batch norm", "bn1", "ReLU", "act1", "16×32×32"),
        *("3×3 conv, 16", "conv1", "16×32×32", "batch norm", "bn1", "ReLU", "act1"),
        *("3×3 conv, 16", "conv2", "16×32×32", "batch norm", "bn2", "+", "ReLU", "act2", "16×32×32"),
        *("3×3 conv, 32, /2", "conv1", "32×16×16", "batch norm", "bn1", "ReLU", "act1"),
        *("3×3 conv, 32", "conv2", "32×16×16", "batch norm", "bn2", "+", "ReLU", "act2"),
        *("pad to 32 channels, /2", "downsample", "32×16×16", "32×16×16"),
        *("global average pool", "avgpool", "32×1×1", "flatten", "32", "fc 10", "fc", "10"),
    ]
    assert expected == Picture(graph_of(spec), "layer").texts


def test_groups_are_labelled() -> None:
    """As in `3×3 conv, 128, 32 groups`."""
    text = "name: resnext\nblock: {type: bottleneck, groups: 32, width_per_group: 4}\nstages: {depths: [1]}\n"
    assert "3×3 conv, 128, 32 groups" in Picture(graph_of(text), "stage").texts


@pytest.mark.parametrize(
    ("depths", "expected"),
    [
        ("[3, 4, 6, 3]", ["layer1.1 – 2", "layer2.1 – 3", "layer3.1 – 5", "layer4.1 – 2"]),
        ("[3, 8, 36, 3]", ["layer1.1 – 2", "layer2.1 – 7", "layer3.1 – 35", "layer4.1 – 2"]),
    ],
)
def test_equal_blocks_are_one_box(depths: str, expected: list[str]) -> None:
    """ResNet-50 and ResNet-152: the first block of each stage, which projects, and one box for all others."""
    firsts = [f"layer{stage}.0" for stage in (1, 2, 3, 4)]
    merged = [note for pair in zip(firsts, expected, strict=True) for note in pair]
    assert merged == notes(Picture(resnet(depths), "stage"))


def test_blocks_that_differ_in_any_operation_are_not_one_box() -> None:
    """A larger kernel in one of three blocks separates it from the others."""
    graph = resnet("[3]", "basic")
    middle = graph.blocks[1]
    nodes = tuple(
        replace(node, op=replace(node.op, kernel=5, padding=2)) if isinstance(node.op, Conv2d) else node
        for node in middle.nodes
    )
    blocks = (graph.blocks[0], replace(middle, nodes=nodes), graph.blocks[2])
    assert notes(Picture(replace(graph, blocks=blocks), "stage")) == ["layer1.0", "layer1.1", "layer1.2"]


def test_drop_path_does_not_separate_blocks() -> None:
    """Its probability rises from block to block, and the first has none."""
    graph = resnet("[3, 3]", "basic", "drop_path: 0.2\n")
    assert notes(Picture(graph, "stage")) == ["layer1.0 – 2", "layer2.0", "layer2.1 – 2"]


@pytest.mark.parametrize(("kind", "name"), [("se", "squeeze and excitation"), ("eca", "efficient channel attention")])
def test_attention_is_one_line_of_a_block(kind: str, name: str) -> None:
    """It has the name given in its paper; its layers appear at the layer level."""
    graph = resnet("[1]", "basic", f"attention: {{type: {kind}}}\n")
    expected = ["3×3 conv, 64", "3×3 conv, 64", name, "64×56×56", "layer1.0"]
    texts = Picture(graph, "stage").texts
    assert expected == texts[6:11]
    assert "×" in Picture(graph, "layer").texts


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", ["1×1 conv, 128, /2"]),
        ("shortcut: {pool: avg}\n", ["2×2 average pool, /2", "1×1 conv, 128"]),
        ("shortcut: {type: padding}\n", ["pad to 128 channels, /2"]),
        ("shortcut: {kernel: 3}\n", ["3×3 conv, 128, /2"]),
    ],
)
def test_shortcuts_are_labelled(rest: str, expected: list[str]) -> None:
    """After the block's own lines, its shape and its name; an identity has no label."""
    texts = Picture(resnet("[1, 1]", "basic", rest), "stage").texts
    assert ["layer2.0", *expected, "global average pool"] == texts[texts.index("layer2.0") : -2]


@levels
@pytest.mark.parametrize("rest", ["attention: {type: se}\n", "antialias: blur\n", "norm: {type: none}\n"])
@pytest.mark.parametrize("preactivation", ["false", "true"])
def test_every_kind_of_block_is_a_column_with_lines_beside_it(rest: str, preactivation: str, detail: Detail) -> None:
    """Edges around attention and shortcuts that start inside a block stay on the right as well."""
    spec = f"name: net\nblock: {{type: bottleneck, preactivation: {preactivation}}}\nstages: {{depths: [2, 2]}}\n{rest}"
    assert_beside(Picture(graph_of(spec), detail))


def test_equal_stages_are_not_one_box() -> None:
    """Colours distinguish stages, so a box belongs to one of them."""
    graph = graph_of("name: net\nblock: {type: basic}\nstages: {depths: [2, 2], widths: 64, strides: 1}\n")
    assert notes(Picture(graph, "stage")) == ["layer1.0 – 1", "layer2.0 – 1"]
    dot = to_dot(graph)
    assert all(dot.count(f'fillcolor="{stage_color(stage)}"') == 1 for stage in (1, 2))


def test_every_block_is_a_box_at_the_block_level() -> None:
    """ResNet-50 has 16."""
    graph = resnet("[3, 4, 6, 3]")
    assert [block.name for block in graph.blocks] == notes(Picture(graph, "block"))


def test_every_operation_is_at_the_layer_level() -> None:
    """Each tooltip names one operation, with its costs."""
    graph = resnet("[3, 4, 6, 3]")
    dot = to_dot(graph, "layer")
    tooltips = re.findall(r'tooltip="(\S+): ([\d,]+) parameters, ([\d,]+) multiply-adds"', dot)
    assert sorted((node.name, f"{node.parameters:,}", f"{node.macs:,}") for node in graph.nodes) == sorted(tooltips)


def test_every_block_is_framed_at_the_layer_level() -> None:
    """Each has its own cluster, with its name."""
    graph = resnet("[3, 4, 6, 3]")
    assert [block.name for block in graph.blocks] == re.findall(
        r"color=\S+ .*label=<(layer\S+)> labeljust", to_dot(graph, "layer")
    )


@levels
def test_a_plain_network_has_no_shortcuts(detail: Detail) -> None:
    """All edges go straight down the middle."""
    graph = resnet("[2, 2]", "basic", "shortcut: {type: none}\n")
    assert "dashed" not in to_dot(graph, detail)
    assert Picture(graph, detail).lines(shortcuts=True) == []


@given(small_documents())
def test_a_shortcut_is_dashed_unless_it_is_an_identity(document: dict[str, Any]) -> None:
    """Projection and padding are dashed, identities solid, at every level."""
    graph = lower(load(document))
    blocks = [block.shortcut.kind != "identity" for block in graph.blocks if block.shortcut.kind != "none"]
    assert blocks == dashes(to_dot(graph, "block"))
    assert blocks == dashes(to_dot(graph, "layer"))


@settings(max_examples=20)
@given(small_documents(), st.sampled_from(LEVELS))
def test_shortcuts_are_beside_the_branch(document: dict[str, Any], detail: Detail) -> None:
    """The branch is one straight column, and no shortcut touches its left half."""
    assert_beside(Picture(lower(load(document)), detail))


def assert_beside(picture: Picture) -> None:
    middles = [x for line in picture.lines(shortcuts=False) for x in line]
    assert max(middles) - min(middles) < 0.1
    assert all(x > middles[0] for line in picture.lines(shortcuts=True) for x in line)


@levels
@given(document=small_documents())
def test_shapes_are_on_the_main_line(detail: Detail, document: dict[str, Any]) -> None:
    """The shapes of the input, the output and each block's output are on the line."""
    graph = lower(load(document))
    shown = re.findall(r'<td rowspan="2">([\d×]+)</td>', to_dot(graph, detail))
    between = [format_shape(block.shape) for block in graph.blocks]
    if detail == "block":
        assert [format_shape(graph.input_shape), format_shape(graph.blocks[0].input_shape), *between] == shown[:-1]
    assert format_shape(graph.input_shape) == shown[0]
    assert format_shape(graph.output_shape) == shown[-1]
    assert set(between) <= set(shown)


@levels
def test_equal_graphs_have_equal_drawings(detail: Detail) -> None:
    """The DOT text is deterministic."""
    assert to_dot(graph_of(CIFAR), detail) == to_dot(graph_of(CIFAR), detail)


HOSTILE = [
    '"',
    "\\",
    'a\\"b\\',
    "\\N\\G\\l",
    "<b>bold</b>",
    "<<i>x</i>>",
    "a & b &amp; &lt;c&gt; &bogus;",
    "two\nlines\r\n\ttab",
    "--><script>alert(1)</script>",
    "]]>",
    "nul\0bell\a\N{ZERO WIDTH SPACE}\ud800\uffff",
    "{a|b} -> c; // d # e",
    "'; drop",
    "残差 → ネット",
    "x" * 300,
]


@levels
@pytest.mark.parametrize("name", ["", " "])
def test_a_network_without_a_name_has_a_drawing(name: str, detail: Detail) -> None:
    """Graphs constructed by hand may even have an empty name."""
    graph = replace(resnet("[1]", "basic"), name=name)
    assert "3×3 conv, 64" in Picture(graph, detail).texts


@levels
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_as_they_are(name: str, detail: Detail) -> None:
    """Graphs constructed by hand may have any name, as may their blocks."""
    graph = resnet("[1]", "basic")
    graph = replace(graph, name=name, blocks=tuple(replace(block, name=name) for block in graph.blocks))
    texts = Picture(graph, detail).texts
    assert [printable(name).replace("\uffff", r"\uffff")] == texts[:1]
    assert "3×3 conv, 64" in texts


def test_a_drawing_of_ten_thousand_blocks_is_small_at_the_stage_level() -> None:
    """Its size depends on the number of different blocks, not on the number of blocks."""
    spec = CIFAR.replace("[3, 3, 3]", "[3000, 3000, 4000]").replace("resnet20", "deep")
    small, large = to_dot(graph_of(CIFAR)), to_dot(graph_of(spec))
    assert "×2999" in large
    assert len(small.splitlines()) == len(large.splitlines())


def test_resnet_152_fits_on_one_page() -> None:
    """Smaller than A4 at its natural size, with letters of 8 to 14 points."""
    root = Picture(resnet("[3, 8, 36, 3]"), "stage").root
    width, height = (float(root.get(side, "").removesuffix("pt")) for side in ("width", "height"))
    assert width < 595 - 72
    assert height < 842 - 72
