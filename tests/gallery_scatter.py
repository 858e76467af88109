"""The plot of docs/gallery.md: parameters and multiply–accumulates of all bundled networks."""

from collections.abc import Mapping
from io import BytesIO

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from resnet_dsl.graph.graph import Graph

_SIZE = (10.5, 8)
"""Inches."""
_COLORS = ("#1f77b4", "#d95f02", "#2ca02c", "#c41e3a", "#7b52ab", "#8c564b", "#d63c9f", "#555555", "#8f8f00", "#0f9aa8")
_MARKERS = "o^"
_LABELS = {
    "test_resnet": (0, 16),
    "resnet18": (-50, 18),
    "resnet34": (-50, 22),
    "resnet50": (-50, 26),
    "resnet101": (-50, 22),
    "resnet152": (-50, 26),
    "resnetrs350": (-50, 22),
    "resnet50x64_clip": (-30, 6),
    "resnext101_32x32d": (-25, 8),
    "resnetv2_152x4_bit": (-25, 3),
    "regnety_2560": (0, 10),
    "resnet20": (12, -5),
    "resnet56": (12, -5),
    "resnet110": (12, -5),
    "regnetx_002": (20, -16),
    "gernet_s": (28, -3),
    "resnet1202": (50, -48),
    "wide_resnet28_10": (35, -36),
    "wide_resnet50_2": (40, -26),
    "wide_resnet101_2": (30, -22),
}
"""Networks with their name beside them -> where it begins or, on the left, ends: points from theirs."""


def scatter(families: Mapping[str, list[Graph]]) -> bytes:
    """The plot as an SVG file: a point a network; color and shape say the family."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gallery", "font.size": 9}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        for index, (family, graphs) in enumerate(families.items()):
            axes.scatter(
                [graph.parameters for graph in graphs],
                [graph.macs for graph in graphs],
                s=26,
                marker=_MARKERS[index // len(_COLORS)],
                color=_COLORS[index % len(_COLORS)],
                edgecolors="white",
                linewidths=0.5,
                label=family,
                zorder=3 + (index == 0),  # ResNet itself on top of those that cost the same
            )
            for graph in graphs:
                if place := _LABELS.get(graph.name):
                    axes.annotate(
                        graph.name,
                        (graph.parameters, graph.macs),
                        xytext=place,
                        textcoords="offset points",
                        ha="right" if place[0] <= 0 else "left",
                        va="center",
                        arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.7},
                    )
        axes.set(xscale="log", yscale="log", xlabel="parameters", ylabel="multiply–accumulates of one image")
        axes.grid(alpha=0.3)
        figure.legend(loc="outside right upper", frameon=False)
        file = BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
