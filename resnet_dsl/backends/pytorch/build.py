"""Graph -> a freshly initialised network, on a device, in a dtype."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from ...graph.graph import Graph, Node
from .module import assemble


def build_module(
    graph: Graph,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    seed: int | None = None,
) -> nn.Module:
    """The network in training mode, freshly initialised: the same for the same seed on every device.

    Convolutions are initialised with Kaiming normal, fan out (He et al. 2015, arXiv:1502.01852), norms with weight
    1 (0 where the graph says so) and bias 0, the classifier with PyTorch's default.

    Args:
        graph: the network.
        device: the target device; on `meta` the network has shapes but no weights.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        seed: the seed of the weights; by default torch's global generator is used.
    """
    if torch.device(device).type == "meta":
        return _on_meta(graph, dtype)
    module = materialise(graph, dtype)
    with seeded(seed):
        initialise(module, graph)
    return module.to(device)


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Seed torch's global generator and restore it afterwards; does nothing without a seed."""
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        yield


def materialise(graph: Graph, dtype: torch.dtype | None) -> nn.Module:
    """The network on the CPU with uninitialised weights; everything absent from checkpoints is set."""
    module = _on_meta(graph, dtype).to_empty(device="cpu")
    for node in graph.layers:
        if node.op.has_constants:
            reset(module.get_submodule(node.name))
    for name, buffer in module.named_buffers():
        if name.endswith("num_batches_tracked"):  # missing from old checkpoints
            buffer.zero_()
    return module


def _on_meta(graph: Graph, dtype: torch.dtype | None) -> nn.Module:
    with torch.device("meta"):
        module = assemble(graph)
    return module.to(dtype=dtype or torch.get_default_dtype())


@torch.no_grad()
def initialise(module: nn.Module, graph: Graph) -> None:
    """Set every parameter and buffer to its initial value."""
    for node in graph.layers:
        initialise_layer(module.get_submodule(node.name), node)


@torch.no_grad()
def initialise_layer(layer: Any, node: Node) -> None:
    """Set every parameter and buffer of a layer to its initial value."""
    reset(layer)
    match node.op.initial:
        case "kaiming_fan_out":
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        case "default":
            pass
        case constant:
            nn.init.constant_(layer.weight, constant)


def reset(layer: Any) -> None:
    """Reset a layer to PyTorch's default initialisation."""
    if hasattr(layer, "reset_parameters"):
        layer.reset_parameters()
