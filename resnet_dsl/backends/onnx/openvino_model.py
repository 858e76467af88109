"""Compiles ONNX models by OpenVINO; only this file imports it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def compile_for_cpu(path: Path, x: Any, threads: int | None) -> Callable[[], object]:
    """A function that runs the model in a file on one batch, in the precision of the batch.

    Args:
        path: the file.
        x: the batch, an array of shape (batch, channels, height, width).
        threads: how many it takes; by default as many as it takes by itself.
    """
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": {"float32": "f32", "float16": "f16"}[str(x.dtype)]}
    settings |= {} if threads is None else {"INFERENCE_NUM_THREADS": str(threads)}
    request = openvino.compile_model(str(path), "CPU", settings).create_infer_request()
    return lambda: request.infer([x])
