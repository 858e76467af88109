"""A plot of multiply–accumulates against milliseconds; only this file imports matplotlib."""

from os import PathLike
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.packages import require
from ..files import write_file
from .report import heading
from .results import Results

_FORMATS = (".svg", ".png", ".pdf")
_SIZE = (7.2, 4.8)
"""Inches."""
_MARKERS = "osD^v"


def check_format(output: Path) -> None:
    """Check that a plot can be written to this file.

    Raises:
        EnvironmentFault: it has another extension, or matplotlib is not installed.
    """
    if output.suffix.lower() not in _FORMATS:
        message = f"plots can be saved as `.svg`, `.png` or `.pdf`, not as `{output.suffix or output.name}`"
        raise EnvironmentFault(Diagnostic(code="RD513", message=message))
    require("matplotlib", purpose="a plot")


def save(found: Results, output: str | PathLike[str]) -> None:
    """Write the plot to a file; errors are those of `Benchmark.save`."""
    path = Path(output)
    check_format(path)
    write_file(path, lambda partial: write(found, partial, like=path))


def write(found: Results, path: Path, *, like: Path) -> None:
    """Write the plot in the format that the extension of `like` says: a point a network, a colour a runtime.

    Bars reach from the first to the third quartile.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for index, runtime in enumerate(dict.fromkeys(each.runtime for each in found.measurements)):
        points = [each for each in found.measurements if each.runtime == runtime]
        low = [each.median - each.quartiles[0] for each in points]
        high = [each.quartiles[1] - each.median for each in points]
        axes.errorbar(
            [each.macs / 1e9 for each in points],
            [each.median for each in points],
            yerr=(low, high),
            fmt=_MARKERS[index % len(_MARKERS)],
            capsize=3,
            label=runtime,
        )
        for each in points:
            axes.annotate(
                each.name, (each.macs / 1e9, each.median), xytext=(6, 4), textcoords="offset points", fontsize=8
            )
    axes.margins(0.2)  # room for the names
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    what = "training step" if found.settings.training else "forward pass"
    axes.set_xlabel("multiply–accumulates of one image, 10⁹")
    axes.set_ylabel(f"milliseconds of one {what}, batch {found.settings.batch_size}")
    axes.set_title(heading(found), fontsize=8)
    axes.grid(alpha=0.3)
    axes.legend()
    form = like.suffix.lower().removeprefix(".")
    figure.savefig(path, format=form, metadata={"Date": None} if form == "svg" else None)
