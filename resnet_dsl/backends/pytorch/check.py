"""Checks the built module against the graph: every layer's measured output shape and parameters."""

import contextlib
import io
from collections.abc import Iterator

import torch
import torchsummary
from torch import nn

from ...diagnostics.diagnostic import Diagnostic
from ...graph.graph import Graph, Module
from ..tables import torchsummary_table
from ..tables.rows import Request


def measure(module: nn.Module, graph: Graph) -> list[Module]:
    """Run a batch of 2; list every module except the root and `nn.Sequential`s, in the order they finish."""
    measured: list[Module] = []

    def record(name: str) -> object:
        def hook(child: nn.Module, _: object, output: torch.Tensor) -> None:
            parameters = sum(parameter.numel() for parameter in child.parameters(recurse=name not in graph.containers))
            measured.append(Module(name, type(child).__name__, tuple(output.shape[1:]), parameters))

        return hook

    with contextlib.ExitStack() as hooks:
        for name, child in module.named_modules():
            if name and not isinstance(child, nn.Sequential):
                hooks.enter_context(child.register_forward_hook(record(name)))
        with _evaluating(module):
            module(_input(module, graph))
    return measured


def differences(module: nn.Module, graph: Graph) -> list[Diagnostic]:
    """Where the built module differs from the graph; empty unless the compiler has a bug."""
    expected, actual = list(graph.modules), measure(module, graph)
    pairs = [(one, other) for one, other in zip(expected, actual, strict=False) if one != other]
    messages = [f"the graph has {one}, the built network {other}" for one, other in pairs]
    if len(expected) != len(actual):
        messages.append(f"the graph has {len(expected)} modules, the built network {len(actual)}")
    total = sum(parameter.numel() for parameter in module.parameters())
    if total != graph.parameters:
        messages.append(f"the graph has {graph.parameters:,} parameters, the built network {total:,}")
    return [_bug(message) for message in messages]


def supports_torchsummary(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether torchsummary can run a network on this device with this dtype."""
    return device.type in ("cpu", "cuda") and dtype == torch.float32


def run_torchsummary(module: nn.Module, graph: Graph, batch_size: int | None) -> str:
    """What torchsummary prints for the module."""
    device = next(module.parameters()).device
    text = io.StringIO()
    on_device = torch.cuda.device(device) if device.type == "cuda" else contextlib.nullcontext()
    with _evaluating(module), contextlib.redirect_stdout(text), on_device:
        batch = -1 if batch_size is None else batch_size
        torchsummary.summary(module, graph.input_shape, batch, device.type)
    return text.getvalue()


def torchsummary_difference(printed: str, graph: Graph, batch_size: int | None) -> list[Diagnostic]:
    """The first line in which torchsummary's table differs from the graph's; empty unless the compiler has a bug."""
    expected = torchsummary_table.write(Request(graph, batch_size=batch_size)).splitlines()
    for one, other in zip(expected, printed.splitlines(), strict=False):
        if one != other:
            message = f"the graph has `{one.strip()}`, torchsummary `{other.strip()}`"
            return [_bug(message)]
    return []


def _bug(message: str) -> Diagnostic:
    return Diagnostic(code="RD902", message=message, helps=("report this bug in resnet-dsl, with the spec",))


def _input(module: nn.Module, graph: Graph) -> torch.Tensor:
    parameter = next(module.parameters())
    return torch.zeros(2, *graph.input_shape, device=parameter.device, dtype=parameter.dtype)


@contextlib.contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; restores every module's mode and the random generators afterwards."""
    modes = {child: child.training for child in module.modules()}
    device = next(module.parameters()).device
    devices = [device] if device.type == "cuda" else []
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=devices):
            module.eval()
            yield
    finally:
        for child, training in modes.items():
            child.training = training
