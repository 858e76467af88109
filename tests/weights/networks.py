"""Small networks with weights that depend only on names, and the entries of their `state_dict`.

`tests/peers` holds them to be torchvision's and timm's to the last digit; the files of `tests/weights` contain their
entries under other libraries' names.
"""

from typing import Any, TypeVar

import torch
from torch import Tensor, nn

import resnet_dsl
from tests.peers import hashfill

State = dict[str, Tensor]
M = TypeVar("M", bound=nn.Module)

BASIC: dict[str, Any] = {
    "name": "basic",
    "stem": {"channels": 8},
    "block": {"type": "basic"},
    "stages": {"depths": [2, 1, 1, 1], "widths": [8, 12, 16, 24]},
    "head": {"classes": 7},
}
BOTTLENECK: dict[str, Any] = {
    "name": "bottleneck",
    "stem": {"channels": 8},
    "block": {"type": "bottleneck"},
    "stages": {"depths": [2, 1, 1, 1], "widths": [4, 8, 12, 16]},
    "head": {"classes": 7},
}
DEEP: dict[str, Any] = BOTTLENECK | {
    "name": "deep",
    "stem": {"channels": [6, 6, 8], "kernel": 3},
    "shortcut": {"pool": "avg"},
}
"""ResNet-D: three convolutions in the stem, pooling in the shortcuts."""
CIFAR: dict[str, Any] = {
    "name": "cifar",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3, "stride": 1, "pool": "none"},
    "block": {"type": "basic"},
    "stages": {"depths": [2, 1, 1], "widths": [8, 12, 16]},
    "head": {"classes": 10},
}

REGNET: dict[str, Any] = {
    "name": "regnet",
    "stem": {"channels": 8, "kernel": 3, "pool": "none"},
    "block": {"type": "bottleneck", "expansion": 1, "group_width": 8},
    "attention": {"type": "se", "ratio": 0.25, "divisor": 1, "of": "input", "position": "inner"},
    "stages": {"depths": [1, 2, 1, 1], "widths": [16, 24, 32, 48], "strides": 2},
    "head": {"classes": 7},
}
"""RegNetY."""
BIT: dict[str, Any] = BOTTLENECK | {
    "name": "bit",
    "stem": {"channels": 32, "pool": {"type": "max", "padding": "zero"}},
    "conv": {"type": "standardized", "eps": 1e-8},
    "block": {"type": "bottleneck", "preactivation": True},
    "norm": "group",
    "stages": {"depths": [2, 1, 1, 1], "widths": [32, 32, 64, 64]},
}
"""Big Transfer."""
CLIP: dict[str, Any] = DEEP | {
    "name": "clip",
    "input": {"size": 64},
    "stem": {"channels": [6, 6, 8], "kernel": 3, "pool": "avg"},
    "antialias": "avg",
    "stages": {"depths": [2, 1, 1, 1], "widths": [4, 8, 12, 16]},
    "head": {"pool": "attention", "classes": 10},
}
"""The image tower of CLIP."""


def network(spec: dict[str, Any], salt: str = "", **keys: Any) -> nn.Module:
    """The network in evaluation mode; each salt gives other weights."""
    overrides = {key.replace("__", "."): value for key, value in keys.items()}
    return filled(resnet_dsl.build(spec, overrides=overrides, device="cpu"), salt)


@torch.no_grad()
def filled(module: M, salt: str = "") -> M:
    """The module in evaluation mode, each entry filled according to its name."""
    for name, tensor in module.state_dict().items():
        tensor.copy_(hashfill.value(salt + name, tensor))
    module.eval()
    return module


def state_of(module: nn.Module, prefix: str = "") -> State:
    """Its entries, by names with a prefix."""
    return {prefix + name: value for name, value in module.state_dict().items()}


def tensor(name: str, *shape: int) -> Tensor:
    """An entry that is no part of the network."""
    return hashfill.uniform(name, shape).float()


def linear(name: str, inputs: int, outputs: int, *, bias: bool = True) -> State:
    """The entries of a `Linear` layer."""
    weight = {f"{name}.weight": tensor(name, outputs, inputs)}
    return weight | ({f"{name}.bias": tensor(name, outputs)} if bias else {})


def norm(name: str, channels: int, *, affine: bool = True) -> State:
    """The entries of a `BatchNorm` layer."""
    learned = {f"{name}.weight": tensor(name, channels), f"{name}.bias": tensor(name, channels)} if affine else {}
    return {
        **learned,
        f"{name}.running_mean": tensor(name, channels),
        f"{name}.running_var": tensor(name, channels) + 1,
        f"{name}.num_batches_tracked": torch.tensor(100),
    }


def convolution(name: str, inputs: int, outputs: int, kernel: int = 1, *, bias: bool = True) -> State:
    """The entries of a `Conv2d` layer."""
    weight = {f"{name}.weight": tensor(name, outputs, inputs, kernel, kernel)}
    return weight | ({f"{name}.bias": tensor(name, outputs)} if bias else {})


def without_counters(state: State) -> State:
    """As files of torch before 0.4.1, and those of frozen norms, are."""
    return {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}


def headless(state: State) -> State:
    """Without the classifier."""
    return {name: value for name, value in state.items() if ".fc." not in f".{name}"}


def optimizer_of(module: nn.Module) -> dict[str, Any]:
    """The state of SGD after a step: momentum buffers by number."""
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    kept = {name: value.clone() for name, value in module.state_dict().items()}
    optimizer.step()
    optimizer.zero_grad()
    module.load_state_dict(kept)
    state: dict[str, Any] = optimizer.state_dict()
    return state
