"""A network -> the same one in a form that TorchScript takes."""

import torch
from torch import fx, nn


def scriptable(module: nn.Module, opened: tuple[type[nn.Module], ...]) -> fx.GraphModule:
    """The module as a list of the calls of its layers, which it shares, so that TorchScript need not read its plan.

    Args:
        module: what follows a plan, such as a whole network.
        opened: the classes of modules whose layers are called one by one; others are called as they are.
    """
    tracer = _Tracer(opened)
    with torch.no_grad():  # nothing is checkpointed
        graph = tracer.trace(module)
    return fx.GraphModule(module, graph, type(module).__name__)


class _Tracer(fx.Tracer):
    """Records the calls of layers and the arithmetic between them."""

    def __init__(self, opened: tuple[type[nn.Module], ...]) -> None:
        super().__init__()
        self.opened = opened

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return not isinstance(m, self.opened)
