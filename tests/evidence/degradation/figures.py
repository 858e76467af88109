"""The curves of Figures 1 and 6 of He et al. 2015, and gradient norms by depth."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .training import Run

SIZE = (8.0, 3.4)
"""Inches."""

Curves = Mapping[str, Sequence[Sequence[float]]]
"""Network -> the curve of each seed."""


def figure1(runs: Sequence[Run], path: Path) -> None:
    """The networks' training errors on the left, and their test errors on the right."""
    figure, (left, right) = _two("training error", "test error")
    for axes, kind in ((left, "train"), (right, "test")):
        _curves(axes, _by_network(runs, kind))
        _error_axes(axes, runs)
    left.set_ylabel("error (%)")
    _save(figure, path)


def figure6(runs: Sequence[Run], plain: frozenset[str], path: Path) -> None:
    """Networks without shortcuts on the left, with shortcuts on the right; training errors are dashed."""
    figure, panels = _two("without shortcuts", "with shortcuts")
    for axes, inside in zip(panels, (True, False), strict=True):
        shown = [run for run in runs if (run.network in plain) is inside]
        _curves(axes, _by_network(shown, "test"))
        _curves(axes, _by_network(shown, "train"), dashed=True)
        _error_axes(axes, runs)
    panels[0].set_ylabel("error (%), of training dashed")
    _save(figure, path)


def gradients(norms: Mapping[str, Curves], path: Path) -> None:
    """The first gradient norms by depth, on a logarithmic scale; one panel for each way to normalise."""
    figure, panels = _two(*norms)
    for axes, curves in zip(panels, norms.values(), strict=True):
        _curves(axes, curves)
        axes.set_yscale("log")
        axes.set_xlabel("convolution, from the input")
    panels[0].set_ylabel("norm of the gradient of its weights")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", frameon=False)
    _save(figure, path)


def _two(*titles: str) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=SIZE, layout="constrained")
    FigureCanvasAgg(figure)
    panels: Sequence[Axes] = figure.subplots(1, 2, sharey=True)
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title, fontsize=10)
        axes.grid(alpha=0.3)
    return figure, panels


def _by_network(runs: Sequence[Run], kind: str) -> Curves:
    return {run.network: [getattr(each, kind) for each in runs if each.network == run.network] for run in runs}


def _curves(axes: Axes, curves: Curves, *, dashed: bool = False) -> None:
    """The mean over the seeds as a line, from the lowest to the highest as a band."""
    for index, (network, of_seeds) in enumerate(curves.items()):
        values = np.array(of_seeds)
        x = np.arange(1, values.shape[1] + 1)
        colour = f"C{index}"
        axes.plot(x, values.mean(0), "--" if dashed else "-", color=colour, label=None if dashed else network)
        axes.fill_between(x, values.min(0), values.max(0), color=colour, alpha=0.15, linewidth=0)


def _error_axes(axes: Axes, runs: Sequence[Run]) -> None:
    axes.set_xlabel("epoch")
    axes.set_xlim(1, max(2, *(len(run.train) for run in runs)))
    axes.set_ylim(0, 100)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)


def _save(figure: Figure, path: Path) -> None:
    """The same bytes for the same figure."""
    with rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)
