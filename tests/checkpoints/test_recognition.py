"""Inferring a spec from names and shapes: what they reveal, what they leave open, and what is not a network."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.forms import full
from resnet_dsl.checkpoints.recognition.open_values import values_by_key
from resnet_dsl.checkpoints.recognition.recognition import Recognised, recognise
from resnet_dsl.language.document.bundled import bundled_specs
from tests.strategies import Document, documents, small_documents

from ..helpers import load, lower, written_out

CONVENTIONS = {
    "input.size": "a checkpoint fits any input size",
    "stem.stride": "shapes do not reveal strides",
    "stem.pool": "pooling has no weights",
    "block.stride_in": "shapes do not reveal which convolution strides",
    "activation": "activations have no weights",
    "antialias": "filters have no weights",
    "stages.strides": "shapes do not reveal strides or the dilations that replace them",
    "head.pool": "pooling has no weights",
}
"""The values left open in a network of bottlenecks with projections and batch norm."""


def state(document: Document) -> State:
    return lower(load({"name": "any"} | document)).state


def network(depths: list[int], *, block: Any = "basic", stages: Any = None, **keys: Any) -> Document:
    """A small document; `block` is its type or a mapping of its keys."""
    return {
        "input": {"size": 64},
        "stem": {"channels": 8},
        "block": {"type": block} if isinstance(block, str) else block,
        "stages": {"depths": depths, "widths": [8 << index for index in range(len(depths))]} | (stages or {}),
        "head": {"classes": 5},
    } | keys


def recognised(document: Document) -> Recognised:
    """What is recognised, after checking the law that its names and shapes are the same."""
    found = recognise(state(document))
    assert state(found.document) == state(document)
    return found


def value(found: Recognised, key: str) -> Any:
    result: Any = found.document
    for step in key.split("."):
        result = result.get(step)
    return result


def keys(document: Document, prefix: str = "") -> set[str]:
    """The dotted keys of everything that is written."""
    found = {f"{prefix}{key}" for key in document}
    return found.union(*(keys(item, f"{prefix}{key}.") for key, item in document.items() if isinstance(item, dict)))


def told(document: Document) -> dict[str, Any]:
    """The values by dotted key, in full, but for those settings of attention that weights do not show."""
    found = {key: full(key, item) for key, item in values_by_key(document).items()}
    for each in found["attention"] if isinstance(found["attention"], list) else [found["attention"]]:
        del each["position"], each["activation"]
    return found


READ_OTHERWISE = re.compile(r"gernet_.|legacy_.*|.*_pruned")
"""Networks whose channels, kernels or divisors can be said in other values as well."""


@pytest.mark.parametrize("name", bundled_specs())
def test_a_bundled_network_is_recognised_except_for_conventions(name: str) -> None:
    """Block type, depths, widths, expansion, groups, stem, shortcut, norm, attention, classes."""
    found = recognised(written_out(load(name)) | {"expect": {}})
    spec, values = told(written_out(load(name))), told(found.document)
    shown = {key: item for key, item in values.items() if key not in found.conventions}
    assert {"block.type", "stages.depths", "stages.widths", "head.classes", "attention", "stem.channels"} <= set(shown)
    if not READ_OTHERWISE.fullmatch(name):
        assert shown == {key: spec[key] for key in shown}


@given(documents() | small_documents())
def test_every_network_of_the_language_is_recognised(document: Document) -> None:
    """The recognised spec has exactly these names and shapes, and every value left open has a reason."""
    found = recognised(document)
    assert set(found.conventions) <= keys(found.document)


@given(documents() | small_documents())
def test_batch_counters_may_be_missing(document: Document) -> None:
    """Old checkpoints without `num_batches_tracked` are recognised as well."""
    whole = state(document)
    old = {name: shape for name, shape in whole.items() if not name.endswith("num_batches_tracked")}
    assert recognise(old) == recognise(whole)


@given(small_documents(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(document: Document, random: Any) -> None:
    """Files may sort their entries."""
    entries = list(state(document).items())
    shuffled = random.sample(entries, len(entries))
    assert recognise(dict(shuffled)) == recognise(dict(entries))


def test_every_value_left_open_has_a_reason() -> None:
    """Strides, sizes, pooling, activation, filter, and which convolution strides; nothing else."""
    assert recognised(network([1, 1], block="bottleneck")).conventions == CONVENTIONS
    basic = {key: reason for key, reason in CONVENTIONS.items() if key != "block.stride_in"}
    assert recognised(network([1, 1])).conventions == basic


@pytest.mark.parametrize("first", ["basic", "bottleneck"])
@pytest.mark.parametrize("norm", ["batch", "group", "layer"])
@pytest.mark.parametrize("pool", ["max", "conv", "none"])
@pytest.mark.parametrize("preactivation", [True, False])
def test_a_norm_with_weights_reveals_pre_activation(first: str, norm: str, pool: str, preactivation: bool) -> None:
    """Even if the stem ends with a norm anyway because it pools by convolution."""
    norms: Any = {"type": "group", "groups": 4} if norm == "group" else norm
    block = {"type": [first, "basic"], "preactivation": preactivation}
    document = network([1, 2], block=block, norm=norms, stem={"channels": [4, 8], "pool": pool})
    found = recognised(document)
    assert value(found, "block.preactivation") is preactivation
    assert "block.preactivation" not in found.conventions


@pytest.mark.parametrize("norm", ["none", "instance"])
def test_norms_without_weights_do_not_reveal_pre_activation(norm: str) -> None:
    """Convolutions have a bias if there are no norms; in either case no weights reveal positions."""
    for preactivation in (True, False):
        found = recognised(network([1, 1], norm=norm, block={"type": "basic", "preactivation": preactivation}))
        assert found.document["norm"] == norm
        assert value(found, "block.preactivation") is False
        assert found.conventions["block.preactivation"] == "only a norm with weights reveals its position"


@pytest.mark.parametrize(("width", "expected"), [(32, "group"), (8, "layer")])
def test_group_norm_is_assumed_if_32_groups_divide_the_channels(width: int, expected: str) -> None:
    """Layer norm has the same weights, and fits any channels."""
    document = network([1], norm="layer", stem={"channels": width}, stages={"widths": width})
    found = recognised(document)
    assert found.document["norm"] == expected
    reason = "layer norm, group norm of any groups, and batch norm without its statistics have the same weights"
    assert found.conventions["norm"] == reason


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (network([1, 1]), {"type": "projection", "kernel": 1}),
        (network([1, 2], shortcut={"when": "always"}), {"type": "projection", "when": "always", "kernel": 1}),
        (network([1, 1], shortcut={"pool": "avg"}), {"type": "projection", "pool": "avg"}),
        (network([2, 1], shortcut={"kernel": 3}), {"type": "projection", "kernel": 3}),
        (network([1, 1], shortcut={"type": "padding"}), {"type": "padding"}),
        (network([2, 2], shortcut={"type": "none"}), {"type": "padding"}),
        (network([2, 2], shortcut={"type": "none"}, stages={"widths": [16, 8]}), {"type": "none"}),
        (network([3]), {"type": "projection"}),
        (network([2, 1], shortcut={"type": "none"}, stages={"widths": 8}), {"type": "padding"}),
    ],
)
def test_the_kind_of_shortcut(document: Document, expected: Document) -> None:
    """Projections are visible; without any, padding is assumed if it is possible."""
    assert recognised(document).document["shortcut"] == expected


def test_padding_is_a_convention_unless_channels_are_dropped() -> None:
    """Neither padding nor plain networks have shortcut weights, but padding can only add channels."""
    padded = recognised(network([1, 1], shortcut={"type": "padding"}))
    plain = recognised(network([1, 1], shortcut={"type": "none"}, stages={"widths": [16, 8]}))
    assert padded.conventions["shortcut.type"] == "neither padding nor a plain network has shortcut weights"
    assert "shortcut.type" not in plain.conventions


def test_projections_in_stages_of_one_block_may_be_everywhere_or_where_it_strides() -> None:
    """If every block has one, and some do not need it, `when: always` is assumed."""
    found = recognised(network([1, 1], stages={"widths": 8, "strides": [2, 2]}))
    assert found.document["shortcut"] == {"type": "projection", "when": "always", "kernel": 1}
    assert found.conventions["shortcut.when"] == "the stage may have a projection because it strides"


@pytest.mark.parametrize(
    ("stages", "shortcut", "expected"),
    [
        ({"widths": 8, "strides": [1, 2]}, {}, {"strides": [1, 2]}),
        ({"widths": 8, "strides": [3, 1]}, {}, {"strides": [2, 1]}),
        ({"widths": 8, "strides": [1, 1]}, {}, {"strides": [1, 2]}),
        ({"strides": [1, 1]}, {}, {"strides": [1, 2]}),
        ({"strides": [2, 1]}, {"kernel": 3}, {"strides": [2, 1]}),
        ({"strides": [2, 2]}, {"kernel": 3, "when": "always"}, {"strides": [2, 2]}),
        ({"strides": [1, 2]}, {"kernel": 3, "when": "always"}, {"strides": [1, 2]}),
        (
            {"strides": [1, 2], "dilations": [1, 4]},
            {"kernel": 3, "when": "always"},
            {"strides": [1, 2], "dilations": [1, 2]},
        ),
    ],
)
def test_projections_reveal_strides(stages: Document, shortcut: Document, expected: Document) -> None:
    """Where channels stay the same, or with 3x3 projections; otherwise the first stage does not stride."""
    found = recognised(network([2, 2], stages=stages, shortcut=shortcut))
    keys = found.document["stages"]
    assert isinstance(keys, dict)
    assert {key: keys[key] for key in keys if key not in ("depths", "widths")} == expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "basic", "reduce_first": 3}, {"expansion": 1, "reduce_first": 3}),
        ({"type": "basic", "expansion": 3}, {"expansion": 1, "reduce_first": 3}),
        ({"type": "basic", "expansion": 4, "reduce_first": 5}, {"expansion": 1, "reduce_first": 20}),
        ({"type": "bottleneck", "groups": 4, "width_per_group": 16}, {"groups": 4, "width_per_group": 16}),
        ({"type": "bottleneck", "groups": 2, "reduce_first": 2}, {"groups": 2, "reduce_first": 2}),
        ({"type": "bottleneck", "expansion": 2}, {"expansion": 4, "width_per_group": 128}),
        ({"type": "bottleneck", "expansion": 3}, {"expansion": 4, "width_per_group": 86}),
        ({"type": ["bottleneck", "basic"], "groups": [5, 1]}, {"type": ["bottleneck", "basic"], "groups": [5, 1]}),
    ],
)
def test_the_channels_of_a_block_have_a_conventional_reading(block: Document, expected: Document) -> None:
    """Shapes reveal only width × expansion; 4 for bottlenecks and 1 for basic blocks are preferred."""
    found = recognised(network([2, 1], block=block, stages={"widths": [20, 40]}))
    keys = found.document["block"]
    assert isinstance(keys, dict)
    assert {key: keys[key] for key in expected} == expected


def test_an_unconventional_expansion_is_found() -> None:
    """For a basic block whose inner channels do not divide its output; for a bottleneck of odd width."""
    basic = recognised(network([1], block={"type": "basic", "expansion": 3, "reduce_first": 4}, stages={"widths": 31}))
    assert [value(basic, key) for key in ("block.expansion", "block.reduce_first", "stages.widths")] == [1, 13, [93]]
    odd = recognised(network([1], block={"type": "basic", "expansion": 3}, stages={"widths": 7}))
    assert [value(odd, key) for key in ("block.expansion", "block.reduce_first", "stages.widths")] == [1, 3, [21]]
    bottleneck = recognised(network([1], block={"type": "bottleneck", "expansion": 5}, stages={"widths": 7}))
    assert [value(bottleneck, key) for key in ("block.expansion", "stages.widths")] == [1, [35]]


@pytest.mark.parametrize(
    ("attention", "expected"),
    [
        ("none", "none"),
        ("se", "se"),
        ("eca", "eca"),
        ({"type": "se", "ratio": 0.25}, {"type": "se", "ratio": 0.25}),
        (["none", "se", "eca"], ["none", "se", "eca"]),
        (
            [{"type": "se", "ratio": 0.5}, "none", {"type": "se", "ratio": 0.25}],
            [{"type": "se", "ratio": 0.5}, "none", {"type": "se", "ratio": 0.25}],
        ),
        ({"type": "se", "ratio": 1}, {"type": "se", "ratio": 1.0}),
        ({"type": "se", "ratio": 0.7}, {"type": "se", "ratio": 0.7}),
        *(({"type": each, "activation": "prelu"},) * 2 for each in ("se", "gc", "gca")),
    ],
)
def test_attention_is_recognised_per_stage(attention: Any, expected: Any) -> None:
    """One ratio if there is one that fits all, else one per stage, no more precise than shapes allow."""
    document = network([1, 1, 1], attention=attention, stages={"widths": [128, 256, 512]})
    assert recognised(document).document["attention"] == expected


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ({"channels": 64}, {"channels": 64, "kernel": 7, "stride": 2, "pool": "max"}),
        ({"channels": 16, "kernel": 3}, {"channels": 16, "kernel": 3, "stride": 1, "pool": "none"}),
        (
            {"channels": [4, 6, 8], "kernel": 3},
            {"channels": [4, 6, 8], "kernel": 3, "stride": 2, "pool": "max"},
        ),
        ({"kernel": 3, "pool": "conv"}, {"channels": 64, "kernel": 3, "stride": 1, "pool": "conv"}),
    ],
)
def test_the_stem(stem: Document, expected: Document) -> None:
    """A single 3x3 convolution is assumed to be a stem for small images, which neither strides nor pools."""
    found = recognised(network([1], stem=stem))
    assert found.document["stem"] == expected
    assert value(found, "input.size") == (32 if expected["stride"] == 1 else 224)
    assert ("stem.pool" in found.conventions) == (expected["pool"] != "conv")


@pytest.mark.parametrize("filter_", ["blur", "avg"])
def test_a_filter_is_only_visible_in_the_stem(filter_: str) -> None:
    """There it takes an index between a convolution and its norm; its kind is open."""
    seen = recognised(network([1, 1], stem={"channels": 8, "pool": "conv"}, antialias=filter_))
    hidden = recognised(network([1, 1], antialias=filter_))
    assert seen.document["antialias"] == "blur"
    assert seen.conventions["antialias"] == "the stem has a filter, but filters have no weights"
    assert hidden.document["antialias"] == "none"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"classes": 7}, {"pool": "avg", "classes": 7}),
        ({"pool": "max", "classes": 7}, {"pool": "avg", "classes": 7}),
        ({"pool": "catavgmax", "classes": 7}, {"pool": "catavgmax", "classes": 7}),
        ({"classes": 0}, {"pool": "avg", "classes": 0}),
    ],
)
def test_the_head(head: Document, expected: Document) -> None:
    """Classes are those of the classifier, whose features double after a concatenation."""
    found = recognised(network([1], head=head))
    assert found.document["head"] == expected
    assert ("head.pool" in found.conventions) == (expected["pool"] != "catavgmax")


def test_a_long_network_has_something_left_to_stride_over() -> None:
    """Fourteen stages that keep their channels and stride: the input is large enough, the stem modest."""
    strides = [2] * 13
    document = network([2] * 13, stages={"widths": 8, "strides": strides}) | {
        "input": {"size": [16384, 1]},
        "stem": {"channels": 8, "stride": 1, "pool": "none"},
    }
    found = recognised(document)
    assert value(found, "stages.strides") == strides
    assert value(found, "input.size") == 16384
    assert [value(found, key) for key in ("stem.stride", "stem.pool")] == [1, "none"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"conv1.weight": None}, "it has no convolution `conv1.weight`"),
        ({"conv1.weight": (8, 3, 7)}, "it has no convolution `conv1.weight`"),
        ({"layer1.0.conv2.weight": None}, "it has no `layer1.0.conv2.weight`"),
        ({"layer1.0.conv1.weight": (8, 8)}, "`layer1.0.conv1.weight` has shape [8, 8] instead of 4 dimensions"),
        ({"layer1.0.conv1.weight": (8, 0, 3, 3)}, "`layer1.0.conv1.weight` is empty"),
        ({"layer1.0.conv1.weight": ()}, "`layer1.0.conv1.weight` has shape [] instead of 4 dimensions"),
        (
            {"layer1.0.conv2.weight": (10**30, 8, 3, 3)},
            f"`layer1.0.conv2.weight` has {10**30:,} channels, more than 65,536",
        ),
        ({"layer1.7.conv1.weight": (8, 8, 3, 3)}, "the blocks of `layer1` are not numbered consecutively from 0"),
        ({"layer2.0.conv1.weight": (8, 8, 3, 3)}, "it has no `layer2.0.conv2.weight`"),
        ({"layer1.0.conv1.weight": (9, 8, 3, 3)}, "`layer1.0.conv2` reads 8 channels, and there are 9"),
        ({"fc.weight": (5,)}, "`fc.weight` has shape [5] instead of 2 dimensions"),
        ({"layer1.0.se.fc1.weight": (1, 7, 1, 1)}, "no settings yield the shapes of `layer1.0.se`"),
    ],
)
def test_what_no_network_has_is_named(changes: dict[str, Any], reason: str) -> None:
    """The first entry that no network of this family has."""
    names = {**state(network([1])), **changes}
    with pytest.raises(Unrecognised) as caught:
        recognise({name: shape for name, shape in names.items() if shape is not None})
    assert str(caught.value) == reason


def test_an_empty_checkpoint_is_not_a_network() -> None:
    """Neither is one of a different family."""
    for other in ({}, {"features.0.weight": (64, 3, 3, 3)}, {"layer1.weight": (1,)}, {"layer١.0.conv1.weight": (1,)}):
        with pytest.raises(Unrecognised, match=r"^it has no `layer1\.0\.conv1\.weight`$"):
            recognise(other)


def layers(document: Document) -> list[tuple[str, Any, tuple[str, ...]]]:
    """Names, operations and inputs of all layers, whatever the size of the input."""
    return [
        (node.name, None if node.op.kind == "Input" else node.op, node.inputs) for node in lower(load(document)).nodes
    ]


@given(documents(roomy=True))
def test_the_values_of_a_spec_are_kept_where_weights_allow_them(document: Document) -> None:
    """With those of its own spec preferred, the recognised network is the same in what weights do not show, too."""
    spec = load({"name": "any"} | document)
    found = recognise(lower(spec).state, prefer=values_by_key(written_out(spec)))
    assert layers({"name": "any"} | found.document) == layers({"name": "any"} | document)


@pytest.mark.parametrize("name", bundled_specs())
def test_the_values_of_a_bundled_network_are_kept(name: str) -> None:
    """All of them, but for the size of the input."""
    document = written_out(load(name)) | {"expect": {}}
    found = recognise(state(document), prefer=values_by_key(document))
    assert layers({"name": "any"} | found.document) == layers(document)


CONV_POOL = {"channels": 8, "pool": "conv"}


@pytest.mark.parametrize(
    ("document", "key", "preferred"),
    [
        (network([1, 1]), "activation", "prelu"),
        (network([1, 1], stem=CONV_POOL, antialias="blur"), "antialias", "none"),
        (network([1, 1]), "stem.pool", "conv"),
        (network([1, 1]), "head.pool", "catavgmax"),
        (network([1, 1]), "head.pool", "attention"),
        (network([1, 1], shortcut={"type": "padding"}), "shortcut.type", "projection"),
        (network([1, 2], shortcut={"when": "always"}, stages={"widths": 8}), "shortcut.when", "first"),
        (network([2, 1], shortcut={"when": "first"}, stages={"widths": 8}), "shortcut.when", "always"),
        (network([1, 1]), "input.size", 8),
        (network([1, 1]), "input.size", [64, 8]),
    ],
)
def test_a_preferred_value_that_weights_or_strides_rule_out_changes_nothing(
    document: Document, key: str, preferred: Any
) -> None:
    """The value is the one without a preference, and does not count as preferred."""
    found = recognise(state(document), prefer={key: preferred})
    assert found.document == recognise(state(document)).document
    assert key not in found.preferred


def test_preferred_projections_are_kept_where_none_would_have_weights() -> None:
    """Without strides and changes of channels there is nothing to project."""
    plain = network([2, 2], shortcut={"type": "none"}, stages={"widths": 8, "strides": 1})
    found = recognise(state(plain), prefer={"shortcut.type": "projection"})
    assert value(found, "shortcut.type") == "projection"
    assert state(found.document) == state(plain)


def test_stages_that_dilate_instead_of_striding_are_kept() -> None:
    """Larger projections show where a stage strides or dilates, but not which of the two."""
    dilated = network([2, 2], shortcut={"kernel": 3}, stages={"strides": [1, 1], "dilations": [1, 2]})
    found = recognise(state(dilated), prefer=values_by_key(dilated))
    assert value(found, "stages.strides") == [1, 1]
    assert value(found, "stages.dilations") == [1, 2]


def test_a_stem_that_ends_with_its_only_weights_comes_before_activations() -> None:
    """Pooling by convolution with a filter and a norm without weights has those of its activation in the last place."""
    document = network([2], stem=CONV_POOL, antialias="blur", norm="instance", activation="prelu")
    assert value(recognised(document), "block.preactivation") is False


def test_attention_pooling_averages_only_where_blocks_filter() -> None:
    """As in CLIP; blocks that pool take their strides without a filter."""
    pooled = network([1, 1], block="bottleneck", head={"pool": "attention"})
    assert recognised(pooled).document["antialias"] == "avg"
    assert recognise(state(pooled), prefer={"block.pool": "before"}).document["antialias"] == "none"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("regnetx_002", {"input.size": 224, "stem.stride": 2, "stem.pool": "none", "stages.strides": [2, 2, 2, 2]}),
        ("regnety_002", {"attention": {"type": "se", "ratio": 0.25, "divisor": 1, "of": "input", "position": "inner"}}),
        ("resnest50d", {"block.pool": "after"}),
        ("resnest50d_4s2x40d", {"block.pool": "before"}),
        ("resnet50_clip", {"input.size": 224, "stem.pool": "avg", "antialias": "avg"}),
        ("resnet50x4_clip", {"input.size": 288}),
        ("resnext26ts", {"block.group_width": 32}),
        ("gernet_s", {"block.group_width": [0, 0, 0, 1, 1], "block.expansion": [1, 1, 4, 4, 4]}),
    ],
)
def test_what_is_usual_depends_on_the_family(name: str, expected: dict[str, Any]) -> None:
    """RegNets stride everywhere, ResNeSts pool, and CLIP's towers average; widths of groups are one number."""
    found = values_by_key(recognise(state(written_out(load(name)) | {"expect": {}})).document)
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("positions", "size", "expected"),
    [(50, None, 224), (13, None, [96, 128]), (8, None, [32, 224]), (50, [1568, 32], [1568, 32]), (50, 256, 224)],
)
def test_the_embedding_of_attention_pooling_reveals_the_size_of_its_input(
    positions: int, size: Any, expected: Any
) -> None:
    """The most square one, or the preferred one if the last feature map then has as many pixels."""
    entries = dict(lower("resnet50_clip").state)
    entries["attnpool.positional_embedding"] = (positions, 2048)
    found = recognise(entries, prefer={} if size is None else {"input.size": size})
    assert value(found, "input.size") == expected
    assert lower({"name": "any"} | found.document).state == entries


def test_heads_divide_the_channels() -> None:
    """As many as there are 64 channels, or the next smaller number that divides them."""
    pool = {"pool": "attention", "classes": 5}
    document = network([1], stages={"widths": [200]}, head={"pool": {"type": "attention", "heads": 2}, "classes": 5})
    found = recognised(document)
    assert found.document["head"] == pool | {"pool": {"type": "attention", "heads": 2}}
    assert found.conventions["head.pool.heads"] == "shapes do not reveal heads"
    preferred = recognise(state(document), prefer={"head.pool": {"type": "attention", "heads": 40}})
    assert preferred.document["head"] == pool | {"pool": {"type": "attention", "heads": 40}}
