"""The export to Python source, which needs torch only to compare outputs."""

from importlib.util import find_spec
from pathlib import Path

from ..backends.source import python_source
from ..compiler import text_of
from .difference import NOT_FINITE, Difference, compared, images
from .job import DEFAULT_DTYPE, Exported, Job, free_sizes


def export_source(job: Job, path: Path) -> Exported:
    """Write the source to `path`, and compare the outputs of its network with the network's if torch is installed."""
    text = python_source(job.graph, spec=text_of(job.spec), version=job.version)
    path.write_text(text, "utf-8")
    difference, check = _compared(job, text) if find_spec("torch") else (None, "not run, as torch is not installed")
    return Exported(path=path, free=free_sizes(job.graph), difference=difference, check=check)


def _compared(job: Job, text: str) -> tuple[Difference | None, str]:
    """How far the outputs of the two networks lie apart if they have the same weights."""
    module, _ = job.build("float32")
    from ..backends.pytorch.exporting import network_of, outputs

    job.progress("running the source")
    copy = network_of(text, job.graph)
    copy.load_state_dict(module.state_dict())
    x = images(job.graph)
    difference = compared(outputs(copy.eval(), x), outputs(module, x), DEFAULT_DTYPE)
    check = "its names and shapes of weights are the network's"
    return difference, check if difference is not None else f"{check}; {NOT_FINITE}"
