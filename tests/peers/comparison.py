"""What makes a library's network and ours the same one."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from tests.peers import hashfill
from tests.peers.standard_names import standard_names

Shapes = dict[str, tuple[int, ...]]


def close(one: Tensor, other: Tensor) -> bool:
    """Equal to 1e-9 of the largest element."""
    return one.shape == other.shape and bool((one - other).abs().max() <= 1e-9 * other.abs().max().clamp(min=1e-30))


def shapes(state: Mapping[str, Tensor]) -> Shapes:
    return {name: tuple(value.shape) for name, value in state.items()}


def multiply_accumulates(module: nn.Module, shape: Sequence[int]) -> int:
    """Half of torch's count for one input, without computing anything."""
    shadow = copy.deepcopy(module).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        shadow(torch.empty(1, *shape, dtype=next(shadow.parameters()).dtype, device="meta"))
    assert counter.get_total_flops() % 2 == 0
    return int(counter.get_total_flops()) // 2


def zeroed(parameters: Mapping[str, Tensor]) -> set[str]:
    """The norms whose weights are all 0."""
    return {name for name, value in parameters.items() if value.dim() == 1 and not value.any() and "weight" in name}


class Theirs:
    """A library's network, whose entries have standard names."""

    def __init__(self, library: str, module: nn.Module) -> None:
        self.module = module
        self.names = standard_names(library, module)
        self.parameters = {self.names[name]: value for name, value in module.named_parameters()}

    @property
    def state(self) -> dict[str, Tensor]:
        """A classifier that is a 1x1 convolution, as a linear layer."""
        state = {self.names[name]: value for name, value in self.module.state_dict().items()}
        return state | {name: value.flatten(1) for name, value in state.items() if name == "fc.weight"}


def compare(theirs: Theirs, document: Any, *, macs_beyond: int = 0) -> None:
    """Everything but the behaviour in training: shapes, parameters, norms that start at 0, outputs, and costs.

    Args:
        macs_beyond: the multiply-accumulates of the library's that a network with the same outputs need not make.
    """
    graph = resnet_dsl.lower(resnet_dsl.load(document))
    ours = build_module(graph, dtype=torch.float64)
    theirs.module.double()
    assert shapes(ours.state_dict()) == shapes(theirs.state)
    assert graph.parameters == sum(parameter.numel() for parameter in theirs.module.parameters())
    assert zeroed(dict(ours.named_parameters())) == zeroed(theirs.parameters)
    hashfill.fill(theirs.module)
    ours.load_state_dict(theirs.state, strict=True)
    x = hashfill.probe(*graph.input_shape)
    with torch.inference_mode():
        assert close(ours.eval()(x), theirs.module.eval()(x))
    assert multiply_accumulates(ours, graph.input_shape) == graph.macs
    assert multiply_accumulates(theirs.module, graph.input_shape) == graph.macs + macs_beyond
    compare_training(ours, theirs, x)


def share_rates(ours: nn.Module, theirs: nn.Module) -> None:
    """Give theirs our probabilities of drop path: some modules of timm compute the same ones in single precision."""
    rates = [each.p for each in ours.modules() if type(each).__name__ == "DropPath"]
    paths = [each for each in theirs.modules() if type(each).__name__ == "DropPath"]
    for path, rate in zip(paths, rates, strict=True):
        assert abs(path.drop_prob - rate) < 1e-7
        path.drop_prob = rate


def compare_training(ours: nn.Module, theirs: Theirs, x: Tensor) -> None:
    """Outputs in training mode, with the same samples and features dropped, running statistics, and gradients."""
    share_rates(ours, theirs.module)
    outputs = []
    for module in (ours, theirs.module):
        torch.manual_seed(0)
        module.train()
        outputs.append(module(x))
        (outputs[-1] * hashfill.uniform("direction", outputs[-1].shape)).sum().backward()
    assert close(*outputs)
    expected = theirs.state
    for name, value in ours.state_dict().items():
        assert close(value, expected[name]) if value.is_floating_point() else torch.equal(value, expected[name]), name
    for name, parameter in ours.named_parameters():
        gradient = theirs.parameters[name].grad
        assert parameter.grad is not None
        assert gradient is not None
        assert close(parameter.grad, gradient.reshape(parameter.shape)), name
