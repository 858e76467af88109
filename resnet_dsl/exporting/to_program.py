"""The export to a program of `torch.export`."""

from pathlib import Path

from .difference import NOT_FINITE, compared, images
from .job import Exported, Job, free_sizes


def export_program(job: Job, path: Path) -> Exported:
    """Trace the network, write the program to `path`, load it, and compare its outputs with those in float32."""
    module, notes = job.build("float32")
    from ..backends.pytorch.exporting import load_program, outputs, takes_larger, write_program

    dtype = job.options.dtype
    x = images(job.graph).astype(dtype)
    expected = outputs(module, x)
    job.progress("tracing the network")
    write_program(module, job.graph, path, dtype=dtype)
    job.progress("running the program")
    program = load_program(path)
    difference = compared(outputs(program, x), expected, dtype)
    check = "loaded and run by torch"
    if difference is None:
        check += f"; {NOT_FINITE}"
    free = free_sizes(job.graph)
    if len(free) > 1 and not takes_larger(program, job.graph):
        free = ("batch",)
    return Exported(path=path, free=free, difference=difference, check=check, notes=notes)
