"""Is the built module what the graph says? Every layer's real output shape and parameters, measured."""

import contextlib
import io
from collections.abc import Iterator

import torch
import torchsummary
from torch import nn

from ...diagnostics.diagnostic import Diagnostic
from ...graph.graph import Graph, Module
from ..tables import torchsummary_table


def measure(module: nn.Module, graph: Graph) -> list[Module]:
    """One forward pass of a batch of 2: every module but the root and sequences, in the order they end."""
    measured: list[Module] = []

    def record(name: str) -> object:
        def hook(child: nn.Module, _: object, output: torch.Tensor) -> None:
            parameters = sum(parameter.numel() for parameter in child.parameters(recurse=False))
            measured.append(Module(name, type(child).__name__, tuple(output.shape[1:]), parameters))

        return hook

    with contextlib.ExitStack() as hooks:
        for name, child in module.named_modules():
            if name and not isinstance(child, nn.Sequential):
                hooks.enter_context(child.register_forward_hook(record(name)))
        with _untouched(module):
            module(_input(module, graph))
    return measured


def differences(module: nn.Module, graph: Graph) -> list[Diagnostic]:
    """Where the built module is not what the graph says; nothing, unless the compiler has a bug."""
    expected, actual = list(graph.modules), measure(module, graph)
    pairs = [(one, other) for one, other in zip(expected, actual, strict=False) if one != other]
    messages = [f"the graph says {one}, the module has {other}" for one, other in pairs]
    if len(expected) != len(actual):
        messages.append(f"the graph has {len(expected)} modules, the built network {len(actual)}")
    total = sum(parameter.numel() for parameter in module.parameters())
    if total != graph.parameters:
        messages.append(f"the graph has {graph.parameters:,} parameters, the built network {total:,}")
    return [_bug(message) for message in messages]


def knows_torchsummary(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether torchsummary can run a network there."""
    return device.type in ("cpu", "cuda") and dtype == torch.float32


def run_torchsummary(module: nn.Module, graph: Graph, batch_size: int | None) -> str:
    """What torchsummary prints for the module."""
    device = next(module.parameters()).device
    text = io.StringIO()
    on_device = torch.cuda.device(device) if device.type == "cuda" else contextlib.nullcontext()
    with _untouched(module), contextlib.redirect_stdout(text), on_device:
        batch = -1 if batch_size is None else batch_size
        torchsummary.summary(module, graph.input_shape, batch, device.type)
    return text.getvalue()


def torchsummary_difference(printed: str, graph: Graph, batch_size: int | None) -> list[Diagnostic]:
    """The first line in which torchsummary's table is not the graph's; nothing, unless the compiler has a bug."""
    expected = torchsummary_table.write(graph, batch_size).splitlines()
    for one, other in zip(expected, printed.splitlines(), strict=False):
        if one != other:
            message = f"the graph says `{one.strip()}`, torchsummary `{other.strip()}`"
            return [_bug(message)]
    return []


def _bug(message: str) -> Diagnostic:
    return Diagnostic(code="RD902", message=message, helps=("this is a bug of resnet-dsl; report it with the spec",))


def _input(module: nn.Module, graph: Graph) -> torch.Tensor:
    parameter = next(module.parameters())
    return torch.zeros(2, *graph.input_shape, device=parameter.device, dtype=parameter.dtype)


@contextlib.contextmanager
def _untouched(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients, and afterwards every mode and random generator as it was."""
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
