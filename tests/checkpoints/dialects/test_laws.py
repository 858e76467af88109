"""What holds for every dialect and every network."""

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.dialects import DIALECTS, ranked
from resnet_dsl.checkpoints.dialects.dialect import GENERAL_CLASSIFIERS, Dialect, Unsayable
from tests.helpers import lower
from tests.strategies import Document, small_documents, stage_count
from tests.strategies.documents import without_rule

TORCHVISION = DIALECTS[0]


def without_counters(state: State) -> State:
    return {name: shape for name, shape in state.items() if not name.endswith(".num_batches_tracked")}


def with_biases(state: State) -> State:
    """The network with a bias in every convolution, as Keras has them."""
    biases = {f"{name.removesuffix('weight')}bias": shape[:1] for name, shape in state.items() if len(shape) == 4}
    return {**state, **biases}


ONE: Document = {"stem": {"channels": 8}}
NO_CLASSIFIER: Document = {"head": {"classes": 0}}
POOLED: Document = {"shortcut": {"pool": "avg"}}
GROUP: Document = {"norm": {"type": "group", "groups": 1}}
PREACTIVATION: Document = {"block": {"preactivation": True}}
DEEP: Document = {"stem": {"channels": [8, 8, 8]}}

SE: Document = {"attention": "se"}
NO_FINAL_NORM: Document = {"head": {"norm": False}}
FINAL_CONVOLUTION: Document = {"head": {"conv": 5}}
RES2: Document = {"block": {"type": "bottleneck", "conv3x3": {"type": "res2", "scale": 3}}}
SPLIT: Document = {"block": {"type": "bottleneck", "conv3x3": {"type": "split"}}}
SELECTIVE: Document = {"block": {"type": "bottleneck", "conv3x3": {"type": "selective"}}}
SELECTIVE_BASIC: Document = {"block": {"type": "basic", "conv3x3": {"type": "selective"}}}
ATTENTION_POOLING: Document = {"head": {"pool": {"type": "attention", "heads": 1}}}
PRELU: Document = {"activation": "prelu"}

SAYABLE: Mapping[str, Sequence[Sequence[Document]]] = {
    "torchvision": [
        *([], [ONE], [POOLED], [GROUP, PREACTIVATION], [SE], [{"attention": "eca"}, DEEP], [PRELU, DEEP]),
        *([RES2], [SPLIT, DEEP, POOLED], [SELECTIVE], [SELECTIVE_BASIC], [FINAL_CONVOLUTION], [ATTENTION_POOLING]),
        *([{"attention": kind}] for kind in ("ese", "cbam", "gc", "gca")),
    ],
    "akamaster": [[ONE, {"shortcut": {"type": "none"}}]],
    "bit": [[ONE, GROUP, PREACTIVATION]],
    "byobnet": [
        *([ONE], [DEEP], [ONE, POOLED], [FINAL_CONVOLUTION, DEEP], [DEEP, POOLED, ATTENTION_POOLING]),
        *([{"attention": kind}, DEEP] for kind in ("se", "eca", "gc", "gca")),
    ],
    "caffe2": [[ONE], [ONE, GROUP]],
    "classyvision": [[ONE, NO_CLASSIFIER], [ONE, NO_CLASSIFIER, SE]],
    "clip": [[DEEP, POOLED, ATTENTION_POOLING], [DEEP, POOLED, ATTENTION_POOLING, NO_CLASSIFIER]],
    "detectron2": [[], [GROUP], [DEEP]],
    "huggingface": [[ONE]],
    "huggingface_bit": [[ONE, GROUP, PREACTIVATION]],
    "huggingface_regnet": [[ONE], [ONE, SE]],
    "keras": [[ONE]],
    "keras_resnet50": [[ONE]],
    "kuangliu": [[ONE], [ONE, PREACTIVATION, NO_FINAL_NORM]],
    "maskrcnn": [[ONE, NO_CLASSIFIER]],
    "mmdet": [[NO_CLASSIFIER], [NO_CLASSIFIER, POOLED, GROUP], [NO_CLASSIFIER, DEEP, POOLED]],
    "mmpretrain": [[], [POOLED], [GROUP, POOLED], [SE, ONE], [DEEP, GROUP]],
    "pycls": [[ONE], [ONE, SE]],
    "regnet": [
        *([ONE], [ONE, SE], [ONE, POOLED], [ONE, FINAL_CONVOLUTION], [ONE, PREACTIVATION, NO_FINAL_NORM, SE]),
        [ONE, PREACTIVATION, NO_FINAL_NORM, POOLED],
    ],
    "res2net": [[RES2], [RES2, DEEP, POOLED], [RES2, SE]],
    "resnetv2": [[ONE], [ONE, PREACTIVATION, GROUP], [DEEP, POOLED], [DEEP, POOLED, PREACTIVATION]],
    "semseg": [[DEEP]],
    "senet": [[], [SE], [DEEP]],
    "sequential": [[ONE, NO_CLASSIFIER], [ONE, NO_CLASSIFIER, POOLED, SE]],
    "sknet": [[SELECTIVE], [SELECTIVE_BASIC], [SELECTIVE, DEEP, POOLED]],
    "torchvision_regnet": [[ONE], [ONE, SE]],
    "vissl": [[ONE, NO_CLASSIFIER], [ONE, NO_CLASSIFIER, SE]],
    "weiaicunzai": [[ONE]],
    "wideresnet": [[ONE, PREACTIVATION]],
}
"""What networks of each library have, in changes to one with nothing special."""

KEPT = ("type", "expansion", "groups", "width_per_group", "reduce_first")
"""The keys of a document's blocks that a dialect has nothing to do with."""


def test_all_dialects_are_tried() -> None:
    """Each with the networks that it has names for."""
    assert SAYABLE.keys() == {dialect.name for dialect in DIALECTS}


def test_what_every_network_of_a_library_has_must_be_there() -> None:
    """So that none is written in its names, in which it would be read as another one."""
    (clip,) = (dialect for dialect in DIALECTS if dialect.sign)
    with pytest.raises(Unsayable, match="attnpool"):
        clip.write(lower("resnet50d").state)


@st.composite
def sayable(draw: st.DrawFn, dialect: Dialect, document: Document) -> State:
    """The entries of a network with the blocks of a document that a dialect has names for."""
    document = without_rule(document)
    plain: Document = {
        "name": "test",
        "input": {"size": 64},
        "stem": {"channels": document.get("stem", {}).get("channels", 64)},
        "block": {key: value for key, value in document["block"].items() if key in KEPT},
        "stages": {key: document["stages"][key] for key in ("depths", "widths") if key in document["stages"]},
        "head": {"classes": 10},
    }
    plain["stages"]["strides"] = [*[1] * (stage_count(document) - 1), 2]  # so that there is a projection
    changes = draw(st.sampled_from(SAYABLE[dialect.name]))
    assume(stage_count(document) > 1 or POOLED not in changes)  # which mmpretrain does not tell in the first stage
    for change in changes:
        for key, value in change.items():
            is_part = isinstance(value, dict) and "type" not in value
            plain[key] = {**plain.get(key, {}), **value} if is_part else value
    state = lower(plain).state
    return with_biases(state) if dialect.biased else state


def read_whole(dialect: Dialect, names: Iterable[str]) -> dict[str, str]:
    """A whole model's names -> the standard ones."""
    whole = [*names]
    trunk = {name.removeprefix(dialect.trunk): name for name in whole if name.startswith(dialect.trunk)}
    found = {trunk[name]: standard for name, standard in dialect.read(trunk).items()}
    return found | dialect.read_classifier(whole)


@given(small_documents())
def test_our_own_dialect_says_everything(document: Document) -> None:
    """And changes nothing."""
    state = lower(document).state
    assert TORCHVISION.write(state) == {name: name for name in state}
    assert TORCHVISION.read(state) == {name: name for name in state}
    assert ranked([*state])[0] is TORCHVISION


@given(st.sampled_from(DIALECTS), small_documents(), st.data())
def test_what_is_written_is_read_back(dialect: Dialect, document: Document, data: st.DataObject) -> None:
    """Name by name, shape by shape, with nothing lost but counters of batches that the library has no name for."""
    state = data.draw(sayable(dialect, document))
    written = dialect.write(state)
    assert written.keys() >= without_counters(state).keys()
    assert len({*written.values()}) == len(written)
    assert read_whole(dialect, written.values()) == {theirs: name for name, theirs in written.items()}
    for name in written:
        theirs = dialect.to_theirs(name, state[name]).shape
        assert dialect.from_theirs(name, theirs).shape == state[name]


@given(st.sampled_from(DIALECTS), small_documents(), st.data())
def test_a_dialect_is_recognised(dialect: Dialect, document: Document, data: st.DataObject) -> None:
    """The dialect that comes first reads every entry as the one that was written, whichever dialect that is."""
    written = dialect.write(data.draw(sayable(dialect, document)))
    names = {theirs.removeprefix(dialect.trunk): name for name, theirs in written.items()}
    first, *_ = ranked([*names])
    assert first.read(names) == names


@given(
    st.sampled_from(DIALECTS),
    small_documents(),
    st.sampled_from(["", "module.", "backbone.body.", "a/b/", "net.module.encoder_q."]),
    st.data(),
)
def test_the_prefix_is_found_among_other_names(
    dialect: Dialect, document: Document, prefix: str, data: st.DataObject
) -> None:
    """Whatever else is there."""
    written = dialect.write(data.draw(sayable(dialect, document)))
    others = data.draw(st.lists(st.text("abcdefg._/0123", max_size=20)))
    names = {f"{prefix}{name}" for name in written.values()}
    assert dialect.prefixes([*names, *others]) == {f"{prefix}{dialect.trunk}"}


@given(small_documents())
def test_what_a_library_has_no_name_for_is_said(document: Document) -> None:
    """With an entry of the network, and a reason; nothing is written in part."""
    state = lower(document).state
    for dialect in DIALECTS:
        try:
            assert dialect.write(state).keys() >= without_counters(state).keys()
        except Unsayable as unsayable:
            error = unsayable
        else:
            continue
        assert error.entry in state or dialect.biased
        assert dialect.library in error.reason


@given(st.lists(st.text(max_size=30), unique=True), st.sampled_from(DIALECTS))
def test_any_text_may_be_a_name(names: list[str], dialect: Dialect) -> None:
    """And no two have the same standard name."""
    read = dialect.read(names)
    assert read.keys() <= {*names}
    assert len({*read.values()}) == len(read)


@given(small_documents(), st.sampled_from(DIALECTS), st.sampled_from(DIALECTS))
def test_mixtures_never_name_an_entry_twice(document: Document, one: Dialect, other: Dialect) -> None:
    """Files with the names of two libraries at once."""
    state = with_biases(lower(document).state)
    names: set[str] = set()
    for dialect in (one, other):
        try:
            names |= {name.removeprefix(dialect.trunk) for name in dialect.write(state).values()}
        except Unsayable:
            continue
    for dialect in (one, other):
        read = dialect.read(names)
        assert len({*read.values()}) == len(read)


@pytest.mark.parametrize("path", GENERAL_CLASSIFIERS)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_classifiers_of_any_name_are_read(dialect: Dialect, path: str) -> None:
    """With all dialects, each with its own names of entries."""
    naming, leaves = dialect.namings[0], dialect.namings[0].leaves["linear"]
    names = {naming.joined(path, theirs): f"fc.{ours}" for ours, theirs in leaves.items()}
    assert dialect.read_classifier({**names, "neck.weight": ""}) == names


@pytest.mark.parametrize(
    "names", [["fc.1.weight", "fc.3.weight"], ["classifier.1.weight", "classifier.4.bias"], ["fcx.weight"]]
)
def test_a_part_of_a_larger_head_is_no_classifier(names: list[str]) -> None:
    """A projection head of several layers is left out as a whole."""
    assert TORCHVISION.read_classifier(names) == {}
