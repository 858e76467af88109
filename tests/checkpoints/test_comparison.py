"""Comparing names and shapes."""

from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.comparison import Comparison, State, compare

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
