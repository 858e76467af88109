"""What a reader sees: boxes, lines and labels at three levels of detail."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_dsl.backends.drawing.drawing import Detail, draw
from resnet_dsl.backends.drawing.style import stage_color
from resnet_dsl.diagnostics.render import printable
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import Conv2d, DropPath
from tests.backends.pictures import LEVELS, boxes, lines, notes, resnet, texts
from tests.helpers import graph_of
from tests.strategies.documents import small_documents

from ..helpers import load, lower

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
        *("net", "25.6 M parameters, 4.09 G multiply-accumulates", "batch norm, ReLU"),
        *("3×224×224", "7×7 conv, 64, /2", "3×3 max pool, /2", "stem", "64×56×56"),
        *("1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256", "layer1.0", "256×56×56", "+", "1×1 conv, 256"),
        *("×2", "1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256", "layer1.1–2", "256×56×56", "+"),
        *("1×1 conv, 128", "3×3 conv, 128, /2", "1×1 conv, 512", "layer2.0", "512×28×28", "+", "1×1 conv, 512, /2"),
        *("×3", "1×1 conv, 128", "3×3 conv, 128", "1×1 conv, 512", "layer2.1–3", "512×28×28", "+"),
        *("1×1 conv, 256", "3×3 conv, 256, /2", "1×1 conv, 1024", "layer3.0", "1024×14×14", "+", "1×1 conv, 1024, /2"),
        *("×5", "1×1 conv, 256", "3×3 conv, 256", "1×1 conv, 1024", "layer3.1–5", "1024×14×14", "+"),
        *("1×1 conv, 512", "3×3 conv, 512, /2", "1×1 conv, 2048", "layer4.0", "2048×7×7", "+", "1×1 conv, 2048, /2"),
        *("×2", "1×1 conv, 512", "3×3 conv, 512", "1×1 conv, 2048", "layer4.1–2", "2048×7×7", "+"),
        *("global average pool", "fc 1000", "head", "1000"),
    ]
    assert expected == texts(resnet("[3, 4, 6, 3]"))


def test_the_layer_level_labels_every_operation() -> None:
    """Every text of a small network's drawing: operations with their names, and each new shape."""
    spec = CIFAR.replace("[3, 3, 3]", "[1, 1]").replace("[16, 32, 64]", "[16, 32]")
    expected = [
        *("resnet20", "19.4 k parameters, 8.70 M multiply-accumulates", "batch norm, ReLU"),
        *("3×32×32", "3×3 conv, 16", "conv1", "16×32×32", "batch norm", "bn1", "ReLU", "act1"),
        *("layer1.0", "3×3 conv, 16", "conv1", "16×32×32", "batch norm", "bn1", "ReLU", "act1"),
        *("3×3 conv, 16", "conv2", "16×32×32", "batch norm", "bn2", "+", "ReLU", "act2", "16×32×32"),
        *("layer2.0", "3×3 conv, 32, /2", "conv1", "32×16×16", "batch norm", "bn1", "ReLU", "act1"),
        *("3×3 conv, 32", "conv2", "32×16×16", "batch norm", "bn2", "+", "ReLU", "act2", "32×16×16"),
        *("pad to 32 channels, /2", "downsample"),
        *("global average pool", "avgpool", "32×1×1", "flatten", "32", "fc 10", "fc", "10"),
    ]
    assert expected == texts(graph_of(spec), "layer")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", "batch norm, ReLU"),
        ("norm: {type: batch, eps: 0.001, momentum: 0.01}\n", "batch norm, eps 0.001, momentum 0.01, ReLU"),
        ("norm: {type: group, groups: 8}\nactivation: silu\n", "group norm, 8 groups, SiLU"),
        ("norm: {type: layer, eps: 1e-5}\n", "layer norm, eps 1e-5, ReLU"),
        ("norm: none\n", "no norm, ReLU"),
        ("init: {zero_residual: true}\n", "batch norm, ReLU, zero-initialised residuals"),
        ("drop_path: 0.1\n", "batch norm, ReLU, drop path 0 to 0.1"),
        ("attention: se\n", "batch norm, ReLU"),
        ("attention: gc\nactivation: prelu\n", "batch norm, PReLU"),
        ("norm: {type: group, group_width: 64}\n", "group norm, 64 channels per group, ReLU"),
        (
            "norm: {type: group, group_width: 64, eps: 1e-6}\n",
            "group norm, 64 channels per group, eps 1e-6, ReLU",
        ),
        ("conv: standardized\n", "batch norm, standardised convolutions, ReLU"),
        (
            "conv: {type: standardized, eps: 1e-8, bias: true}\n",
            "batch norm, standardised convolutions, eps 1e-8, biased convolutions, ReLU",
        ),
        ("conv: {type: plain, bias: true}\n", "batch norm, biased convolutions, ReLU"),
        ("conv: standardized\nnorm: none\n", "no norm, standardised convolutions, ReLU"),
        ("shortcut: {norm: false}\n", "batch norm, ReLU, projections without norm"),
        (
            "shortcut: {pool: avg}\nstages: {depths: [4], strides: 1}\n",
            "batch norm, ReLU, projections named downsample.1",
        ),
    ],
)
def test_what_all_layers_share_is_one_line(rest: str, expected: str) -> None:
    """The norm with the settings that are not the defaults, the activation, and what has no box of its own."""
    stages = "" if "stages" in rest else "stages: {depths: [4]}\n"
    graph = graph_of(f"name: net\nblock: {{type: bottleneck}}\n{stages}{rest}")
    assert draw(graph).networks[0].header.shared == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", ""),
        ("shortcut: {source: activation}\n", ", identities of the first activation"),
        ("head: {norm: false}\n", ", no final norm, no final activation"),
        ("head: {norm: false, activation: true}\n", ", no final norm"),
        ("head: {conv: 32, norm: false, activation: false}\n", ", no final norm, no final activation"),
    ],
)
def test_preactivation_is_shared_by_all_layers(rest: str, expected: str) -> None:
    """Norm and activation come before the convolutions, after the last block too unless the line says otherwise."""
    graph = graph_of(f"name: net\nblock: {{type: basic, preactivation: true}}\nstages: {{depths: [1]}}\n{rest}")
    assert draw(graph).networks[0].header.shared == f"batch norm, ReLU, pre-activation{expected}"


@given(st.floats(0, 0.999, exclude_min=True), st.integers(2, 30))
def test_drop_path_is_told_exactly(last: float, blocks: int) -> None:
    """The number in the line is the one that the spec states, or gives the same probabilities to the last digit."""
    graph = graph_of(f"name: net\nblock: {{type: basic}}\nstages: {{depths: [{blocks}]}}\ndrop_path: {last!r}\n")
    found = [node.op.probability for node in graph.nodes if isinstance(node.op, DropPath)]
    told = draw(graph).networks[0].header.shared.rpartition("drop path ")[2]
    if told.startswith("0 to "):
        stated = float(told.removeprefix("0 to "))
        assert [p for p in (stated * index / (blocks - 1) for index in range(blocks)) if p] == found
    else:
        assert [p for p in map(float, told.split(", ")) if p] == found


def test_groups_are_labelled() -> None:
    """As in `3×3 conv, 128, 32 groups`."""
    text = "name: resnext\nblock: {type: bottleneck, groups: 32, width_per_group: 4}\nstages: {depths: [1]}\n"
    assert "3×3 conv, 128, 32 groups" in texts(graph_of(text))


@pytest.mark.parametrize(
    ("depths", "expected"),
    [
        ("[3, 4, 6, 3]", ["layer1.1–2", "layer2.1–3", "layer3.1–5", "layer4.1–2"]),
        ("[3, 8, 36, 3]", ["layer1.1–2", "layer2.1–7", "layer3.1–35", "layer4.1–2"]),
    ],
)
def test_equal_blocks_are_one_box(depths: str, expected: list[str]) -> None:
    """ResNet-50 and ResNet-152: the first block of each stage, which projects, and one box for all others."""
    firsts = [f"layer{stage}.0" for stage in (1, 2, 3, 4)]
    merged = [note for pair in zip(firsts, expected, strict=True) for note in pair]
    assert merged == notes(draw(resnet(depths)).figure)


def test_blocks_that_differ_in_any_operation_are_not_one_box() -> None:
    """A larger kernel in one of three blocks separates it from the others."""
    graph = resnet("[3]", "basic")
    middle = graph.blocks[1]
    nodes = tuple(
        replace(node, op=replace(node.op, kernel=5, padding=2)) if isinstance(node.op, Conv2d) else node
        for node in middle.nodes
    )
    blocks = (graph.blocks[0], replace(middle, nodes=nodes), graph.blocks[2])
    assert notes(draw(replace(graph, blocks=blocks)).figure) == ["layer1.0", "layer1.1", "layer1.2"]


def test_drop_path_does_not_separate_blocks() -> None:
    """Its probability rises from block to block, and the first has none."""
    graph = resnet("[3, 3]", "basic", "drop_path: 0.2\n")
    assert notes(draw(graph).figure) == ["layer1.0–2", "layer2.0", "layer2.1–2"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("se", "squeeze and excitation, 8"),
        ("{type: se, ratio: 0.25}", "squeeze and excitation, 16"),
        ("{type: se, activation: silu}", "squeeze and excitation, 8, SiLU"),
        ("{type: se, position: activated}", "squeeze and excitation, 8, after ReLU"),
        ("eca", "efficient channel attention, 3"),
        ("{type: eca, kernel: 7}", "efficient channel attention, 7"),
        ("ese", "effective squeeze and excitation"),
        ("cbam", "convolutional block attention, 4"),
        ("gc", "global context, 8"),
        ("gca", "global context, added, 8"),
    ],
)
def test_attention_is_one_line_of_a_block(kind: str, name: str) -> None:
    """It has the name given in its paper, and the channels it squeezes to; its layers appear at the layer level."""
    graph = resnet("[1]", "basic", f"attention: {kind}\n")
    found = texts(graph)
    start = found.index("3×3 conv, 64")
    assert ["3×3 conv, 64", "3×3 conv, 64", name, "layer1.0", "64×56×56", "+"] == found[start : start + 6]
    assert ("×" in texts(graph, "layer")) == (kind != "gca")
    inner = resnet("[1]", "basic", f"attention: {{type: {kind}, position: inner}}\n") if kind.isalpha() else None
    assert inner is None or texts(inner)[start : start + 3] == ["3×3 conv, 64", name, "3×3 conv, 64"]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("pool: before", ["3×3 average pool, /2", "3×3 conv, 128"]),
        ("pool: after", ["3×3 conv, 128", "3×3 average pool, /2"]),
        ("dropout: 0.1", ["3×3 conv, 128, /2", "dropout, 0.1"]),
        ("conv3x3: res2", ["3×3 conv, 128, /2", "3×3 average pool, /2", "Res2Net, 4 splits"]),
        ("conv3x3: {type: res2, scale: 1}", ["3×3 conv, 128, /2", "Res2Net"]),
        ("conv3x3: split", ["3×3 conv, 256, 2 groups, /2", "split attention, 2 parts, 64"]),
        ("conv3x3: {type: split, radix: 1}", ["3×3 conv, 128, /2", "split attention, 32"]),
        (
            "conv3x3: selective",
            ["3×3 conv, 128, /2", "3×3 conv, 128, dilation 2, /2", "selective kernel, 2 parts, 32"],
        ),
        (
            "conv3x3: {type: selective, split: true}",
            ["3×3 conv, 128, /2", "3×3 conv, 128, dilation 2, /2", "selective kernel, 2 splits, 2 parts, 32"],
        ),
    ],
)
def test_what_stands_for_a_3x3_convolution_is_told_by_its_parts_and_its_name(rest: str, expected: list[str]) -> None:
    """Between the 1×1 convolutions; equal layers of one module are one line."""
    graph = graph_of(f"name: net\nblock: {{type: bottleneck, {rest}}}\nstages: {{depths: [1, 1]}}\n")
    found = texts(graph)
    start = found.index("layer2.0")
    first = "1×1 conv, 512" if rest == "conv3x3: res2" else "1×1 conv, 128"
    assert [first, *expected, "1×1 conv, 512"] == found[start - len(expected) - 2 : start]


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
    """After the block's addition; an identity has no label."""
    found = texts(resnet("[1, 1]", "basic", rest))
    start = found.index("layer2.0")
    assert ["layer2.0", "128×28×28", "+", *expected, "global average pool"] == found[start:-3]


def test_equal_stages_are_not_one_box() -> None:
    """Colours distinguish stages, so a box belongs to one of them."""
    graph = graph_of("name: net\nblock: {type: basic}\nstages: {depths: [2, 2], widths: 64, strides: 1}\n")
    drawing = draw(graph)
    assert notes(drawing.figure) == ["layer1.0–1", "layer2.0–1"]
    assert all(drawing.dot.count(f'fillcolor="{stage_color(stage)}"') == 1 for stage in (1, 2))


def test_every_block_is_a_box_at_the_block_level() -> None:
    """ResNet-50 has 16."""
    graph = resnet("[3, 4, 6, 3]")
    assert [block.name for block in graph.blocks] == notes(draw(graph, detail="block").figure)


def test_every_operation_is_at_the_layer_level() -> None:
    """Each tooltip names one operation, with its costs."""
    graph = resnet("[3, 4, 6, 3]")
    dot = draw(graph, detail="layer").dot
    tooltips = re.findall(r'tooltip="(\S+): ([\d,]+) parameters, ([\d,]+) multiply-accumulates"', dot)
    expected = [(node.name, f"{node.parameters:,}", f"{node.macs:,}") for node in graph.nodes[1:]]
    assert sorted(expected) == sorted(tooltips)


def test_every_block_is_framed_at_the_layer_level() -> None:
    """With its name on the frame."""
    graph = resnet("[3, 4, 6, 3]")
    figure = draw(graph, detail="layer").figure
    assert [block.name for block in graph.blocks] == notes(figure)
    assert len(graph.blocks) == len(boxes(figure, "frame"))


def test_a_run_of_blocks_is_framed_with_its_shortcut() -> None:
    """ResNet-152 has four runs, and each of its frames holds a box, an addition and a line around the box."""
    drawing = draw(resnet("[3, 8, 36, 3]"))
    runs = [part for part in drawing.networks[0].parts if part.times > 1]
    assert [part.times for part in runs] == [2, 7, 35, 2]
    assert all([item.is_circle for item in part.items] == [False, True] for part in runs)
    frames = boxes(drawing.figure, "frame")
    assert len(frames) == 4
    for frame in frames:
        inside = [way for way in lines(drawing.figure, is_way=True) if way.end.startswith(frame.name.removesuffix("f"))]
        (way,) = inside
        assert all(abs(x - frame.center[0]) < frame.width / 2 for x, _ in way.points)
        assert all(abs(y - frame.center[1]) < frame.height / 2 for _, y in way.points)


@levels
def test_a_plain_network_has_no_shortcuts(detail: Detail) -> None:
    """And no additions."""
    drawing = draw(resnet("[2, 2]", "basic", "shortcut: {type: none}\n"), detail=detail)
    assert lines(drawing.figure, is_way=True) == []
    assert boxes(drawing.figure, "circle") == []


def dashes(graph: Graph, detail: Detail) -> list[bool]:
    """Whether the line that ends at each block's addition is dashed."""
    drawing = draw(graph, detail=detail)
    additions = [box.name for box in boxes(drawing.figure, "circle") if box.lines == ("+",)]
    last = {name.rpartition("i")[0]: name for name in additions}  # others are inside of modules
    return [line.is_dashed for line in lines(drawing.figure, is_way=True) if line.end in last.values()]


@settings(max_examples=50)
@given(small_documents())
def test_a_shortcut_is_dashed_unless_it_is_an_identity(document: dict[str, Any]) -> None:
    """Projection and padding are dashed, identities solid, at every level."""
    graph = lower(load(document))
    blocks = [block.shortcut.kind != "identity" for block in graph.blocks if block.shortcut.kind != "none"]
    assert blocks == dashes(graph, "block")
    assert not blocks or blocks == dashes(graph, "layer")


@levels
def test_equal_graphs_have_equal_drawings(detail: Detail) -> None:
    """The DOT text and the Mermaid text are deterministic."""
    one, other = (draw(graph_of(CIFAR), detail=detail) for _ in range(2))
    assert (one.dot, one.mermaid()) == (other.dot, other.mermaid())


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
    assert "3×3 conv, 64" in texts(graph, detail)


@levels
def test_blocks_of_one_name_are_all_drawn(detail: Detail) -> None:
    """In graphs constructed by hand."""
    graph = resnet("[1, 2]", "basic")
    same = replace(graph, blocks=tuple(replace(block, name="block") for block in graph.blocks))
    assert len(boxes(draw(same, detail=detail).figure)) == len(boxes(draw(graph, detail=detail).figure))


@levels
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_as_they_are(name: str, detail: Detail) -> None:
    """Graphs constructed by hand may have any name, as may their blocks."""
    graph = resnet("[1]", "basic")
    graph = replace(graph, name=name, blocks=tuple(replace(block, name=name) for block in graph.blocks))
    found = texts(graph, detail)
    assert [printable(name).replace("\uffff", r"\uffff")] == found[:1]
    assert "3×3 conv, 64" in found


def test_a_drawing_of_ten_thousand_blocks_is_small_at_the_stage_level() -> None:
    """Its size depends on the number of different blocks, not on the number of blocks."""
    spec = CIFAR.replace("[3, 3, 3]", "[3000, 3000, 4000]").replace("resnet20", "deep")
    small, large = (draw(graph_of(text)).dot for text in (CIFAR, spec))
    assert "×2999" in large
    assert len(small.splitlines()) == len(large.splitlines())
