"""Entries of a checkpoint, in a file or in memory, become torch tensors."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import resnet_dsl
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
    assert isinstance(entries, dict)
    assert {name: (entry.dtype, entry.shape) for name, entry in entries.items()} == {
        "a": ("bfloat16", (2, 3)),
        "b": ("float32", (1,)),
    }
    for name, entry in entries.items():
        assert tensor_of(entry).data_ptr() == tensors[name].data_ptr()
        assert not tensor_of(entry).requires_grad


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensor: tensor.to_sparse(), "is sparse"),
        (lambda tensor: tensor.to("meta"), "has no elements: it was saved from the device `meta`"),
        (lambda tensor: tensor.to(torch.complex64), "has complex numbers"),
        (lambda tensor: torch.quantize_per_tensor(tensor, 0.1, 0, torch.quint8), "is quantized (`quint8`)"),
        (lambda tensor: tensor.to(torch.int8), "has whole numbers (`int8`), as weights have that were quantized"),
        (
            lambda tensor: tensor.to(torch.int64),
            "has whole numbers (`int64`), as indices and counts have, and not weights",
        ),
        (lambda tensor: tensor > 0, "has truth values, as masks have, and not weights"),
    ],
)
def test_what_is_no_dense_tensor_of_real_numbers_is_refused(change: Callable[[Tensor], Tensor], reason: str) -> None:
    """And named."""
    tensors = dict(resnet_dsl.build("resnet20").state_dict())
    tensors["conv1.weight"] = change(tensors["conv1.weight"])
    found = message(lambda: resnet_dsl.build("resnet20", weights={"model": tensors}))
    assert found == f"cannot read the weights in `<weights>`: `conv1.weight` {reason}"


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
