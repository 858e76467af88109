"""Graph -> passes by what runs ONNX models: onnxruntime and OpenVINO, with norms folded into convolutions."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from math import prod, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Graph
from ..runner import Runner, peak_since, processor
from .model import LOWEST_OPSET, make_model
from .openvino_model import compile_for_cpu
from .session import open_session, providers, value_on_card
from .writing import write_model

_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def load(
    graph: Graph, runtime: str, *, device: str, dtype: str, batch_size: int, training: bool, threads: int | None
) -> Runner:
    """The network with random weights, and one batch of random images of its input size.

    Args:
        graph: the network.
        runtime: `onnxruntime` or `openvino`.
        device: `cpu`; for onnxruntime also `cuda` or `cuda:1`; `auto` is CUDA if onnxruntime has it.
        dtype: `float32` or `float16`.
        batch_size: images in the batch.
        training: false, as these do not train.
        threads: how many it takes on a processor; by default as many as it takes by itself.

    Raises:
        EnvironmentFault: it does not run on this device.
    """
    assert not training
    peak = peak_since()
    x = np.random.default_rng(0).standard_normal((batch_size, *graph.input_shape)).astype(dtype)
    kind, _, index = _device(runtime, device).partition(":")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.onnx"
        _write(graph, dtype, path)
        if runtime == "openvino":
            step = compile_for_cpu(path, x, threads)
        elif kind == "cuda":
            step = _on_card(path, x, int(index or 0))
        else:
            step = _on_processor(path, x, threads)
    is_processor = kind == "cpu"
    return Runner(
        kind=kind,
        device=processor() if is_processor else f"{kind}:{index or 0}",
        threads=threads or 0,
        packages=(runtime,),
        milliseconds=_timed(step),
        peak_memory=peak if is_processor else lambda: None,
    )


def _device(runtime: str, device: str) -> str:
    """The device with this name."""
    has_cuda = runtime == "onnxruntime" and _CUDA in providers()
    if device == "auto":
        return "cuda" if has_cuda else "cpu"
    if device == "cpu" or (has_cuda and device.partition(":")[0] == "cuda"):
        return device
    found = ", ".join(f"`{each}`" for each in (["cuda"] if has_cuda else []) + ["cpu"])
    message = f"the {runtime} that is installed does not run networks on `{device}`"
    raise EnvironmentFault(Diagnostic(code="RD501", message=message, notes=(f"available devices: {found}",)))


def _write(graph: Graph, dtype: str, path: Path) -> None:
    model = make_model(
        graph,
        {name: _array(name, shape) for name, shape in graph.state.items()},
        dtype=dtype,
        opset=LOWEST_OPSET,
        fold=True,
        metadata={},
        version=version("resnet-dsl"),
    )
    write_model(model, path)


def _array(name: str, shape: tuple[int, ...]) -> "np.ndarray[Any, Any]":
    """Values of the usual size for this entry of a `state_dict`."""
    if len(shape) > 1:
        scale = 1 / sqrt(prod(shape[1:]))
        return np.random.default_rng(0).standard_normal(shape, np.float32) * np.float32(scale)
    return np.full(shape, float(name.endswith((".weight", ".running_var"))), np.float32)


def _on_processor(path: Path, x: "np.ndarray[Any, Any]", threads: int | None) -> Callable[[], object]:
    session = open_session(path, _CPU, threads)
    inputs: Mapping[str, Any] = {session.get_inputs()[0].name: x}
    return lambda: session.run(None, inputs)


def _on_card(path: Path, x: "np.ndarray[Any, Any]", index: int) -> Callable[[], object]:
    """Passes whose input and output stay on the card."""
    session = open_session(path, (_CUDA, {"device_id": index}))
    binding = session.io_binding()
    binding.bind_ortvalue_input(session.get_inputs()[0].name, value_on_card(x, index))
    binding.bind_output(session.get_outputs()[0].name, "cuda", index)

    def step() -> None:
        session.run_with_iobinding(binding)
        binding.synchronize_outputs()

    return step


def _timed(step: Callable[[], object]) -> Callable[[], float]:
    def milliseconds() -> float:
        start = perf_counter()
        step()
        return (perf_counter() - start) * 1e3

    return milliseconds
