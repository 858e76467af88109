"""What operations say of their layers is true of PyTorch's."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_dsl.analysis.saved_tensors import bytes_of
from resnet_dsl.backends.pytorch.functions import function
from resnet_dsl.backends.pytorch.layers import layer
from resnet_dsl.graph import ops
from resnet_dsl.graph.shapes import Shape
from tests.graph.test_ops import FACTS

COMPUTED = list(dict.fromkeys((op, tuple(inputs)) for op, inputs, *_ in FACTS if inputs))
SMALL = [(op, inputs) for op, inputs in COMPUTED if max(map(prod, inputs)) < 1000]
OVERWRITABLE = [(op, inputs) for op, inputs in SMALL if not op.gradient_needs_output]


def implementation(op: ops.Op) -> Callable[..., Tensor]:
    """The layer or function of an operation, with weights."""
    if isinstance(op, ops.Arithmetic):
        return function(op, inplace=False)
    return layer(op, inplace=False)


def batches(inputs: Sequence[Shape], size: int = 2) -> list[Tensor]:
    """Batches of such values, all of which differ."""
    return [torch.linspace(-1, 1, size * prod(shape)).reshape(size, *shape).requires_grad_() for shape in inputs]


@pytest.mark.parametrize(("op", "inputs"), COMPUTED, ids=str)
def test_shapes_weights_and_costs_are_those_of_the_implementation(op: ops.Op, inputs: Sequence[Shape]) -> None:
    """Names and shapes of the weights too; a multiply-accumulate is two operations of PyTorch's counter."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        implemented = implementation(op)
        output = implemented(*(torch.empty(1, *shape) for shape in inputs))
    assert tuple(output.shape[1:]) == op.infer(inputs)
    assert counter.get_total_flops() == 2 * op.macs(inputs)
    module = implemented if isinstance(implemented, nn.Module) else nn.Identity()
    trained = {name: tuple(value.shape) for name, value in module.named_parameters()}
    assert trained == op.weights
    assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == {**trained, **op.statistics}


@pytest.mark.parametrize(("op", "inputs"), SMALL, ids=str)
def test_what_an_operation_saves_is_what_autograd_saves(op: ops.Op, inputs: Sequence[Shape]) -> None:
    """Each storage once: inputs, the output, and numbers of its own; parameters and buffers aside."""
    implemented = implementation(op)
    module = implemented.train() if isinstance(implemented, nn.Module) else nn.Identity()
    own = {each.untyped_storage().data_ptr() for each in (*module.parameters(), *module.buffers())}
    storages: dict[int, Any] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage
        return tensor

    values = [each * 1 for each in batches(inputs)]
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = implemented(*values)
    saved = op.saved(inputs, 2, in_place=False)
    whole = [values[index] for index in {*saved.inputs, *saved.operands, *saved.widened}] + [output] * saved.output
    found = {place: storage for place, storage in storages.items() if place not in own}
    assert {each.untyped_storage().data_ptr() for each in whole} <= found.keys()
    others = sum(map(bytes_of, saved.more))
    assert (
        sum(storage.nbytes() for storage in found.values())
        == sum(each.untyped_storage().nbytes() for each in whole) + others
    )


@pytest.mark.parametrize(("op", "inputs"), OVERWRITABLE, ids=str)
def test_an_output_that_the_gradient_does_not_need_may_be_overwritten(op: ops.Op, inputs: Sequence[Shape]) -> None:
    """Autograd counts the versions of what it has saved, and would raise."""
    leaves = batches(inputs)
    output = implementation(op)(*(leaf * 1 for leaf in leaves))
    output.add_(1)
    gradients = torch.autograd.grad(output.square().sum(), leaves)
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_an_output_that_the_gradient_needs_may_not_be_overwritten() -> None:
    """The fact is not vacuous: a ReLU's gradient is computed from its output."""
    op = ops.Activation("relu")
    assert op.gradient_needs_output
    (x,) = batches([(4, 6, 6)])
    output = implementation(op)(x)
    output.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(output.sum(), x)


@pytest.mark.parametrize(("op", "inputs"), OVERWRITABLE, ids=str)
def test_an_output_in_the_memory_of_the_input_is_a_view(op: ops.Op, inputs: Sequence[Shape]) -> None:
    """Overwriting it would change what others read; all other outputs have memory of their own."""
    values = batches(inputs)
    output = implementation(op)(*values)
    shared = {value.untyped_storage().data_ptr() for value in values}
    assert op.is_view == (output.untyped_storage().data_ptr() in shared)


WINDOWS: list[ops.Layer] = [
    ops.Conv2d(4, 8, 5, stride=2, padding=3, dilation=2, groups=2),
    ops.StandardizedConv2d(4, 8, 5, stride=2, padding=3, dilation=2, groups=2),
    ops.MaxPool2d(3, 2, 1),
    ops.MaxPool2d(3, 2, 1, zeros=True),
    ops.AvgPool2d(2, 2),
    ops.AvgPool2d(3, 2, padding=1, counts_padding=True),
    ops.ChannelConv1d(5),
]


@pytest.mark.parametrize("op", WINDOWS, ids=lambda op: op.kind)
def test_a_window_is_that_of_the_layer(op: ops.Layer) -> None:
    """Kernel, stride, padding, dilation and groups are PyTorch's, for as many sides as the kernel has."""
    module: Any = layer(op, inplace=False)
    window = op.window
    assert window is not None
    for name, value in (("kernel_size", window.kernel), ("stride", window.stride), ("padding", window.padding)):
        assert {*np.ravel(getattr(module, name))} == {*np.ravel(value)}
    assert {getattr(module, "dilation", 1)} <= {window.dilation, (window.dilation,) * len(window.kernel)}
    assert getattr(module, "groups", None) == window.groups


@pytest.mark.parametrize(
    "op",
    [
        *(op for op in WINDOWS if not isinstance(op, ops.MaxPool2d)),  # whose gradient goes to the largest value alone
        ops.BlurPool2d(4, 2),
        ops.AvgPool2dSame(),
        ops.PaddingShortcut(8, 2),
    ],
    ids=lambda op: op.kind,
)
def test_an_output_depends_on_the_values_in_its_window_only(op: ops.Layer) -> None:
    """The gradient of one output is that of as many values as the window spans, along each side."""
    window = op.window
    assert window is not None
    is_2d = len(window.kernel) == 2
    x = torch.rand((1, 4, 24, 24) if is_2d else (1, 24, 1, 1), requires_grad=True)
    output = layer(op, inplace=False)(x)
    (gradient,) = torch.autograd.grad(output[0, 0, 5, 5] if is_2d else output[0, 12, 0, 0], x)
    touched = gradient[0].abs().sum(0) if is_2d else gradient[0, :, 0, 0]
    assert tuple(len(set(axis.tolist())) for axis in touched.nonzero(as_tuple=True)) == window.kernel


def test_only_filters_have_constants() -> None:
    """Tensors that no `state_dict` has, and that have to be filled all the same."""
    filter_op = ops.BlurPool2d(4, 2)
    assert filter_op.has_constants
    with torch.device("meta"):
        module = layer(filter_op, inplace=False)
    assert module.state_dict() == {}
    module = module.to_empty(device="cpu")
    assert next(iter(module.buffers()))[0].sum().item() == pytest.approx(1.0)
    for op in {op for op, *_ in FACTS if not isinstance(op, ops.Arithmetic)}:
        built: nn.Module = layer(op, inplace=False)
        assert op.has_constants == bool(dict(built.named_buffers()).keys() - built.state_dict().keys())
