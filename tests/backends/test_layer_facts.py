"""What operations say of their layers is true of PyTorch's."""

from collections.abc import Callable

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
