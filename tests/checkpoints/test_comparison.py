"""Comparing names and shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.checkpoint import Checkpoint
from resnet_dsl.checkpoints.comparison import Comparison, State, compare
from resnet_dsl.checkpoints.counting import counted, counted_differences
from resnet_dsl.checkpoints.dialects.change import Change
from resnet_dsl.checkpoints.stored import Filled, Part

NETWORK: State = {
    "conv1.weight": (8, 3, 7, 7),
    "bn1.weight": (8,),
    "bn1.num_batches_tracked": (),
    "layer1.0.downsample.0.weight": (8, 8, 1, 1),
    "fc.weight": (5, 8),
}

STATES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "bn1.weight", "bn1.num_batches_tracked", "fc.weight"]),
    st.lists(st.integers(0, 3), max_size=2).map(tuple),
)


def test_every_entry_is_in_one_category() -> None:
    """In the order of the network, then of the checkpoint."""
    checkpoint: State = {
        "extra": (1,),
        "fc.weight": (10, 8),
        "bn1.num_batches_tracked": (),
        "conv1.weight": (8, 3, 7, 7),
        "layer1.0.bias": (8,),
    }
    assert compare(NETWORK, checkpoint) == Comparison(
        agreeing=("conv1.weight", "bn1.num_batches_tracked"),
        missing=("bn1.weight", "layer1.0.downsample.0.weight"),
        unexpected=("extra", "layer1.0.bias"),
        reshaped=("fc.weight",),
    )


def test_only_batch_counters_may_be_missing() -> None:
    """Checkpoints from before PyTorch 0.4.1 have none; a counter that the network lacks is unexpected."""
    without = {name: shape for name, shape in NETWORK.items() if name != "bn1.num_batches_tracked"}
    assert compare(NETWORK, without).is_equal
    assert compare(without, NETWORK).unexpected == ("bn1.num_batches_tracked",)
    for name in without:
        assert compare(NETWORK, {key: shape for key, shape in NETWORK.items() if key != name}).missing == (name,)


@given(STATES, STATES)
def test_no_entry_is_counted_twice_or_forgotten(network: State, checkpoint: State) -> None:
    """All except missing counters are in exactly one of the four lists."""
    found = compare(network, checkpoint)
    listed = [*found.agreeing, *found.missing, *found.unexpected, *found.reshaped]
    forgiven = {"bn1.num_batches_tracked"} & set(network) - set(checkpoint)
    assert sorted(listed) == sorted({*network, *checkpoint} - forgiven)
    assert found.is_equal == ({**network} == {**checkpoint, **{name: network[name] for name in forgiven}})


@given(STATES)
def test_a_state_is_equal_to_itself(state: State) -> None:
    """In any order."""
    assert compare(state, dict(reversed([*state.items()]))).is_equal


def test_counted_differences() -> None:
    """Each kind with its number, its modules, and the first entry."""
    network: State = {f"layer{stage}.{block}.{name}": (4,) for stage in (1, 2) for block in (0, 1) for name in "ab"}
    checkpoint: State = {"x.y": (1, 2), "layer1.0.a": (5,), **{f"layer2.{block}.a": (4,) for block in (0, 1)}}
    found = compare(network, checkpoint)

    def told(names_modules: bool, comparison: Comparison = found) -> list[str]:
        shown = "n.{}".format
        return [*counted_differences(network, checkpoint, comparison, shown, names_modules=names_modules)]

    assert told(False) == [
        "5 entries are missing from the file, the first is `n.layer1.0.b` [4]",
        "one entry is only in the file: `n.x.y` [1, 2]",
        "one entry is different in shape: `n.layer1.0.a` [5] in the file, [4] here",
    ]
    modules = "3 in `n.layer1` and 2 in `n.layer2`"
    assert told(True) == [
        f"5 entries are missing from the file, {modules}; the first is `n.layer1.0.b` [4]",
        *told(False)[1:],
    ]
    assert told(True, Comparison((), (), (), ())) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.b.c"], "`a.b.c`"),
        (["a.b.c.d.e", "a.b.c.d.f"], "2 entries, all in `a.b.c.d`,"),
        (["a.b.c.x", "a.b.d.x"], "2 entries, 1 in `a.b.c` and 1 in `a.b.d`,"),
        (["a.b.c.x", "a.b.d.x", "a.c.x"], "3 entries, 1 in `a.b.c`, 1 in `a.b.d` and 1 in `a.c`,"),
        (["a.b.c.x", "a.b.d.x", "a.b.e.x", "a.b.f.x"], "4 entries, all in `a.b`,"),
        (["a.b.x", "a.c.x", "a.d.x", "b.e.x", "b.e.y"], "5 entries, 3 in `a` and 2 in `b.e`,"),
        (["a.x", "b.x", "c.x", "d.x", "e.x", "e.y"], "6 entries, 1 in `a`, 1 in `b`, 1 in `c` and 3 elsewhere,"),
        (["x", "y"], "2 entries, all in `x`,"),
    ],
)
def test_counted_names(names: list[str], expected: str) -> None:
    """In the smallest modules of which there are at most three."""
    assert counted(names) == expected


def test_counted_names_are_shown() -> None:
    """As in the file."""
    shown = "n.{}".format
    assert counted(["a.b"], shown) == "`n.a.b`"
    assert counted(["a.b", "a.c"], shown) == "2 entries, all in `n.a`,"


def test_a_comparison() -> None:
    """What it says of itself."""
    equal, lacking = Comparison(("a",), (), (), ()), Comparison(("a",), ("b", "c"), (), ())
    assert (equal.differing, equal.is_equal, equal.lacks_only, equal.total) == ((), True, False, 1)
    assert (lacking.differing, lacking.is_equal, lacking.lacks_only, lacking.total) == (("b", "c"), False, True, 3)
    assert not Comparison((), ("a",), ("b",), ()).lacks_only
    assert not Comparison((), ("a",), (), ("b",)).lacks_only
    every = Comparison(("z",), ("fc.a",), ("fc.b",), ("fc.c",))
    assert (every.differing, every.total, every.differs_in_classifier_only) == (("fc.a", "fc.b", "fc.c"), 4, True)
    assert not Comparison((), ("fc.a",), ("fcb",), ()).differs_in_classifier_only
    assert not equal.differs_in_classifier_only


def test_a_checkpoint() -> None:
    """Its shapes are those after the changes of its dialect, and its names the file's."""
    changed = Part((Filled((1, 2), 0.5), Filled((2,), 0.5)), Change((1, 0), (2, 1)))
    checkpoint = Checkpoint(file="w", parts={"a": Part((Filled((1,), 0.5),)), "b": changed}, names={"a": "x"})
    assert checkpoint.state == {"a": (1,), "b": (2, 1)}
    assert [checkpoint.shown(name) for name in "ab"] == ["x", "b"]
    assert (changed.dtype, changed.shape) == ("float32", (2, 1))
