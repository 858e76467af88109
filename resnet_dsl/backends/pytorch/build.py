"""Graph -> a network with weights, on a device, in a dtype."""

from typing import Any

import torch
from torch import nn

from ...graph.graph import Graph
from ...graph.ops import BatchNorm2d, GroupNorm, LayerNorm2d
from .module import assemble


def build_module(
    graph: Graph,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    seed: int | None = None,
) -> nn.Module:
    """The network in training mode, with fresh weights: the same for the same seed on every device.

    Convolutions start Kaiming normal, fan out (He et al. 2015, arXiv:1502.01852), norms with weight 1 and bias
    0, or weight 0 where the graph says so, the classifier as PyTorch initialises it.

    Args:
        graph: the network.
        device: where it goes; on `meta` it has shapes and no weights.
        dtype: of weights and buffers; torch's default dtype unless given.
        seed: of the weights; without it torch's global generator goes on.
    """
    with torch.device("meta"):
        module = assemble(graph)
    module = module.to(dtype=dtype or torch.get_default_dtype())
    if torch.device(device).type == "meta":
        return module
    module = module.to_empty(device="cpu")
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        initialise(module, graph)
    return module.to(device)


@torch.no_grad()
def initialise(module: nn.Module, graph: Graph) -> None:
    """Fill every parameter and buffer with its initial value."""
    for node in graph.layers:
        child: Any = module.get_submodule(node.name)
        if hasattr(child, "reset_parameters"):
            child.reset_parameters()
        if isinstance(child, nn.Conv2d):
            nn.init.kaiming_normal_(child.weight, mode="fan_out", nonlinearity="relu")
        if isinstance(node.op, BatchNorm2d | GroupNorm | LayerNorm2d):
            nn.init.constant_(child.weight, node.op.initial_weight)
