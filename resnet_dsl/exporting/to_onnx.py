"""The export to ONNX, which needs torch only for fresh weights, and to compare outputs."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoints.files.content import SPEC_KEY
from ..compiler import text_of
from ..diagnostics.packages import require
from .difference import NOT_FINITE, Difference, compared, images
from .job import Exported, Job, free_sizes

if TYPE_CHECKING:
    from torch import nn


def export_onnx(job: Job, path: Path) -> Exported:
    """Write the model to `path`, check it with onnx, and compare its outputs if torch and onnxruntime are installed."""
    from ..backends.onnx.checking import check_file, runtime
    from ..backends.onnx.model import check_opset, make_model
    from ..backends.onnx.weights import load_arrays
    from ..backends.onnx.writing import data_beside, write_model

    options = job.options
    opset = check_opset(options.opset)
    if job.checkpoint is None:
        require("torch", purpose="a network with fresh weights")
    is_compared = find_spec("torch") is not None and runtime() is not None
    module, notes = job.build("float32") if is_compared or job.checkpoint is None else (None, ())
    if job.checkpoint is not None:
        arrays, notes = load_arrays(job.graph, job.checkpoint, spec=job.spec)
    else:
        from ..backends.pytorch.exporting import arrays_of

        assert module is not None
        arrays = arrays_of(module)
    job.progress(f"writing {job.graph.name}")
    model = make_model(
        job.graph,
        arrays,
        dtype=options.dtype,
        opset=opset,
        fold=options.fold,
        metadata={SPEC_KEY: text_of(job.spec)},
        version=job.version,
    )
    if options.fold and not model.folded:
        notes += ("no norm was folded: no batch norm directly follows a convolution that nothing else reads",)
    write_model(model, path)
    job.progress("checking the model")
    check_file(path)
    difference, check = _compared(job, module, path)
    data = data_beside(path)
    return Exported(
        path=path,
        free=free_sizes(job.graph),
        difference=difference,
        check=check,
        data=data if data.exists() else None,
        notes=notes,
    )


def _compared(job: Job, module: "nn.Module | None", path: Path) -> tuple[Difference | None, str]:
    """How far the outputs of the model lie from those of the network, and how that was found out."""
    from ..backends.onnx.checking import run_file, runtime

    if module is None or runtime() is None:
        missing = "onnxruntime" if runtime() is None else "torch"
        return None, f"checked by onnx; its outputs were not compared, as {missing} is not installed"
    from ..backends.pytorch.exporting import outputs

    job.progress("running the model")
    x = images(job.graph).astype(job.options.dtype)
    found = run_file(path, x)
    difference = compared(found, outputs(module, x), job.options.dtype)
    if difference is None:
        return None, f"checked by onnx; {NOT_FINITE}"
    return difference, f"checked by onnx, and run by {runtime()}"
