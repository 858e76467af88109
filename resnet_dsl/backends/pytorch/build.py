"""Graph -> a freshly initialised network, on a device, in a dtype."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ...graph.graph import Graph
from .extra_layers import BlurPool2d
from .initial_values import initialise_layers
from .module import assemble


def build_module(
    graph: Graph,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    seed: int | None = None,
) -> nn.Module:
    """The network in training mode, freshly initialised.

    Convolutions are initialised with Kaiming normal, fan out (He et al. 2015, arXiv:1502.01852), norms with weight
    1 (0 where the graph says so) and bias 0, the classifier with PyTorch's default. A layer gets the same weights for
    the same seed whatever stands beside it, on every device, and in every dtype up to rounding.

    Args:
        graph: the network.
        device: the target device; on `meta` the network has shapes but no weights.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        seed: the seed of the weights; by default it is drawn from torch's global generator.
    """
    module = allocate(graph, device, dtype)
    if torch.device(device).type != "meta":
        initialise_layers(module, graph.layers, seed)
    return module


def allocate(graph: Graph, device: torch.device | str, dtype: torch.dtype | None) -> nn.Module:
    """The network with uninitialised weights; everything absent from checkpoints is set."""
    with _Uninitialised(torch.device(device), dtype or torch.get_default_dtype()):
        module = assemble(graph)
    if any(node.op.has_constants for node in graph.layers):
        module.register_load_state_dict_post_hook(_restore_constants)  # type: ignore[no-untyped-call]
    return module


class _Uninitialised(TorchFunctionMode):
    """Makes layers on a device, in a dtype, without what their constructors draw: all is drawn once, afterwards."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.defaults = {"device": device, "dtype": dtype}

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func in _FILLS:
            return args[0] if args else named["tensor"]
        if func in _FACTORIES:
            named = named | {name: named.get(name) or default for name, default in self.defaults.items()}
        return func(*args, **named)


_FACTORIES = (torch.empty, torch.zeros, torch.ones, torch.tensor)
_FILLS = (
    *(nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.ones_, nn.init.zeros_, nn.init.constant_),
    *(Tensor.fill_, Tensor.zero_, Tensor.uniform_, Tensor.normal_),
)


def _restore_constants(module: nn.Module, _: object) -> None:
    """Give constants values once `load_state_dict` has assigned tensors to a network on `meta`."""
    like = next(module.parameters())
    for child in module.modules():
        if isinstance(child, BlurPool2d) and child.filt.is_meta and not like.is_meta:
            child.restore(like)
