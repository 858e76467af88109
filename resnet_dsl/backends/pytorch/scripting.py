"""A network -> the same one in a form that TorchScript takes."""

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from .extra_layers import BlurPool2d


def scriptable(module: nn.Module, opened: tuple[type[nn.Module], ...]) -> fx.GraphModule:
    """The module as a list of the calls of its layers, which it shares, so that TorchScript need not read its plan.

    Args:
        module: what follows a plan, such as a whole network.
        opened: the classes of modules whose layers are called one by one; others are called as they are.
    """
    tracer = _Tracer(opened)
    with torch.no_grad():  # nothing is checkpointed
        graph = tracer.trace(module)
    found = fx.GraphModule(module, graph, type(module).__name__)
    for name, layer in list(found.named_modules()):
        if isinstance(layer, BlurPool2d):
            found.set_submodule(name, _BlurPool2dWithoutBuffer(layer.channels, layer.stride))
    return found


class _Tracer(fx.Tracer):
    """Records the calls of layers and the arithmetic between them."""

    def __init__(self, opened: tuple[type[nn.Module], ...]) -> None:
        super().__init__()
        self.opened = opened

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return not isinstance(m, self.opened)


class _BlurPool2dWithoutBuffer(nn.Module):
    """`BlurPool2d` with a filter that is made in every pass: TorchScript saves every buffer."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, ⌈height / stride⌉, ⌈width / stride⌉)."""
        line = torch.tensor([1.0, 2.0, 1.0], device=x.device, dtype=x.dtype) / 4
        filters = torch.outer(line, line).expand(self.channels, 1, 3, 3)
        x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(x, filters, stride=self.stride, groups=self.channels)
