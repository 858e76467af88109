"""Networks as Python source, run beside the networks that the compiler builds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

from resnet_dsl.backends.pytorch.build import allocate, build_module
from resnet_dsl.backends.source import python_source
from resnet_dsl.graph.graph import Graph
from tests.helpers import lower
from tests.peers import hashfill

SPECS = {path.stem: path for path in (Path(__file__).parents[3] / "specs").rglob("*.yaml")}

ODD = [
    "name: a\n",
    "a: \"\\n\"\nb: '\\d'\n",
    'a: \'"""\'\n',
    'b: "',
    "  a: 1\n\n    b: 2  \n",
    "a:\t1\n",
    "a: 1\r\nb: \u2028\u00a0\n",
    f"a: {'long ' * 40}\n",
    f"a: {'long ' * 22}https://example.org/{'x' * 100}\n",
    f"# {'x' * 130}\n",
    f"# {'字' * 60}\n",
    f"{'x' * 130}\n",
    "",
]
"""Texts that a docstring cannot hold as they are, or whose lines are long."""


def source(name: str) -> str:
    return python_source(lower(name), spec=SPECS[name].read_text("utf-8"), version="1.2.3")


def made(text: str, kind: str = "ResNet") -> nn.Module:
    """The network that a file makes."""
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(text, "written.py", "exec"), names)
    network: nn.Module = names[kind]()
    return network


def assert_equal(graph: Graph, *, is_drawn: bool = True) -> None:
    """The file makes the network that the compiler builds: names, results, gradients are the same to the last bit.

    Args:
        graph: the network.
        is_drawn: whether weights are drawn as both draw them; if not, which takes less time, they come from a table.
    """
    text = python_source(graph, spec="", version="1.2.3")
    if is_drawn:
        built, network = build_module(graph, seed=0), made(text, graph.containers[""])
    else:
        built = hashfill.fill_from_table(allocate(graph, "cpu", None))
        with patch.multiple(nn.init, kaiming_uniform_=_keep, kaiming_normal_=_keep):
            network = made(text, graph.containers[""])
    shapes = [{key: value.shape for key, value in each.state_dict().items()} for each in (built, network)]
    assert list(shapes[0]) == list(shapes[1])
    assert shapes[0] == shapes[1]
    assert _modules(built) == _modules(network)
    assert {*_overwriting(network)} <= {*_overwriting(built)}
    network.load_state_dict(built.state_dict())
    for training in (False, True):
        one, other = (_run(each, graph, training) for each in (built, network))
        if not all(map(torch.equal, one, other)):
            torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True)


def _keep(tensor: Tensor, *_: object, **__: object) -> Tensor:
    return tensor


def _modules(network: nn.Module) -> list[str]:
    """Without the gaps of sequences, which `nn.Identity` fills."""
    return [name for name, module in network.named_modules() if not isinstance(module, nn.Identity)]


def _overwriting(network: nn.Module) -> list[str]:
    return [name for name, module in network.named_modules() if getattr(module, "inplace", False)]


def _run(network: nn.Module, graph: Graph, training: bool) -> Sequence[Tensor]:
    """Outputs, gradients and buffers after a step, with the same random numbers each time."""
    network.train(training)
    network.zero_grad()
    torch.manual_seed(1)
    x = torch.randn(2, *graph.input_shape, requires_grad=True)
    result = network(x)
    outputs: list[Tensor] = result if isinstance(result, list) else [result]
    torch.stack([output.square().sum() for output in outputs]).sum().backward()  # type: ignore[no-untyped-call]
    gradients = [value.grad for value in (x, *network.parameters()) if value.grad is not None]
    return [*(output.detach() for output in outputs), *gradients, *(buffer.clone() for buffer in network.buffers())]
