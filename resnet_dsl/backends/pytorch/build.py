"""Graph -> a network with fresh weights, on a device, in a dtype."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from ...graph.graph import Graph
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
    if torch.device(device).type == "meta":
        return _on_meta(graph, dtype)
    module = materialise(graph, dtype)
    with seeded(seed):
        initialise(module, graph)
    return module.to(device)


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Random numbers of this seed, and afterwards the global generator as it was; nothing without a seed."""
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        yield


def materialise(graph: Graph, dtype: torch.dtype | None) -> nn.Module:
    """The network on the CPU with unset weights, but for what no `state_dict` has."""
    module = _on_meta(graph, dtype).to_empty(device="cpu")
    for node in graph.layers:
        if node.op.has_constants:
            reset(module.get_submodule(node.name))
    for name, buffer in module.named_buffers():
        if name.endswith("num_batches_tracked"):  # old checkpoints lack it
            buffer.zero_()
    return module


def _on_meta(graph: Graph, dtype: torch.dtype | None) -> nn.Module:
    with torch.device("meta"):
        module = assemble(graph)
    return module.to(dtype=dtype or torch.get_default_dtype())


@torch.no_grad()
def initialise(module: nn.Module, graph: Graph) -> None:
    """Fill every parameter and buffer with its initial value."""
    for node in graph.layers:
        child: Any = module.get_submodule(node.name)
        reset(child)
        match node.op.initial:
            case "kaiming_fan_out":
                nn.init.kaiming_normal_(child.weight, mode="fan_out", nonlinearity="relu")
            case "default":
                pass
            case constant:
                nn.init.constant_(child.weight, constant)


def reset(layer: Any) -> None:
    """Give a layer the initial values that PyTorch gives it."""
    if hasattr(layer, "reset_parameters"):
        layer.reset_parameters()
