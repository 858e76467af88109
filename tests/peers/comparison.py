"""What makes a library's network and ours the same one."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from tests.helpers import SEARCHES
from tests.peers import hashfill
from tests.peers.standard_names import standard_names

Shapes = dict[str, tuple[int, ...]]

NETWORKS = 1000 if SEARCHES else 45
"""How many networks of each family are compared."""


def close(one: Tensor, other: Tensor, noise: float = 0.0) -> bool:
    """Equal to 1e-9 of the largest element, or to what is only rounding."""
    if one.shape != other.shape:
        return False
    one, other = one.detach(), other.detach()
    return float((one - other).abs().max()) <= max(1e-9 * max(float(other.abs().max()), 1e-30), noise)


def shapes(state: Mapping[str, Tensor]) -> Shapes:
    return {name: tuple(value.shape) for name, value in state.items()}


def differing(ours: Shapes, theirs: Shapes) -> dict[str, tuple[Any, Any]]:
    """The entries whose shapes differ, or that only one of them has."""
    names = sorted(ours.keys() | theirs.keys())
    return {name: (ours.get(name), theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)}


def outputs_and_cost(module: nn.Module, x: Tensor) -> tuple[Tensor, int]:
    """What the module computes in evaluation mode, and half of torch's count for one of the inputs.

    Less what timm counts but no output depends on: queries, attention and classes of tokens that attention pooling
    does not return; and the sums of global context, which it computes by a matrix product.
    """
    needless: list[int] = []

    def attention_pool(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        _, channels, height, width = inputs[0].shape
        classes = module.proj.out_features if isinstance(module.proj, nn.Linear) else 0
        pixels = height * width
        needless.append(pixels * channels * (channels + 2 * (pixels + 1) + classes))

    def global_context(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        needless.append(inputs[0][0].numel())

    hooks = {"timm.layers.attention_pool2d": attention_pool, "timm.layers.global_context": global_context}
    handles = [
        each.register_forward_pre_hook(hooks[type(each).__module__])
        for each in module.modules()
        if type(each).__module__ in hooks
    ]
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.no_grad():
        outputs = module.eval()(x)  # torch does not count the kernel that it otherwise takes on a CPU
    for handle in handles:
        handle.remove()
    count, rest = divmod(counter.get_total_flops(), 2 * len(x))
    assert rest == 0
    return outputs, count - sum(needless)


def zeroed(parameters: Mapping[str, Tensor]) -> set[str]:
    """The norms whose weights are all 0."""
    return {name for name, value in parameters.items() if value.dim() == 1 and not value.any() and "weight" in name}


class Theirs:
    """A library's network, whose entries have standard names."""

    def __init__(self, library: str, module: nn.Module) -> None:
        self.library = library
        """The module that defines its blocks."""
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
    expected, cost = outputs_and_cost(theirs.module, x)
    with torch.no_grad():
        assert close(ours.eval()(x), expected)
    assert graph.macs == cost
    compare_training(ours, theirs, x)


def share_rates(ours: nn.Module, theirs: nn.Module) -> None:
    """Give theirs our probabilities of drop path: some modules of timm compute the same ones in single precision."""
    paths: Any = [[each for each in module.modules() if type(each).__name__ == "DropPath"] for module in (ours, theirs)]
    for our_path, their_path in zip(*paths, strict=True):
        assert abs(our_path.p - their_path.drop_prob) < 1e-7
        their_path.drop_prob = our_path.p


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
    noise = 1e-11 * max(float(gradient.abs().max()) for gradient in gradients.values())
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None
        # A gradient may be nothing but noise, such as that of a bias in front of a softmax.
        assert close(parameter.grad, gradients[name].reshape(parameter.shape), noise), name
