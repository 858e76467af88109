"""Graph -> the text of a page: its drawing, its figures along the depth, its table and its spec."""

import json
from collections.abc import Iterator
from typing import get_args

from ...analysis.inference import inference_peak
from ...graph.graph import Graph
from ...graph.page import format_shape
from ..drawing.conventions import header as conventions
from ..drawing.labels import quantity
from ..tables import Level
from ..tables.layer_table import sides
from ..tables.notes import amount
from ..tables.rows import Request
from . import drawing, listing
from .data import data
from .document import Live, document
from .listing import Listing
from .markup import element, text
from .tiles import tiles

FIRST: Level = "block"
"""What bars and rows are at first."""


def page(graph: Graph, spec: Listing, *, before: Graph | None = None, live: Live | None = None) -> str:
    """A network as one HTML file that loads nothing from anywhere.

    Args:
        graph: the network.
        spec: what its spec says.
        before: the network that it is compared with.
        live: what a page that follows a file shows besides; a page on its own without it.
    """
    drawn, request = tiles(graph, before), Request(graph)
    content = json.dumps(data(request, drawn), separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return document(
        graph.name,
        _header(request, spec, live),
        element(
            "main",
            drawing.section(graph.name, drawn),
            element("div", *_panels(spec, live), id="panels", class_="panels"),
        ),
        drawing.templates(drawn),
        f'<script type="application/json" id="data">{content}</script>',
        live=live,
    )


def _header(request: Request, spec: Listing, live: Live | None) -> str:
    prose = {"description": spec.description, "reference": spec.reference}
    facts = (element("div", element("dt", name), element("dd", text(value))) for name, value in _facts(request))
    return element(
        "header",
        element("h1", text(request.graph.name)),
        *([_status(live)] if live else []),
        *(element("p", text(words), class_=name) for name, words in prose.items() if words),
        element("dl", *facts),
        class_="top",
    )


def _status(live: Live) -> str:
    """Whether the page still follows its file, and what leads to the difference."""
    status = element("p", "follows the file", id="status", role="status")
    pressed = "true" if live.difference else "false"
    button = element("button", "Difference from the start", type="button", id="compare", aria_pressed=pressed)
    return element("div", status, button if live.differs else "", class_="live")


def _facts(request: Request) -> Iterator[tuple[str, str]]:
    """The figures of the whole network; memory is that of one input."""
    graph = request.graph
    yield "Depth", f"{graph.depth:,}"
    yield "Input", format_shape(graph.input_shape)
    yield "Output", format_shape(graph.output_shape)
    yield "Parameters", quantity(graph.parameters)
    yield "Multiply–accumulates", quantity(graph.macs)
    yield "Kept for gradients", amount(sum(request.saved(row) for row in request.rows()))
    yield "Peak in evaluation", amount(inference_peak(graph, 1))
    yield "Receptive field", f"{sides(request.field_of_last_stage.size)} pixels"
    yield "Layers", conventions(graph).shared


def _panels(spec: Listing, live: Live | None) -> Iterator[str]:
    """What stands beside the drawing; the script fills it, but for the difference and the spec."""
    yield live.difference if live else ""
    yield element("section", id="details", aria_label="Details")
    choices = map(_choice, reversed(get_args(Level)))
    levels = element("fieldset", element("legend", "by", class_="hidden"), *choices, id="levels")
    header = element("header", element("h2", "Along the depth"), levels)
    yield element("section", header, element("div", id="bars"), id="depth")
    title = element("header", element("h2", "Table", id="table-title"))
    rows = element("div", id="rows", class_="scroll", tabindex="0", role="region", aria_labelledby="table-title")
    yield element("section", title, rows, id="table")
    yield listing.section(spec)


def _choice(level: Level) -> str:
    checked = " checked" if level == FIRST else ""
    return element("label", f'<input type="radio" name="level" value="{level}"{checked}>', f" {level}s")
