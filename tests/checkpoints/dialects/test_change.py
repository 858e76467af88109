"""What tensors differ in besides their names."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.dialects.change import Change, Layout

LAYOUTS = [
    (Layout((0, 1, 2, 3)), 4),
    (Layout((3, 2, 0, 1)), 4),
    (Layout((1, 0)), 2),
    (Layout((0, 1, 2, 3), ones=2), 2),
    (Layout((3, 2, 0, 1), ones=2), 2),
    (Layout((2, 0, 1)), 3),
]
"""With the number of axes that PyTorch's weight has."""


def changed(tensor: torch.Tensor, change: Change) -> torch.Tensor:
    return tensor.permute(change.axes).reshape(change.shape)


@given(st.sampled_from(LAYOUTS), st.lists(st.integers(1, 4), min_size=4, max_size=4))
def test_the_two_changes_undo_each_other(case: tuple[Layout, int], sizes: list[int]) -> None:
    """Element by element, for weights of all shapes."""
    layout, rank = case
    ours = torch.arange(torch.tensor(sizes[:rank]).prod().item()).reshape(sizes[:rank])
    theirs = changed(ours, layout.to_theirs(tuple(ours.shape)))
    assert theirs.dim() == len(layout.axes)
    assert torch.equal(changed(theirs, layout.from_theirs(tuple(theirs.shape))), ours)


def test_a_kernel_of_keras_is_one_of_pytorch() -> None:
    """Height, width, input and output channels become output, input, height and width."""
    keras = torch.arange(120).reshape(2, 3, 4, 5)
    ours = changed(keras, Layout((3, 2, 0, 1)).from_theirs((2, 3, 4, 5)))
    assert ours.shape == (5, 4, 2, 3)
    assert all(
        ours[o, i, h, w] == keras[h, w, i, o] for o in range(5) for i in range(4) for h in (0, 1) for w in (0, 2)
    )


def test_a_convolution_stands_for_a_linear_layer() -> None:
    """With its axes of size 1 at the end, or in front where kernels are transposed."""
    assert Layout((0, 1, 2, 3), ones=2).from_theirs((10, 8, 1, 1)) == Change((0, 1, 2, 3), (10, 8))
    assert Layout((0, 1, 2, 3), ones=2).to_theirs((10, 8)) == Change((0, 1), (10, 8, 1, 1))
    assert Layout((3, 2, 0, 1), ones=2).to_theirs((10, 8)) == Change((1, 0), (1, 1, 8, 10))


@pytest.mark.parametrize("shape", [(), (7,), (10, 8), (10, 8, 3, 3), (10, 8, 1), (10, 0, 1, 2)])
def test_what_cannot_be_such_a_weight_is_left_alone(shape: tuple[int, ...]) -> None:
    """Its shape is a fault for others to report."""
    assert Layout((0, 1, 2, 3), ones=2).from_theirs(shape) == Change.none(shape)
