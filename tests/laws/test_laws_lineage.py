"""Laws of the keys of the lineage: each changes one thing, and what says the same gives the same network."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_dsl import Spec, SpecError
from resnet_dsl.graph.graph import Node
from resnet_dsl.language.spec import Stage

from ..helpers import load, lower, written_out
from ..strategies import Document, depths_of, documents
from ..strategies.attentions import attention
from ..strategies.regnet import widths_by_rule
from .shared import compiled, graph_of, same_documents


def nodes_of(document: Document) -> tuple[Node, ...]:
    return lower(load(document)).nodes


def nodes_or_refused(document: Document) -> tuple[Node, ...]:
    """The nodes of a document that may be invalid, in which case the example does not count."""
    try:
        return nodes_of(document)
    except SpecError:
        assume(False)
        raise


def changed(document: Document, section: str, **values: Any) -> Document:
    """The document with these values in a mapping; None removes a key."""
    table = {**document.get(section, {}), **values}
    return {**document, section: {key: value for key, value in table.items() if value is not None}}


def inner_width(stage: Stage) -> int:
    """Output channels of the bottleneck's 3x3."""
    return stage.width * stage.block.width_per_group // 64 * stage.block.groups


def groups_of(stage: Stage) -> int:
    """Groups of the bottleneck's 3x3."""
    inner, width = inner_width(stage), stage.block.group_width
    return inner // min(width, inner) if width else stage.block.groups


DEFAULTS: Document = {
    "stem": {"pool": {"padding": "ignore"}},
    "conv": {"type": "plain", "eps": 1e-6, "bias": False},
    "block": {"conv3x3": {"type": "plain"}, "pool": "none", "dropout": 0.0, "group_width": 0},
    "shortcut": {"when": "shape_change", "source": "input", "zeros": "end", "norm": True},
    "head": {"norm": True, "conv": 0, "pool": {"type": "avg"}},
    "blocks": {"layer1.*": {}},
}


@same_documents
@given(documents())
def test_a_default_that_is_stated_changes_nothing(document: Document) -> None:
    """Every default of the keys of the lineage, wherever the document leaves the key out."""
    stated = dict(document)
    for key, value in DEFAULTS.items():
        if key not in document:
            stated[key] = {} if key == "stem" else value
        elif key not in ("conv", "blocks"):
            stated[key] = {**{name: each for name, each in value.items() if name != "pool"}, **document[key]}
    if "regnet" in document["stages"]:
        stated["block"] = {**stated["block"], "group_width": document["block"].get("group_width", 0)}
    assert lower(load(stated)).nodes == graph_of(document).nodes


_SHARED = {"of": "own", "position": "end", "activation": "relu"}
SETTINGS: list[tuple[str, Document]] = [
    ("attention", {"type": "se", "ratio": 0.0625, "divisor": 8} | _SHARED),
    ("attention", {"type": "eca", "position": "end"}),
    ("attention", {"type": "ese", "position": "end"}),
    ("attention", {"type": "cbam", "ratio": 0.0625, "divisor": 1, "of": "own", "position": "end"}),
    ("attention", {"type": "gc", "ratio": 0.125, "divisor": 1} | _SHARED),
    ("attention", {"type": "gca", "ratio": 0.125, "divisor": 1} | _SHARED),
    ("block.conv3x3", {"type": "res2", "scale": 4}),
    ("block.conv3x3", {"type": "split", "radix": 2}),
    ("block.conv3x3", {"type": "selective", "ratio": 0.0625, "divisor": 32, "split": False}),
    ("conv", {"type": "standardized", "eps": 1e-6, "bias": False}),
    ("stem.pool", {"type": "max", "kernel": 3, "padding": "ignore"}),
    ("stem.pool", {"type": "avg", "kernel": 2}),
    ("head.pool", {"type": "attention", "heads": 32}),
]


@pytest.mark.parametrize(
    ("key", "settings"), SETTINGS, ids=lambda each: each if isinstance(each, str) else each["type"]
)
def test_a_type_alone_has_the_settings_that_are_its_defaults(key: str, settings: Document) -> None:
    """Each kind has its own."""
    short, long = (lower(load("resnet50", overrides={key: value})) for value in (settings["type"], settings))
    assert short.nodes == long.nodes


@given(documents(by_rule=True))
def test_regnets_rule_is_its_depths_and_widths_written_out(document: Document) -> None:
    """The network is the same, and `show` prints both."""
    assume("regnet" in document["stages"])
    spec, graph = compiled(document)
    expansion, group_width = spec.stages[0].block.expansion, spec.stages[0].block.group_width
    depths, widths = widths_by_rule(document["stages"]["regnet"], expansion=expansion, group_width=group_width)
    out = changed(document, "stages", regnet=None, depths=depths, widths=widths)
    assert (nodes_of(out), load(out)) == (graph.nodes, spec)
    shown: Any = written_out(spec)["stages"]
    assert (shown["depths"], shown["widths"]) == (depths, widths)


def own_channels(stage: Stage) -> Document:
    """The channels and groups in the stage's blocks, as values of `blocks`."""
    block = stage.block
    if block.type == "basic":
        return {"first": stage.width // block.reduce_first}
    inner = inner_width(stage)
    first = {} if block.conv3x3.type == "res2" else {"first": inner // block.reduce_first}
    return first | {"inner": inner, "groups": groups_of(stage)}


@same_documents
@given(documents())
def test_channels_per_group_are_as_many_groups(document: Document) -> None:
    """Of a bottleneck: the inner width divided by the width of a group, which is at most that."""
    spec, graph = compiled(document)
    stages = {f"layer{number}.*": own_channels(stage) for number, stage in enumerate(spec.stages, 1)}
    assume(not spec.blocks and "regnet" not in document["stages"])
    assert nodes_of({**changed(document, "block", group_width=None), "blocks": stages}) == graph.nodes


@given(documents(), st.data())
def test_a_block_with_its_stages_own_values_is_unchanged(document: Document, data: st.DataObject) -> None:
    """Where the first 3x3 has the stage's dilation: in all blocks but the first."""
    spec, graph = compiled(document)
    assume(not spec.blocks)
    index = data.draw(st.integers(0, len(spec.stages) - 1))
    position = data.draw(st.integers(0, spec.stages[index].depth - 1))
    attention: Any = written_out(spec)["attention"]
    stage = spec.stages[index]
    values: Document = {"dropout": stage.block.dropout, "channels": own_channels(stage)}
    values["attention"] = attention[index] if isinstance(attention, list) else attention
    if position > 0 and spec.output_stride is None:
        values["dilation"] = stage.dilation
    entry = {key: values[key] for key in data.draw(st.sets(st.sampled_from(sorted(values))))}
    entry |= entry.pop("channels", {})
    assert nodes_of(document | {"blocks": {f"layer{index + 1}.{position}": entry}}) == graph.nodes


_SAFE = {
    "dilation": st.sampled_from([1, 2, 3]),
    "dropout": st.sampled_from([0, 0.5]),
    "attention": st.composite(attention)(),
}
"""Values that fit in any block."""
_SAFE_VALUES = st.fixed_dictionaries({}, optional=_SAFE)


@given(documents(), _SAFE_VALUES, _SAFE_VALUES, st.data())
def test_a_blocks_own_name_wins_over_that_of_its_stage_key_by_key(
    document: Document, own: Document, every: Document, data: st.DataObject
) -> None:
    """Its other blocks have what the stage's name says."""
    depths = depths_of(document)
    index = data.draw(st.integers(0, len(depths) - 1))
    position = data.draw(st.integers(0, depths[index] - 1))
    stage = f"layer{index + 1}"
    name, star = f"{stage}.{position}", f"{stage}.*"
    document = {**document, "blocks": {}}
    found = nodes_or_refused(document | {"blocks": data.draw(st.permutations([(name, own), (star, every)]).map(dict))})
    single = nodes_or_refused(document | {"blocks": {name: every | own}})
    whole = nodes_or_refused(document | {"blocks": {star: every}})
    in_block = [node for node in found if node.name.startswith(f"{name}.")]
    assert in_block == [node for node in single if node.name.startswith(f"{name}.")]
    assert [node for node in found if node not in in_block] == [
        node for node in whole if not node.name.startswith(f"{name}.")
    ]


@same_documents
@given(documents())
def test_strides_of_a_stem_whose_first_convolution_strides_are_its_stride(document: Document) -> None:
    """The list is the long form of the number."""
    spec, graph = compiled(document)
    stride, *later = spec.stem.all_strides
    forms: list[dict[str, Any]] = [{"strides": [stride, *later], "stride": None}]
    forms += [{"strides": None, "stride": stride}] if set(later) <= {1} else []
    for form in forms:
        other = changed(document, "stem", **form)
        assert (nodes_of(other), load(other)) == (graph.nodes, spec)


WEIGHTLESS = [
    ("block", "pool", ["none", "before", "after"]),
    ("block", "dropout", [0, 0.5]),
    ("shortcut", "zeros", ["end", "both"]),
    ("shortcut", "source", ["input", "activation"]),
    ("stem", "pool", [{"type": "max", "padding": each} for each in ("ignore", "zero", "ceil", "same")]),
    ("stem", "pool", ["max", "avg", {"type": "avg", "kernel": 3}, {"type": "max", "kernel": 2}]),
]
"""Keys that change no weight, and their values."""


@given(documents(roomy=True), st.sampled_from(WEIGHTLESS))
def test_pooling_and_dropout_have_no_weights(document: Document, key: tuple[str, str, list[Any]]) -> None:
    """Nor have zeros that are padded, or what an identity adds."""
    section, name, values = key
    document = {**document, "head": {"classes": 3}}
    document.pop("expect", None)
    states = []
    for value in values:
        try:
            states.append(lower(load(changed(document, section, **{name: value}))).state)
        except SpecError:
            continue
    assert all(state == states[0] for state in states)


def _rounded(wanted: float, divisor: int, least: int) -> int:
    """To a multiple, not much less than what is wanted."""
    found = max(least, int(wanted + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * wanted else found


def weights_of_3x3(spec: Spec, stage: Stage, reads: int) -> int:
    """The elements of all convolutions that stand for the 3x3, where the block's other convolutions read `reads`."""
    kind, inner, groups = stage.block.conv3x3, inner_width(stage), groups_of(stage)
    outputs = inner if stage.block.type == "bottleneck" else stage.width // stage.block.reduce_first
    match kind.type:
        case "res2":
            return max(1, kind.scale - 1) * 9 * inner * inner // groups
        case "split":
            reduced = _rounded(reads * kind.radix / 4, 8, 32)
            layers = (inner * reduced + reduced * kind.radix * inner) // groups
            return 9 * reads * inner // groups + layers
        case "selective":
            reduced = _rounded(outputs * kind.ratio, kind.divisor, kind.divisor)
            each = reads // 2 if kind.split else reads
            return 2 * 9 * each * outputs // groups + 3 * outputs * reduced
        case _:
            return 9 * reads * outputs // groups


@same_documents
@given(documents())
def test_the_weights_of_what_stands_for_the_3x3_follow_from_its_settings(document: Document) -> None:
    """A formula for each kind: of the radix the 3x3 itself is independent."""
    spec, graph = compiled(document)
    assume(not any(each.first or each.inner or each.groups for each in spec.blocks))
    for block in graph.blocks:
        stage = spec.stages[block.stage - 1]
        is_bottleneck = stage.block.type == "bottleneck"
        reads = inner_width(stage) // stage.block.reduce_first if is_bottleneck else block.input_shape[0]
        path = f"{block.name}.conv{2 if is_bottleneck else 1}"
        shapes = [
            node.op.weights["weight"]
            for node in block.nodes
            if node.name == path or (node.name.startswith(f"{path}.") and len(node.op.weights.get("weight", ())) == 4)
        ]
        elements = sum(a * b * c * d for a, b, c, d in shapes)
        assert elements == weights_of_3x3(spec, stage, reads)


@given(documents(), st.sampled_from(["plain", "standardized"]))
def test_standardised_convolutions_have_the_weights_of_plain_ones(document: Document, type_: str) -> None:
    """Only what is done with them differs, and costs nothing."""
    document.pop("expect", None)
    spec, graph = compiled(document)
    try:
        other = lower(load(document | {"conv": {"type": type_, "bias": spec.conv.bias}}))
    except SpecError:  # a filter of one weight
        assume(type_ == "plain")
        raise
    assert (other.state, other.macs) == (graph.state, graph.macs)
