"""The export to a program of `torch.export`."""

from pathlib import Path

from .difference import NOT_FINITE, compared, images
from .job import Exported, Job, free_sizes


def export_program(job: Job, path: Path) -> Exported:
    """Trace the network, write the program to `path`, load it, and compare its outputs with the network's."""
    module, notes = job.build(job.options.dtype)
    from ..backends.pytorch.exporting import outputs, run_program, write_program

    job.progress("tracing the network")
    write_program(module, job.graph, path)
    job.progress("running the program")
    x = images(job.graph)
    difference = compared(run_program(path, x), outputs(module, x), job.options.dtype)
    check = "loaded and run by torch"
    if difference is None:
        check += f"; {NOT_FINITE}"
    return Exported(path=path, free=free_sizes(job.graph), difference=difference, check=check, notes=notes)
