"""A law of receptive fields: they are what gradients of a positive, linear network show."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

import resnet_dsl
from resnet_dsl.analysis import ReceptiveField, receptive_field
from resnet_dsl.backends.pytorch import extra_layers
from resnet_dsl.backends.pytorch.module import assemble
from resnet_dsl.graph.ops import Activation, NormOp
from tests.strategies import Document, small_documents

_LONGEST = 1500
_CHECKED = 8
"""How many feature maps of a network."""


class _MeanPoolSame(nn.Module):
    """The mean in place of the maximum, with the padding of TensorFlow."""

    def __init__(self, pool: extra_layers.MaxPool2dSame) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        vertical, horizontal = (self.pool._padding(side) for side in x.shape[2:])
        return functional.avg_pool2d(
            functional.pad(x, (*horizontal, *vertical)), self.pool.kernel_size, self.pool.stride
        )


def linearised(graph: resnet_dsl.Graph) -> nn.Module:
    """The network without norms and activations, with positive weights, and means in place of maxima."""
    module = assemble(graph).double().eval()
    for node in graph.layers:
        parent, _, name = node.name.rpartition(".")
        layer = module.get_submodule(node.name)
        if isinstance(node.op, NormOp | Activation):
            setattr(module.get_submodule(parent), name, nn.Identity())
        elif isinstance(layer, extra_layers.MaxPool2dSame):
            setattr(module.get_submodule(parent), name, _MeanPoolSame(layer))
        elif isinstance(layer, nn.MaxPool2d):
            mean = nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode)
            setattr(module.get_submodule(parent), name, mean)
        elif isinstance(layer, nn.Conv2d):
            weight = torch.full_like(layer.weight, 1 / layer.weight[0].numel())
            plain = nn.Conv2d(
                layer.in_channels,
                layer.out_channels,
                layer.kernel_size,  # type: ignore[arg-type]  # of two numbers
                layer.stride,  # type: ignore[arg-type]
                layer.padding,  # type: ignore[arg-type]
                layer.dilation,  # type: ignore[arg-type]
                layer.groups,
                bias=False,
            )
            plain.weight = nn.Parameter(weight)
            setattr(module.get_submodule(parent), name, plain)
    return module


def rows_seen(graph: resnet_dsl.Graph, side: int, fields: dict[str, tuple[int, ReceptiveField]]) -> dict[str, set[int]]:
    """The rows or columns of the input on which the given one of each feature map depends."""
    module = linearised(graph)
    outputs: dict[str, Tensor] = {}
    for name in fields:
        hook = lambda _, __, output, name=name: outputs.update({name: output.clone()})  # noqa: E731  # it may be overwritten
        module.get_submodule(name).register_forward_hook(hook)
    x = torch.ones(1, *graph.input_shape, dtype=torch.float64, requires_grad=True)
    module(x)
    seen = {}
    for name, (row, _) in fields.items():
        (gradient,) = torch.autograd.grad(outputs[name].select(2 + side, row).sum(), x, retain_graph=True)
        seen[name] = set(gradient.sum((0, 1, 3 - side)).nonzero().flatten().tolist())
    return seen


@settings(max_examples=100)
@given(small_documents(), st.sampled_from([0, 1]))
def test_receptive_fields_are_what_gradients_show(document: Document, side: int) -> None:
    """The first and the last row or column that the middle one of a feature map depends on."""
    graph = resnet_dsl.lower(resnet_dsl.load(document))
    last = receptive_field(graph)[graph.features[-1].node]
    size = list(graph.input_shape[1:])
    size[side] = 2 * (last.size[side] + last.jump[side])
    assume(size[side] <= _LONGEST)
    document = {**document, "input": {**document.get("input", {}), "size": size}, "expect": {}}
    assume(not resnet_dsl.check(document))
    graph = resnet_dsl.lower(resnet_dsl.load(document))
    found = receptive_field(graph)
    maps = [node for node in graph.layers if len(node.shape) == 3 and not found[node.name].is_global]
    chosen = {node.name: (node.shape[1 + side] // 2, found[node.name]) for node in maps[:: len(maps) // _CHECKED + 1]}
    for name, seen in rows_seen(graph, side, chosen).items():
        row, field = chosen[name]
        first = field.start[side] + row * field.jump[side]
        assert (min(seen), max(seen)) == (first, first + field.size[side] - 1), name
