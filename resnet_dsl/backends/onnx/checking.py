"""Checks a file with an ONNX model: as onnx checks it, and by running it."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from .session import open_session


def check_file(path: Path) -> None:
    """Check a model with onnx's checker and strict inference of shapes.

    Raises:
        EnvironmentFault: it fails, which is a bug of the exporter.
    """
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        message = f"onnx does not accept the model: {str(error).strip().splitlines()[0]}"
        raise EnvironmentFault(
            Diagnostic(code="RD902", message=message, helps=("report this bug in resnet-dsl, with the spec",))
        ) from None


def runtime() -> str | None:
    """The name of what can run models, with its version; None if onnxruntime is not installed."""
    return f"onnxruntime {version('onnxruntime')}" if find_spec("onnxruntime") else None


def run_file(path: Path, x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """What onnxruntime computes of an input, (batch, channels, height, width), on the CPU.

    Raises:
        EnvironmentFault: it does not run the model: a version of it may not know the opset.
    """
    try:
        session = open_session(path, "CPUExecutionProvider")
        (output,) = session.run(None, {session.get_inputs()[0].name: x})
    except Exception as error:  # its classes differ from version to version
        message = f"{runtime()} does not run the model: {str(error).splitlines()[0]}"
        raise EnvironmentFault(Diagnostic(code="RD519", message=message, helps=("use the default opset",))) from None
    return np.asarray(output)
