"""Different networks never have the same picture, and nothing in a picture covers anything else."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resnet_dsl.backends.drawing.drawing import Detail, draw
from resnet_dsl.backends.drawing.figure import Line, Text
from resnet_dsl.backends.drawing.parts import Item, Network
from resnet_dsl.backends.drawing.sheet import Layout
from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.graph.graph import Graph
from tests.backends.pictures import LEVELS, around, boxes, collisions, lines, visible, visible_in_mermaid
from tests.helpers import load, lower, written_out
from tests.strategies.documents import documents, small_documents
from tests.strategies.pairs import pairs

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
levels = pytest.mark.parametrize("detail", LEVELS)

BASE = {
    "name": "net",
    "input": {"channels": 3, "size": 64},
    "stem": {"channels": 64, "pool": {"type": "max"}},
    "block": {"type": "bottleneck", "groups": 2},
    "conv": {"type": "plain"},
    "norm": {"type": "batch"},
    "stages": {"depths": [2, 2], "widths": [64, 128]},
}
CHANGES: list[dict[str, Any]] = [
    {"input.channels": 4},
    {"input.size": 96},
    {"input.size": [64, 96]},
    {"stem.channels": 32},
    {"stem.channels": [32, 64]},
    {"stem.kernel": 3},
    {"stem.stride": 1},
    {"stem.channels": [64, 64], "stem.strides": [2, 2]},
    {"stem.channels": [64, 64], "stem.strides": [1, 2]},
    {"stem.pool": "conv"},
    {"stem.pool": "none"},
    {"stem.pool": "avg"},
    {"stem.pool": {"type": "avg", "kernel": 3}},
    {"stem.pool.kernel": 2},
    {"stem.pool.padding": "zero"},
    {"stem.pool.padding": "ceil"},
    {"stem.pool.padding": "same"},
    {"block.type": "basic", "block.groups": None},
    {"block.type": ["basic", "bottleneck"]},
    {"block.expansion": 2},
    {"block.groups": 4},
    {"block.width_per_group": 32},
    {"block.group_width": 16, "block.groups": None},
    {"block.reduce_first": 2},
    {"block.conv3x3": "res2"},
    {"block.conv3x3": {"type": "res2", "scale": 1}},
    {"block.conv3x3": {"type": "res2", "scale": 2}},
    {"block.conv3x3": {"type": "res2", "scale": 3}},
    {"block.conv3x3": "res2", "shortcut.when": "always"},
    {"block.conv3x3": "res2", "antialias": "blur"},
    {"block.conv3x3": "split"},
    {"block.conv3x3": {"type": "split", "radix": 1}},
    {"block.conv3x3": {"type": "split", "radix": 4}},
    {"block.conv3x3": "split", "activation": "silu"},
    {"block.conv3x3": "split", "antialias": "blur"},
    {"block.conv3x3": "selective"},
    {"block.conv3x3": {"type": "selective", "ratio": 0.75}},
    {"block.conv3x3": {"type": "selective", "divisor": 4}},
    {"block.conv3x3": {"type": "selective", "split": True}},
    {"block.conv3x3": "selective", "norm.type": "group"},
    {"block.conv3x3": ["plain", "selective"]},
    {"block.type": "basic", "block.groups": None, "block.conv3x3": "selective"},
    {"block.stride_in": "1x1"},
    {"block.pool": "before"},
    {"block.pool": "after"},
    {"block.dropout": 0.1},
    {"block.dropout": 0.10000000000000002},
    {"block.preactivation": True},
    {"block.preactivation": True, "block.pool": "before"},
    {"block.preactivation": True, "block.pool": "after"},
    {"block.preactivation": True, "shortcut.source": "activation"},
    {"block.preactivation": True, "head.norm": False},
    {"block.preactivation": True, "head.norm": False, "head.activation": True},
    {"block.preactivation": True, "head.activation": False},
    {"shortcut.type": "padding"},
    {"shortcut.type": "none"},
    {"shortcut.type": "padding", "shortcut.zeros": "both"},
    {"shortcut.when": "always"},
    {"shortcut.when": "first", "stages.widths": [16, 32]},
    {"stages.widths": [16, 32]},
    {"shortcut.norm": False},
    {"shortcut.kernel": 3},
    {"shortcut.pool": "avg"},
    {"stages.strides": [1, 1], "shortcut.pool": "avg"},
    {"stages.strides": [1, 1]},
    {"norm.type": "group"},
    {"norm.type": "instance"},
    {"norm.type": "layer"},
    {"norm.type": "none"},
    {"norm.eps": 0.001},
    {"norm.eps": 0.0010000001},
    {"norm.momentum": 0.01},
    {"norm.momentum": 0.010000001},
    {"norm.type": "group", "norm.groups": 16},
    {"norm.type": "group", "norm.eps": 1e-6},
    {"norm.type": "instance", "norm.eps": 1e-6},
    {"norm.type": "layer", "norm.eps": 1e-5},
    {"norm.type": "group", "norm.group_width": 16},
    {"norm.type": "group", "norm.group_width": 8},
    {"norm.type": "group", "norm.group_width": 16, "norm.eps": 1e-6},
    {"conv.type": "standardized"},
    {"conv.type": "standardized", "conv.eps": 1e-8},
    {"conv.type": "standardized", "conv.bias": True},
    {"conv.type": "standardized", "norm.type": "none"},
    {"conv.bias": True},
    {"conv.bias": True, "shortcut.norm": False},
    *({"activation": name} for name in ("silu", "relu6", "prelu", "celu", "sigmoid", "hardtanh", "softplus")),
    {"antialias": "blur"},
    {"antialias": "avg"},
    {"attention": "se"},
    {"attention": {"type": "se", "ratio": 0.25}},
    {"attention": ["se", "none"]},
    {"attention": ["none", "se"]},
    {"attention": {"type": "se", "divisor": 3}},
    {"attention": {"type": "se", "of": "input"}},
    {"attention": {"type": "se", "of": "input", "divisor": 1}},
    {"attention": {"type": "se", "activation": "silu"}},
    {"attention": {"type": "se", "position": "activated"}},
    {"attention": {"type": "se", "position": "inner"}},
    {"attention": {"type": "se", "position": "inner"}, "block.preactivation": True},
    {"attention": {"type": "se", "position": "activated"}, "block.preactivation": True},
    {"attention": "se", "block.preactivation": True},
    {"attention": "se", "block.conv3x3": "split"},
    {"attention": {"type": "se", "position": "inner"}, "block.conv3x3": "split"},
    {"attention": "eca"},
    {"attention": {"type": "eca", "kernel": 9}},
    {"attention": {"type": "eca", "position": "inner"}},
    {"attention": "ese"},
    {"attention": "cbam"},
    {"attention": {"type": "cbam", "ratio": 0.25}},
    {"attention": "gc"},
    {"attention": {"type": "gc", "divisor": 3}},
    {"attention": {"type": "gc", "activation": "prelu"}},
    {"attention": "gca"},
    {"attention": "gca", "norm.type": "layer"},
    {"blocks": {"layer1.1": {"first": 24}}},
    {"blocks": {"layer1.0": {"first": 24}}},
    {"blocks": {"layer1.1": {"inner": 24}}},
    {"blocks": {"layer1.1": {"groups": 8}}},
    {"blocks": {"layer1.1": {"groups": 8, "inner": 128}}},
    {"blocks": {"layer1.1": {"dilation": 2}}},
    {"blocks": {"layer1.1": {"attention": "se"}}},
    {"blocks": {"layer1.*": {"dropout": 0.1}}},
    {"stages.depths": [2, 3]},
    {"stages.depths": [3, 2]},
    {"stages.widths": [64, 100]},
    {"stages.strides": [2, 1]},
    {"stages.dilations": [1, 2]},
    {"stages.output_stride": 4},
    {"drop_path": 0.1},
    {"drop_path": 0.2},
    {"drop_path": 0.10000000000000002},
    {"head.pool": "max"},
    {"head.pool": "avgmax"},
    {"head.pool": "catavgmax"},
    {"head.conv": 32},
    {"head.conv": 32, "head.pool": "max"},
    {"head.pool": "attention"},
    {"head.pool": {"type": "attention", "heads": 4}},
    {"head.dropout": 0.2},
    {"head.dropout": 0.20000001},
    {"head.classes": 10},
    {"head.classes": 0},
    {"init.zero_residual": True},
]
"""Overrides of the base, no two of which give the same network."""


def seen(graph: Graph, detail: Detail, layout: Layout) -> tuple[str, ...]:
    """What a reader sees of a network's drawing."""
    return tuple(visible(draw(graph, detail=detail, layout=layout).dot))


def seen_in_mermaid(graph: Graph, detail: Detail) -> tuple[str, ...]:
    return tuple(visible_in_mermaid(draw(graph, detail=detail).mermaid()))


@levels
def test_a_network_with_one_key_changed_has_another_picture(detail: Detail) -> None:
    """Every key, and every pair of changes, in every layout and in Mermaid."""
    graphs = [lower(load(BASE)), *(lower(load(BASE, overrides=change)) for change in CHANGES)]
    assert all(one != other for one, other in combinations(graphs, 2))
    for layout in LAYOUTS:
        assert len({seen(graph, detail, layout) for graph in graphs}) == len(graphs)
    assert len({seen_in_mermaid(graph, detail) for graph in graphs}) == len(graphs)


def test_every_key_that_changes_a_network_is_among_the_changes() -> None:
    """All but its name, its prose, and what it is expected to be."""
    keys = {path for path in _keys(written_out(load(BASE))) if path[0] not in ("name", "version", "expect")}
    changed = {tuple(key.split(".")) for change in CHANGES for key in change}
    assert all(any(key[: len(path)] == path or path == key for path in changed) for key in keys), keys - changed


def _keys(table: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield from ((key, *rest) for rest in _keys(value)) if isinstance(value, dict) else [(key,)]


@levels
@settings(max_examples=60)
@given(pairs(st.one_of(documents(), small_documents())), st.sampled_from(LAYOUTS))
def test_different_networks_have_different_pictures(detail: Detail, pair: tuple[Any, Any], layout: Layout) -> None:
    """Whether they are unrelated or differ in one key, a reader can tell them apart by their texts."""
    try:
        one, other = (lower(load(document)) for document in pair)
    except SpecError:
        assume(False)
    assume(one != other)
    assert seen(one, detail, layout) != seen(other, detail, layout)
    assert seen_in_mermaid(one, detail) != seen_in_mermaid(other, detail)


@levels
@settings(max_examples=40)
@given(st.lists(small_documents(), min_size=1, max_size=2), st.sampled_from(LAYOUTS))
def test_nothing_covers_anything_else(detail: Detail, some: list[Any], layout: Layout) -> None:
    """Boxes, texts and lines touch where they are meant to, and all are on the sheet."""
    graphs = [lower(load(document)) for document in some]
    drawing = draw(*graphs, detail=detail, layout=layout, legend=True)
    assert list(collisions(drawing)) == []
    for shape in drawing.figure.shapes:
        if not isinstance(shape, Line):
            left, top, right, bottom = around(shape)
            assert 0 <= left < right <= drawing.figure.width
            assert 0 <= top < bottom <= drawing.figure.height


@levels
@settings(max_examples=40)
@given(small_documents())
def test_a_network_is_a_column_with_its_shortcuts_on_the_right(detail: Detail, document: Any) -> None:
    """All boxes in the column have one width, and every line around some of them turns right."""
    figure = draw(lower(load(document)), detail=detail).figure
    (axis,) = {x for line in lines(figure, is_way=False) for x, _ in line.points}
    inside = [box for box in boxes(figure) if box.center[0] == pytest.approx(axis)]
    assert len({box.width for box in inside if box.kind == "box"}) == 1
    for line in lines(figure, is_way=True):
        assert all(x >= axis for x, _ in line.points)
    assert all(box.center[0] >= axis for box in boxes(figure))


@levels
@settings(max_examples=40)
@given(small_documents())
def test_what_stands_in_the_margin_is_aligned(detail: Detail, document: Any) -> None:
    """Names of blocks and shapes start at the same distance from the edge."""
    figure = draw(lower(load(document)), detail=detail).figure
    edge = min(around(box)[0] for box in boxes(figure, "box", "frame"))
    starts = {shape.place[0] for shape in figure.shapes if isinstance(shape, Text) and shape.place[0] < edge}
    assert len(starts) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=20)
@given(document=small_documents())
def test_lines_lead_from_box_to_box(layout: Layout, document: Any) -> None:
    """Each starts and ends at boxes that are there, and those down the axis touch both of theirs."""
    figure = draw(lower(load(document)), detail="layer", layout=layout).figure
    places = {box.name: around(box) for box in boxes(figure)}
    for line in lines(figure):
        assert {line.start, line.end} <= set(places)
        tips = (
            [(line.points[-1], line.end)]
            if line.is_way
            else [(line.points[-1], line.end), (line.points[0], line.start)]
        )
        for (x, y), name in tips:
            left, top, right, bottom = places[name]
            assert left - 0.01 <= x <= right + 0.01
            assert top - 0.01 <= y <= bottom + 0.01


def inputs_told(network: Network) -> Iterator[tuple[str, str]]:
    """The operations that a drawing of all layers joins, each with what takes its output."""
    above = "input"
    for part in network.parts:
        names = [_operation(item) for item in part.items] if part.is_boxed else ["input"]
        for before, name, item in zip([above, *names], names, part.items, strict=False):
            if item.is_fed and name != "input":
                yield before, name
        for way in part.ways:
            yield from pairwise([[*names, above][way.start], *map(_operation, way.items), names[way.end]])
        above = names[-1]


def _operation(item: Item) -> str:
    """The name of the operation that a box stands for."""
    return item.tooltip.partition(":")[0]


@settings(max_examples=60)
@given(small_documents())
def test_the_lines_between_all_layers_are_the_inputs_of_the_operations(document: Any) -> None:
    """Each input of each operation is a line, and no line is anything else."""
    graph = lower(load(document))
    told = list(inputs_told(draw(graph, detail="layer").networks[0]))
    assert sorted(told) == sorted((name, node.name) for node in graph.nodes for name in node.inputs)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_lines_from_different_layers_do_not_run_over_each_other(change: dict[str, Any]) -> None:
    """Along the axis; across it, lines that arrive at one place may meet."""
    figure = draw(lower(load(BASE, overrides=change)), detail="layer").figure
    runs = [
        (line.start, x, top, bottom)
        for line in lines(figure, is_way=True)
        for (x, top), (end, bottom) in pairwise(line.points)
        if x == end
    ]
    for (one, x, top, bottom), (other, lane, other_top, other_bottom) in combinations(runs, 2):
        assert one == other or x != lane or min(bottom, other_bottom) <= max(top, other_top)
