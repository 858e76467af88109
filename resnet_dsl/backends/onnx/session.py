"""Opens ONNX models in onnxruntime; only this file imports it."""

from pathlib import Path
from typing import Any

_ERROR = 3
"""Onnxruntime's number for messages about errors; what it warns of concerns nobody."""


def open_session(path: Path, provider: "str | tuple[str, dict[str, Any]]", threads: int | None = None) -> Any:
    """An `onnxruntime.InferenceSession` for the model in a file, whose exceptions differ from version to version.

    Args:
        path: the file.
        provider: what runs the model, with its options if it has any.
        threads: how many it takes on a processor; by default as many as it takes by itself.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERROR
    options.intra_op_num_threads = threads or 0
    return onnxruntime.InferenceSession(str(path), options, providers=[provider])


def providers() -> list[str]:
    """What the installed onnxruntime can run models by."""
    import onnxruntime

    found: list[str] = onnxruntime.get_available_providers()
    return found


def value_on_card(x: Any, index: int) -> Any:
    """An array on a CUDA card, as onnxruntime's own value."""
    import onnxruntime

    return onnxruntime.OrtValue.ortvalue_from_numpy(x, "cuda", index)
