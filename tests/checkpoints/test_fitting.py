"""Which entries of a network start from a checkpoint's, and which start afresh."""

from typing import Any

import pytest
from hypothesis import given

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.fitting.fitting import Fit, adaptation_notes, fit, listed

from ..helpers import lower
from ..strategies import Document, small_documents

SMALL: dict[str, Any] = {
    "name": "small",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "basic"},
    "stages": {"depths": [1, 2], "widths": [8, 16]},
    "head": {"classes": 5},
}


def state(**changes: dict[str, Any]) -> State:
    """The entries of the small network with other values in its sections."""
    return lower({**SMALL, **{section: {**SMALL.get(section, {}), **changes[section]} for section in changes}}).state


def partly(network: State, checkpoint: State) -> Fit:
    found = fit(network, checkpoint, may_replace_classifier=False, is_partial=True)
    assert found is not None
    return found


def strictly(network: State, checkpoint: State, *, may_replace_classifier: bool = False) -> Fit | None:
    return fit(network, checkpoint, may_replace_classifier=may_replace_classifier, is_partial=False)


@given(small_documents())
def test_a_network_takes_all_of_its_own_weights(document: Document) -> None:
    """With and without `--partial`: nothing is adapted, nothing starts afresh, nothing is left over."""
    own = lower(document).state
    whole = Fit(loaded=tuple(own))
    assert strictly(own, own) == whole
    assert partly(own, own) == whole


def test_counters_of_batches_may_be_missing() -> None:
    """Nothing depends on them."""
    own = state()
    found = strictly(own, {name: shape for name, shape in own.items() if not name.endswith("num_batches_tracked")})
    assert found is not None
    assert found.fresh == ()


def test_another_depth_is_refused_unless_asked_for() -> None:
    """Nothing is left fresh, and no weights unused, in silence."""
    deeper = state(stages={"depths": [1, 4]})
    assert strictly(deeper, state()) is None
    assert strictly(state(), deeper) is None
    assert strictly(deeper, state(), may_replace_classifier=True) is None


def test_a_deeper_stage_takes_the_blocks_that_there_are() -> None:
    """The others start afresh, each as a whole."""
    deeper = state(stages={"depths": [1, 4]})
    found = partly(deeper, state())
    assert found.loaded == tuple(name for name in deeper if not name.startswith(("layer2.2.", "layer2.3.")))
    assert (found.fresh, found.unused, found.adapted) == (("layer2.2", "layer2.3"), (), "")


def test_a_shallower_stage_leaves_blocks_over() -> None:
    """They are named, and everything of the network is loaded."""
    found = partly(state(), state(stages={"depths": [1, 4]}))
    assert found.loaded == tuple(state())
    assert (found.fresh, found.unused) == ((), ("layer2.2", "layer2.3"))


def test_a_block_is_taken_as_a_whole_or_not_at_all() -> None:
    """One entry in another shape is enough: none of its block is loaded, and its block is the only one."""
    theirs = {**state(), "layer2.1.conv2.weight": (16, 16, 5, 5)}
    found = partly(state(), theirs)
    assert found.fresh == ("layer2.1",)
    assert found.loaded == tuple(name for name in state() if not name.startswith("layer2.1."))


def test_a_layer_outside_of_blocks_is_taken_as_a_whole_or_not_at_all() -> None:
    """A classifier whose bias is missing has no weight either."""
    theirs = {name: shape for name, shape in state().items() if name != "fc.bias"}
    found = partly(state(), theirs)
    assert (found.fresh, found.unused) == (("fc",), ())
    assert not {"fc.weight", "fc.bias"} & {*found.loaded}


def test_weights_that_share_nothing_are_refused() -> None:
    """`--partial` does not make a network of fresh weights alone."""
    assert fit(state(), {"a.weight": (1,)}, may_replace_classifier=True, is_partial=True) is None
    assert fit(state(), {}, may_replace_classifier=True, is_partial=True) is None


@pytest.mark.parametrize(("ours", "theirs"), [(1, 3), (4, 3), (6, 3), (1, 4), (1, 2)])
def test_the_first_convolution_takes_another_number_of_input_channels(ours: int, theirs: int) -> None:
    """Of RGB for any number, of any number for one; it is neither loaded as it is nor fresh."""
    network, checkpoint = state(input={"channels": ours}), state(input={"channels": theirs})
    expected = Fit(loaded=tuple(name for name in network if name != "conv1.weight"), adapted="conv1.weight")
    assert strictly(network, checkpoint) == expected
    assert partly(network, checkpoint) == expected


@pytest.mark.parametrize(("ours", "theirs"), [(3, 1), (3, 4), (4, 2), (4, 1)])
def test_other_numbers_of_input_channels_cannot_be_adapted(ours: int, theirs: int) -> None:
    """What there is no convention for starts afresh, and only if that is asked for."""
    network, checkpoint = state(input={"channels": ours}), state(input={"channels": theirs})
    assert strictly(network, checkpoint) is None
    assert partly(network, checkpoint).fresh == ("conv1",)


def test_a_stem_of_several_convolutions_is_adapted_in_the_first() -> None:
    """The only one that reads the image."""
    stem = {"channels": [8, 8], "kernel": 3}
    found = strictly(state(stem=stem, input={"channels": 1}), state(stem=stem))
    assert found is not None
    assert found.adapted == "conv1.0.weight"


def test_a_first_convolution_that_differs_otherwise_is_not_adapted() -> None:
    """Another kernel is another layer."""
    assert strictly(state(input={"channels": 1}), state(stem={"kernel": 7})) is None
    assert partly(state(input={"channels": 1}), state(stem={"kernel": 7})).fresh == ("conv1",)


def test_other_classes_start_afresh_where_they_may() -> None:
    """As the only layer, beside adapted input channels too."""
    network = state(head={"classes": 7}, input={"channels": 1})
    assert strictly(network, state()) is None
    found = strictly(network, state(), may_replace_classifier=True)
    assert found is not None
    assert (found.fresh, found.adapted) == (("fc",), "conv1.weight")


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((), ""),
        (("fc",), "`fc`"),
        (("layer3.6", "layer3.7", "layer3.8"), "`layer3.6` to `layer3.8`"),
        (("layer1.1", "layer2.1", "layer2.2", "fc"), "`layer1.1`, `layer2.1` to `layer2.2`, `fc`"),
        (("layer2.0", "layer2.2"), "`layer2.0`, `layer2.2`"),
        (("conv1.0", "conv1.1", "bn1"), "`conv1.0` to `conv1.1`, `bn1`"),
    ],
)
def test_consecutive_blocks_are_listed_as_one(units: tuple[str, ...], expected: str) -> None:
    """With the first and the last of them."""
    assert listed(units) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "stem", "expected"),
    [
        (1, 3, {}, ("the 3 input channels of `conv1` were summed into 1",)),
        (6, 3, {}, ("the 3 input channels of `conv1` were repeated and scaled to 6",)),
        (1, 3, {"channels": [8, 8]}, ("the 3 input channels of `conv1.0` were summed into 1",)),
        (2, 3, {}, ("the 3 input channels of `conv1` were repeated and scaled to 2",)),
        (1, 2, {}, ("the 2 input channels of `conv1` were summed into 1",)),
        (3, 3, {}, ()),
    ],
)
def test_how_the_first_convolution_was_adapted_is_said(
    ours: int, theirs: int, stem: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """If it was, and the network has it."""
    network = state(input={"channels": ours}, stem=stem)
    checkpoint = state(input={"channels": theirs}, stem=stem)
    found = partly(network, checkpoint)
    assert adaptation_notes(found, network, checkpoint) == expected
    assert adaptation_notes(found, {}, checkpoint) == ()


@pytest.mark.parametrize(
    "theirs", [(8, 1, 3), (8, 1, 3, 3, 3), (9, 1, 3, 3), (8, 1, 3, 5), (8, 1, 5, 3), (8, 3, 3, 5), (9, 3, 3, 3), ()]
)
def test_only_input_channels_may_differ(theirs: tuple[int, ...]) -> None:
    """Not the output channels, nor a side of the kernel, nor the dimensions."""
    network = state(input={"channels": 1})
    found = partly(network, {**network, "conv1.weight": theirs})
    assert (found.adapted, found.fresh) == ("", ("conv1",))


def test_what_starts_afresh_and_what_is_left_over() -> None:
    """In the order of the network, and of the file; a unit that starts afresh is not left over as well."""
    theirs = {name: shape for name, shape in state().items() if not name.startswith(("layer1.0.bn1", "fc"))}
    theirs |= {"layer1.0.odd": (1,), "layer1.1.conv1.weight": (1,), "conv1.bias": (8,), "odd.a": (1,), "odd.b": (1,)}
    found = partly(state(), theirs)
    assert found.fresh == ("conv1", "layer1.0", "fc")
    assert found.unused == ("layer1.1", "odd")
    assert found.loaded == tuple(name for name in state() if name.startswith(("bn1.", "layer2.")))
    bare = {name: shape for name, shape in state().items() if name != "conv1.weight"}
    assert partly(state(), bare).fresh == ("conv1",)


def test_a_first_convolution_with_another_bias_is_not_adapted() -> None:
    """It starts afresh as a whole."""
    network, checkpoint = state(input={"channels": 1}), {**state(), "conv1.bias": (8,)}
    found = partly(network, checkpoint)
    assert (found.adapted, found.fresh, found.unused) == ("", ("conv1",), ())
    assert adaptation_notes(found, network, checkpoint) == ()
