"""The sheet that a drawing stands on: the layout asked for, the legend, and the page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from . import style
from .arrangement import column, row
from .figure import Figure, moved
from .legend import legend
from .page import PAGES, Page
from .parts import Network
from .wrapping import wrap

Layout: TypeAlias = Literal["column", "row", "wrap"]


def sheet(networks: Sequence[Network], layout: Layout, page: str, *, has_legend: bool) -> Figure:
    """The figure of the networks; with the layout `wrap`, it fills the page."""
    match layout:
        case "column":
            figure = column(networks)
        case "row":
            figure = row(networks)
        case "wrap":
            figure = wrap(networks, PAGES[page].inside)
    if has_legend:
        figure = _with_legend(figure, networks)
    return _on_page(figure, PAGES[page]) if layout == "wrap" else figure


def _with_legend(figure: Figure, networks: Sequence[Network]) -> Figure:
    shapes, height = legend(networks, figure.width, figure.height)
    return replace(figure, shapes=(*figure.shapes, *shapes), height=figure.height + height + style.MARGIN)


def _on_page(figure: Figure, page: Page) -> Figure:
    """The figure in the middle of the top of a page, no larger than it is."""
    scale = page.inside.scale(figure.width, figure.height)
    width, height = page.width / scale, page.height / scale
    right, down = (width - figure.width) / 2, page.border / scale
    return Figure(moved(figure.shapes, right, down), width, height, scale)
