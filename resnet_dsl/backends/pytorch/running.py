"""Graph -> passes by torch itself: eager, in the memory format `channels_last`, or compiled; forward or training."""

from collections.abc import Callable
from time import perf_counter

import torch
from torch import Tensor, nn

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Graph
from ..runner import Runner, peak_since, processor
from .build import build_module
from .network import Target, resolve_target

_LEARNING_RATE, _MOMENTUM = 1e-3, 0.9


def load(
    graph: Graph, runtime: str, *, device: str, dtype: str, batch_size: int, training: bool, threads: int | None
) -> Runner:
    """The network with fresh weights, and one batch of random images of its input size.

    Args:
        graph: the network.
        runtime: `eager`, `channels_last` or `compile`.
        device: its name, or `auto`.
        dtype: the dtype's name.
        batch_size: images in the batch.
        training: whether a pass is a training step of SGD with momentum, and not a forward pass in evaluation mode.
        threads: how many torch takes on a processor; by default as many as it takes by itself.

    Raises:
        EnvironmentFault: the device or dtype is unknown or not available.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    target = resolve_target(device, dtype)
    if target.device.type == "meta":
        raise EnvironmentFault(Diagnostic(code="RD501", message="nothing is computed on `meta`", helps=("use `cpu`",)))
    peak = _peak(target.device)
    module = build_module(graph, device=target.device, dtype=target.dtype, seed=0).train(training)
    x = torch.randn(batch_size, *graph.input_shape, device=target.device, dtype=target.dtype)
    if runtime == "channels_last":
        module, x = module.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    called: Callable[[Tensor], Tensor] = torch.compile(module) if runtime == "compile" else module
    step = _training_step(module, called, x) if training else _forward_pass(called, x)
    is_processor = target.device.type == "cpu"
    return Runner(
        kind=target.device.type,
        device=processor() if is_processor else _card(target),
        threads=torch.get_num_threads() if is_processor else 0,
        packages=("torch",),
        milliseconds=_timed(step, target.device),
        peak_memory=peak,
    )


def _forward_pass(called: Callable[[Tensor], Tensor], x: Tensor) -> Callable[[], object]:
    @torch.inference_mode()
    def step() -> object:
        return called(x)

    return step


def _training_step(module: nn.Module, called: Callable[[Tensor], Tensor], x: Tensor) -> Callable[[], object]:
    """Forward, cross entropy with random classes, backward, and a step of the optimizer."""
    optimizer = torch.optim.SGD(module.parameters(), lr=_LEARNING_RATE, momentum=_MOMENTUM)
    with torch.no_grad():
        output = module(x)
    target = torch.randint(output.shape[1], (len(output), *output.shape[2:]), device=x.device)

    def step() -> object:
        optimizer.zero_grad()
        nn.functional.cross_entropy(called(x), target).backward()  # type: ignore[no-untyped-call]
        return optimizer.step()

    return step


def _timed(step: Callable[[], object], device: torch.device) -> Callable[[], float]:
    """The step, with the milliseconds that it took: by events on CUDA, else by the clock once the device is done."""
    if device.type == "cuda":

        def by_events() -> float:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
            start.record()
            step()
            end.record()
            end.synchronize()
            return float(start.elapsed_time(end))

        return by_events

    def by_clock() -> float:
        start = perf_counter()
        step()
        if device.type == "mps":
            torch.mps.synchronize()
        return (perf_counter() - start) * 1e3

    return by_clock


def _peak(device: torch.device) -> Callable[[], int | None]:
    if device.type == "cuda":
        return lambda: torch.cuda.max_memory_allocated(device)
    return peak_since()


def _card(target: Target) -> str:
    return torch.cuda.get_device_name(target.device) if target.device.type == "cuda" else str(target.device)
