"""What operations say of their layers is true of PyTorch's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resnet_dsl.backends.pytorch.build import reset
from resnet_dsl.backends.pytorch.layers import layer
from resnet_dsl.graph import ops

LAYERS: list[ops.Op] = [
    ops.Conv2d(4, 4, 3, padding=1),
    ops.BatchNorm2d(4),
    ops.GroupNorm(2, 4),
    ops.InstanceNorm2d(4),
    ops.LayerNorm2d(4),
]


def overwritten(function: Callable[[Tensor], Tensor]) -> Tensor:
    """The gradient of the input where the function's output is overwritten before the backward pass."""
    x = torch.linspace(-1, 1, 2 * 4 * 6 * 6).reshape(2, 4, 6, 6).requires_grad_()
    y = function(x)
    y.add_(1)
    (gradient,) = torch.autograd.grad(y.square().sum(), x)
    return gradient


@pytest.mark.parametrize("op", LAYERS, ids=lambda op: op.kind)
def test_an_output_that_the_gradient_does_not_need_may_be_overwritten(op: ops.Op) -> None:
    """Autograd counts the versions of what it has saved, and would raise."""
    assert not op.gradient_needs_output
    module = layer(op, inplace=False)
    reset(module)
    assert overwritten(module).isfinite().all()


@pytest.mark.parametrize("op", [ops.Add(), ops.Multiply()], ids=lambda op: op.kind)
def test_the_same_holds_for_arithmetic(op: ops.Op) -> None:
    """A sum needs neither of its terms, a product only its factors."""
    assert not op.gradient_needs_output
    functions: dict[str, Callable[[Tensor], Tensor]] = {"Add": lambda x: x + x, "Multiply": lambda x: x * x}
    assert overwritten(functions[op.kind]).isfinite().all()


def test_an_output_that_the_gradient_needs_may_not_be_overwritten() -> None:
    """The fact is not vacuous: a ReLU's gradient is computed from its output."""
    assert ops.Activation("relu").gradient_needs_output
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        overwritten(layer(ops.Activation("relu"), inplace=False))


WINDOWS: list[ops.Op] = [
    ops.Conv2d(4, 8, 5, stride=2, padding=3, dilation=2, groups=2),
    ops.MaxPool2d(3, 2, 1),
    ops.AvgPool2d(2, 2),
    ops.ChannelConv1d(5),
]


@pytest.mark.parametrize("op", WINDOWS, ids=lambda op: op.kind)
def test_a_window_is_that_of_the_layer(op: ops.Op) -> None:
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
def test_an_output_depends_on_the_values_in_its_window_only(op: ops.Op) -> None:
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
    reset(module)
    assert next(iter(module.buffers()))[0].sum().item() == pytest.approx(1.0)
    for op in LAYERS:
        built: nn.Module = layer(op, inplace=False)
        assert op.has_constants == (set(dict(built.named_buffers())) > set(built.state_dict()))
