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


def differing(ours: Shapes, theirs: Shapes) -> dict[str, tuple[Any, Any]]:
    """The entries whose shapes differ, or that only one of them has."""
    names = sorted(ours.keys() | theirs.keys())
    return {name: (ours.get(name), theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)}


def multiply_accumulates(module: nn.Module, shape: Sequence[int]) -> int:
    """Half of torch's count for one input, without computing anything."""
    shadow = copy.deepcopy(module).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        shadow(torch.empty(1, *shape, dtype=next(shadow.parameters()).dtype, device="meta"))
    assert counter.get_total_flops() % 2 == 0
    return int(counter.get_total_flops()) // 2


def needless(module: nn.Module, shape: Sequence[int]) -> int:
    """Those of timm's multiply-accumulates that count nothing of the network's, or what its outputs do not depend on.

    Global context sums pixels by a matrix product. Attention pooling computes queries, attention and classes of all
    tokens, of which the first is read.
    """
    found = []

    def global_context(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found.append(inputs[0].numel())

    def attention_pool(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        _, channels, height, width = inputs[0].shape
        classes = module.proj.out_features if isinstance(module.proj, nn.Linear) else 0
        pixels = height * width
        found.append(pixels * channels * (channels + 2 * (pixels + 1) + classes))

    shadow = copy.deepcopy(module).to("meta").eval()
    hooks = {"GlobalContext": global_context, "AttentionPool2d": attention_pool}
    for each in shadow.modules():
        if hook := hooks.get(type(each).__name__):
            each.register_forward_pre_hook(hook)
    with torch.no_grad():
        shadow(torch.empty(1, *shape, dtype=next(shadow.parameters()).dtype, device="meta"))
    return sum(found)


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


def compare(theirs: Theirs, document: Any) -> None:
    """Everything: shapes, parameters, norms that start at 0, outputs, costs, and training."""
    graph = resnet_dsl.lower(resnet_dsl.load(document))
    ours = build_module(graph, dtype=torch.float64)
    theirs.module.double()
    assert differing(shapes(ours.state_dict()), shapes(theirs.state)) == {}
    assert graph.parameters == sum(parameter.numel() for parameter in theirs.module.parameters())
    assert zeroed(dict(ours.named_parameters())) == zeroed(theirs.parameters)
    hashfill.fill(theirs.module)
    ours.load_state_dict(theirs.state, strict=True)
    x = hashfill.probe(*graph.input_shape)
    with torch.inference_mode():
        assert close(ours.eval()(x), theirs.module.eval()(x))
    assert multiply_accumulates(ours, graph.input_shape) == graph.macs
    macs = multiply_accumulates(theirs.module, graph.input_shape) - needless(theirs.module, graph.input_shape)
    assert macs == graph.macs
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
    gradients = {name: parameter.grad for name, parameter in theirs.parameters.items() if parameter.grad is not None}
    noise = 1e-12 * max(float(gradient.abs().max()) for gradient in gradients.values())
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None
        gradient = gradients[name].reshape(parameter.shape)
        is_zero = bool((parameter.grad - gradient).abs().max() <= noise)  # such as a bias in front of a softmax
        assert is_zero or close(parameter.grad, gradient), name
