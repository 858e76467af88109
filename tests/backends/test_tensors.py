"""Entries of a checkpoint, in a file or in memory, become torch tensors."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from resnet_dsl.backends.pytorch.tensors import Held, held, tensor_of
from resnet_dsl.checkpoints.stored import Stored
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault


def message(action: Any) -> str:
    """Of the fault."""
    with pytest.raises(EnvironmentFault) as caught:
        action()
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD504"
    return diagnostic.message


def test_tensors_in_memory_are_entries() -> None:
    """With their dtype and shape; none is copied, and a parameter is its tensor without its gradient."""
    tensors = {"a": torch.zeros(2, 3, dtype=torch.bfloat16), "b": nn.Parameter(torch.ones(1))}
    entries = held(tensors)
    assert {name: (entry.dtype, entry.shape) for name, entry in entries.items()} == {
        "a": ("bfloat16", (2, 3)),
        "b": ("float32", (1,)),
    }
    for name, entry in entries.items():
        assert tensor_of(entry).data_ptr() == tensors[name].data_ptr()
        assert not tensor_of(entry).requires_grad


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({1: torch.zeros(1)}, "`1` is not a name"),
        ({"a": [1.0]}, "`a` is of type `list`, not a tensor"),
        ({"a": torch.eye(2).to_sparse()}, "`a` is sparse"),
        ({"a": torch.zeros(1, device="meta")}, "`a` has no elements: it was saved from the device `meta`"),
        ({"a": torch.zeros(1, dtype=torch.complex64)}, "`a` has complex numbers"),
        ({"a": torch.quantize_per_tensor(torch.zeros(1), 0.1, 0, torch.quint8)}, "`a` is quantized (`quint8`)"),
    ],
)
def test_what_is_no_dense_tensor_of_real_numbers_is_refused(mapping: Any, reason: str) -> None:
    """And named."""
    assert message(lambda: held(mapping)) == f"cannot use the weights: {reason}"


def test_elements_are_taken_by_strides_and_offset() -> None:
    """Into a dense tensor of its own."""
    elements = torch.arange(10.0)
    entry = Stored("float32", (2, 3), (1, 2), 3, lambda: bytearray(bytes(elements.numpy())))
    tensor = tensor_of(entry)
    assert torch.equal(tensor, torch.tensor([[3.0, 5.0, 7.0], [4.0, 6.0, 8.0]]))
    assert tensor.is_contiguous()
    assert tensor.untyped_storage().nbytes() == 24


def test_a_type_that_torch_lacks_is_refused() -> None:
    """Such as one of four bits in safetensors."""
    entry = Stored("packed f4", (2,), (1,), 0, bytes)
    assert message(lambda: tensor_of(entry)) == "cannot use the weights: a tensor is packed"


def test_nested_tensors_have_a_number_of_tensors() -> None:
    """Their shape is no more than that."""
    nested: Tensor = torch.nested.nested_tensor([torch.zeros(1), torch.zeros(2)])
    assert (Held(nested).dtype, Held(nested).shape) == ("nested float32", (2,))
