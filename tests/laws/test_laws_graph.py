"""Laws of the graph: they hold for every network that the language can describe."""

import copy
from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import Any, Literal

from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_dsl import Graph
from resnet_dsl.analysis.parts import parts
from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.graph.builder import Builder, Impossible
from resnet_dsl.graph.ops import Add, AddContext, AttentionPool2d, Multiply
from resnet_dsl.graph.verify import longest_path, to_networkx, verify
from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import examine
from resnet_dsl.language.spec import SingleBlock, default
from resnet_dsl.language.text.writer import write
from resnet_dsl.lowering.kinds import KINDS
from resnet_dsl.lowering.network import build_graph
from resnet_dsl.lowering.outline import Figures, figures, outline

from ..helpers import graph_of, load, lower, written_out
from ..strategies import Document, documents, ineffective_keys, small_documents, unrestricted_documents, without
from .shared import compiled, same_documents, spec_of
from .shared import graph_of as shared_graph


@given(documents() | small_documents())
def test_every_valid_document_loads_lowers_and_verifies(document: Document) -> None:
    """Values flow from one input to one output, through every node."""
    verify(shared_graph(document))


@same_documents
@given(documents())
def test_lowering_is_deterministic(document: Document) -> None:
    """Equal specs give equal networks, node by node."""
    spec, graph = compiled(document)
    assert lower(spec) == graph == lower(load(written_out(spec)))


@same_documents
@given(documents())
def test_the_input_and_the_output_are_those_of_the_spec(document: Document) -> None:
    """The input is an image of the given size; the output are the classes, or the pooled features."""
    spec, graph = compiled(document)
    last = spec.stages[-1]
    channels = spec.head.conv or last.width * last.block.expansion
    features = channels * (2 if spec.head.pool.type == "catavgmax" else 1)
    assert graph.input_shape == (spec.input.channels, spec.input.height, spec.input.width)
    assert graph.output_shape == (spec.head.classes or features,)


@same_documents
@given(documents())
def test_every_stage_has_its_blocks(document: Document) -> None:
    """As many as the spec gives, with torchvision's names, the stage's kind of block and output channels."""
    spec, graph = compiled(document)
    kinds = {"basic": "BasicBlock", "bottleneck": "Bottleneck"}
    expected = [
        (f"layer{number}.{index}", kinds[stage.block.type], number, stage.width * stage.block.expansion)
        for number, stage in enumerate(spec.stages, 1)
        for index in range(stage.depth)
    ]
    blocks = graph.blocks
    assert [(block.name, block.kind, block.stage, block.shape[0]) for block in blocks] == expected


@same_documents
@given(documents())
def test_totals_are_the_sums_over_the_nodes(document: Document) -> None:
    """Parameters and multiply-accumulates are those of the layers, each counted once."""
    graph = shared_graph(document)
    shapes = {node.name: node.shape for node in graph.nodes}
    costs = [node.op.macs([shapes[name] for name in node.inputs]) for node in graph.nodes]
    assert graph.macs == sum(costs)
    assert graph.parameters == sum(node.op.parameters for node in graph.nodes)
    assert [block.macs for block in graph.blocks] == [sum(node.macs for node in block.nodes) for block in graph.blocks]


@same_documents
@given(documents())
def test_every_shape_follows_from_the_shapes_before(document: Document) -> None:
    """A node's shape is what its operation infers from its inputs, which precede it."""
    graph = shared_graph(document)
    shapes: dict[str, Any] = {}
    for node in graph.nodes:
        shapes[node.name] = node.op.infer([shapes[name] for name in node.inputs])
        assert node.shape == shapes[node.name]
        assert min(node.shape) >= 1


@same_documents
@given(documents())
def test_there_is_a_projection_exactly_where_shapes_differ(document: Document) -> None:
    """Unless there is one in all or all first blocks; else there is an identity, and in plain networks nothing."""
    spec, graph = compiled(document)
    for block in graph.blocks:
        differs = block.input_shape != block.shape
        is_first = spec.shortcut.when == "first" and block.name.endswith(".0")
        if spec.shortcut.type == "none":
            expected = "none"
        elif differs or spec.shortcut.when == "always" or is_first:
            expected = spec.shortcut.type
        else:
            expected = "identity"
        names = {node.name for node in block.nodes}
        assert block.shortcut.kind == expected
        assert any(name.startswith(f"{block.name}.downsample") for name in names) == (
            expected in ("projection", "padding")
        )
        assert (f"{block.name}.add" in names) == (expected != "none")


@same_documents
@given(documents())
def test_both_sides_of_an_addition_have_the_same_shape(document: Document) -> None:
    """The branch and the output of the shortcut."""
    graph = shared_graph(document)
    for node in graph.nodes:
        if isinstance(node.op, Add):
            assert {graph[name].shape for name in node.inputs} == {node.shape}
        if isinstance(node.op, Multiply | AddContext):
            features, factors = [graph[name].shape for name in node.inputs]
            assert features == node.shape
            assert factors in [(node.shape[0], 1, 1), (1, *node.shape[1:])]


def doubled(document: Document) -> Document:
    """The document of the same network with twice the input height and width."""
    spec = load(document)
    result = copy.deepcopy(document)
    result.setdefault("input", {})["size"] = [2 * spec.input.height, 2 * spec.input.width]
    return result


@given(documents(roomy=True))
def test_doubling_the_input_leaves_the_parameters_alone(document: Document) -> None:
    """The input's size is no property of the weights, but for attention pooling, which has some for each pixel.

    With one exception, which `roomy` keeps away from: a block that strides over a single pixel and keeps its
    channels has equal shapes, and so no projection; over more pixels it has one.
    """
    graphs = shared_graph(document), lower(load(doubled(document)))
    before, after = (
        [(node.name, node.op.parameters) for node in graph.nodes if not isinstance(node.op, AttentionPool2d)]
        for graph in graphs
    )
    assert before == after


def test_striding_over_one_pixel_does_not_change_the_shape() -> None:
    """The exception: shapes decide, and here they are equal."""

    def kinds(size: int) -> list[str]:
        text = f"""
        {{name: a, input: {{size: {size}}}, stem: {{channels: 8, stride: 1, pool: none}}, block: {{type: basic}},
        stages: {{depths: [1, 1], widths: 8}}}}
        """
        return [block.shortcut.kind for block in graph_of(text).blocks]

    assert [kinds(1), kinds(2)] == [["identity", "identity"], ["identity", "projection"]]


def without_uncounted(document: Document) -> Document:
    """The document without layers that the literature does not count: of attention, in a 3x3, and of the head."""
    kept = {key: value for key, value in document.items() if key not in ("attention", "expect")}
    kept["block"] = {key: value for key, value in document["block"].items() if key != "conv3x3"}
    kept["head"] = {"classes": document.get("head", {}).get("classes", 1000)}
    kept["blocks"] = {
        name: {key: value for key, value in entry.items() if key != "attention"}
        for name, entry in document.get("blocks", {}).items()
    }
    return kept


@same_documents
@given(documents())
def test_depth_is_the_longest_path_of_convolutions_and_classifier(document: Document) -> None:
    """Except for layers that the literature does not count, pooling by convolution among them."""
    spec, whole = compiled(document)
    graph = lower_despite_ineffective_keys(without_uncounted(document))
    uncounted = 1 if spec.stem.pool.type == "conv" else 0
    assert graph.depth == whole.depth == longest_path(graph) - uncounted


def lower_despite_ineffective_keys(document: Document) -> Graph:
    """The network of a document that may have keys without effect."""
    spec = examine(read_text("test", write(document).encode()), (), KINDS).spec
    assert spec is not None
    return build_graph(Builder(), spec)


@same_documents
@given(documents())
def test_only_the_first_block_of_a_stage_changes_the_size(document: Document) -> None:
    """All others keep height and width."""
    for block in shared_graph(document).blocks:
        if not block.name.endswith(".0"):
            assert block.shape[1:] == block.input_shape[1:]
            assert block.shortcut.stride == 1


@same_documents
@given(documents())
def test_the_norm_that_starts_at_zero_is_the_last_of_each_branch(document: Document) -> None:
    """One per block with `zero_residual`, and none without."""
    spec, graph = compiled(document)
    zeros = [node.name for node in graph.nodes if getattr(node.op, "initial_weight", 1.0) == 0.0]
    last = {"BasicBlock": "bn2", "Bottleneck": "bn3"}
    expected = [f"{block.name}.{last[block.kind]}" for block in graph.blocks]
    assert zeros == (expected if spec.init.zero_residual else [])


@same_documents
@given(documents())
def test_every_node_points_to_the_text_that_specifies_it(document: Document) -> None:
    """So messages about a layer can point into the spec."""
    graph = shared_graph(document)
    assert all(node.span is not None and node.span.source.name == "<mapping>" for node in graph.nodes)


@same_documents
@given(documents())
def test_modules_are_the_layers_and_their_containers(document: Document) -> None:
    """Each layer once, in execution order; each container except the root and lists once, after its last layer."""
    graph = shared_graph(document)
    modules = [module.name for module in graph.modules]
    layers = [node.name for node in graph.layers]
    containers = {name for name, kind in graph.containers.items() if name and kind != "ModuleList"}
    assert [name for name in modules if name not in graph.containers] == layers
    assert sorted(name for name in modules if name in graph.containers) == sorted(containers)
    for container in containers:
        inside = [index for index, name in enumerate(modules) if name.startswith(f"{container}.")]
        assert modules.index(container) > max(inside)


@same_documents
@given(documents())
def test_networkx_sees_the_same_network(document: Document) -> None:
    """Its nodes in order, and an edge for every input."""
    graph = shared_graph(document)
    view = to_networkx(graph)
    assert list(view) == [node.name for node in graph.nodes]
    assert set(view.edges) == {(name, node.name) for node in graph.nodes for name in node.inputs}


@given(documents(), st.sampled_from(["avg", "max", "avgmax"]))
def test_the_kind_of_pooling_changes_neither_shapes_nor_costs(document: Document, pool: str) -> None:
    """All kinds except concatenation are interchangeable."""
    document.pop("expect", None)
    before, after = (
        lower(load(document | {"head": document.get("head", {}) | {"pool": kind}})) for kind in ("avg", pool)
    )
    assert (before.parameters, before.macs, before.output_shape) == (after.parameters, after.macs, after.output_shape)


@same_documents
@given(documents())
def test_features_are_the_maps_of_stem_and_stages(document: Document) -> None:
    """Each has the channels and reduction that it states: the stem's is what its last stride reads."""
    spec, graph = compiled(document)
    stem, *stages = graph.features
    assert [feature.name for feature in graph.features] == ["stem", *(f"layer{n + 1}" for n in range(len(spec.stages)))]
    strides, pool = spec.stem.all_strides, spec.stem.pool
    later = [index for index, stride in enumerate(strides) if stride > 1 and index > 0]
    before = later[-1] if pool.type == "none" and later else len(strides)
    assert stem.reduction == prod(strides[:before])
    sides = (spec.input.height, spec.input.width)
    assert graph[stem.node].shape == (spec.stem.channels[before - 1], *(-(-side // stem.reduction) for side in sides))
    drops_edge = pool.type in ("max", "avg") and (pool.kernel == 2 or pool.padding == "ceil")
    pooled = [-(-side // prod(strides)) for side in sides]
    if pool.type != "none":
        pooled = [side // 2 if drops_edge else -(-side // 2) for side in pooled]
    for feature in stages:
        size = [-(-side * spec.stem.reduction // feature.reduction) for side in pooled]
        assert graph[feature.node].shape == (feature.channels, *size)


@given(unrestricted_documents())
def test_without_an_ineffective_key_the_network_is_the_same(document: Document) -> None:
    """Keys refused as ineffective really are, and without them the document is valid."""
    valid = document
    for path in ineffective_keys(document):
        valid = without(valid, path)
    assert lower(load(valid)).nodes == lower_despite_ineffective_keys(document).nodes


CHOICES = [["shortcut", key] for key in ("when", "kernel", "pool")] + [["block", "stride_in"], ["antialias"]]
CHOICES += [["drop_path"], ["stages", "dilations"], ["init", "zero_residual"], ["block", "preactivation"]]
CHOICES += [["activation"], ["head", "pool"], ["head", "dropout"], ["stem", "pool"], ["conv"]]
CHOICES += [["shortcut", key] for key in ("source", "zeros", "norm")] + [["head", "norm"], ["head", "activation"]]
CHOICES += [["block", "pool"], ["block", "dropout"], ["block", "group_width"], ["head", "conv"], ["stem", "strides"]]


@given(documents(), st.sampled_from(CHOICES))
def test_every_key_of_a_valid_document_has_an_effect(document: Document, path: list[str]) -> None:
    """Without it the network is different or invalid, unless its value is the default."""
    document.pop("expect", None)
    *tables, key = path
    assume(key in (document.get(tables[0], {}) if tables else document))
    spec, graph = compiled(document)
    try:
        changed = load(without(document, path))
        assert (lower(changed).nodes == graph.nodes) == (changed == spec)
    except SpecError:
        written = document[tables[0]][key] if tables else document[key]
        assert written != default(path)


@given(documents(), st.integers(1, 6))
def test_figures_of_a_network_follow_from_few_blocks(document: Document, depth: int) -> None:
    """Parameters, costs and depth of the full network equal those calculated from its outline."""
    spec = spec_of(document)
    *others, last = spec.stages
    number = len(spec.stages)
    blocks = tuple(each for each in spec.blocks if each.name in (f"layer{number}.0", f"layer{number}.*"))
    spec = replace(spec, stages=(*others, replace(last, depth=depth)), blocks=blocks)
    small, whole = outline(spec), build_graph(Builder(), spec)
    assert len(small.counts) <= sum(min(stage.depth, 2) for stage in spec.stages) + len(spec.blocks)
    assert sum(small.counts.values()) == sum(stage.depth for stage in spec.stages)
    found = figures(small, build_graph(Builder(), spec, small.positions))
    assert found == Figures(whole.parameters, whole.macs, whole.depth, whole.output_shape)


_ODD = st.sampled_from([1, 2, 3, 5, 7, 11])
"""Channels and groups that mostly do not fit."""


@given(documents(), _ODD, st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), _ODD, _ODD), max_size=3))
def test_faults_of_a_network_show_in_few_blocks(
    document: Document, groups: int, blocks: list[tuple[int, int, int, int]]
) -> None:
    """Norm groups, and channels and groups of single blocks, that fit nothing: told the same in the outline."""
    spec = spec_of(document)
    singles = {
        f"layer{stage}.{position}": SingleBlock(name=f"layer{stage}.{position}", inner=inner, groups=in_groups)
        for stage, position, inner, in_groups in blocks
        if stage <= len(spec.stages) and position < spec.stages[stage - 1].depth
    }
    norm = replace(spec.norm, groups=groups, group_width=0)
    spec = replace(spec, norm=norm, blocks=(*singles.values(), *(each for each in spec.blocks if "*" in each.name)))
    small, whole = Builder(), Builder()
    for builder, positions in ((small, outline(spec).positions), (whole, None)):
        with suppress(Impossible):
            build_graph(builder, spec, positions)
    assert small.faults == whole.faults


@same_documents
@given(documents())
def test_every_operation_is_in_one_part_of_the_network(document: Document) -> None:
    """Stem, blocks or stages, and head follow one another, and what goes into each is what the one before gives."""
    graph = shared_graph(document)
    levels: tuple[Literal["block", "stage"], ...] = ("block", "stage")
    for by in levels:
        found = tuple(parts(graph, by))
        names = [node.name for part in found for node in part.nodes]
        assert sorted(names) == sorted(node.name for node in graph.nodes[1:])
        assert [part.input_shape for part in found] == [graph.input_shape, *(part.shape for part in found[:-1])]
        assert sum(part.blocks for part in found) == len(graph.blocks)
        assert found[-1].shape == graph.output_shape
