"""A network as a readable page: one line each for the stem, every block and the head, and the totals."""

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .shapes import Shape

if TYPE_CHECKING:
    from .graph import Block, Graph, Node

_COLUMNS = ("path", "kind", "shortcut", "output shape", "parameters", "MACs")
_NUMBERS = 3
"""How many of the last columns are right-aligned."""


def as_text(graph: "Graph") -> str:
    """The page as text for a terminal."""
    return f"{_title(graph)}\n{aligned([_COLUMNS, *_rows(graph), _total_row(graph)], numbers=_NUMBERS)}"


def as_html(graph: "Graph") -> str:
    """The page as an HTML table for a notebook."""
    caption = f"<caption>{html.escape(_title(graph))}</caption>"
    head, foot = _html_row(_COLUMNS, "th"), _html_row(_total_row(graph), "th")
    body = "".join(_html_row(row, "td") for row in _rows(graph))
    return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"


def aligned(table: Sequence[Sequence[str]], *, numbers: int) -> str:
    """A table with rules around its header and before totals, if any; the last `numbers` columns are aligned right."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    aligns = ["<"] * (len(widths) - numbers) + [">"] * numbers
    line = "  ".join(f"{{:{align}{width}}}" for align, width in zip(aligns, widths, strict=True))
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    header, *rows, total = (line.format(*row).rstrip() for row in table)
    return "\n".join([rule, header, rule, *rows, *([rule, total] if total else [])])


def format_shape(shape: Shape) -> str:
    """Channels × height × width, or the number of features: `64×56×56`."""
    return "×".join(map(str, shape))


def _rows(graph: "Graph") -> Iterator[tuple[str, ...]]:
    yield from _part_rows("stem", graph.stem)
    yield from map(_block_row, graph.blocks)
    yield from _part_rows("head", graph.head)


def _part_rows(name: str, nodes: "Sequence[Node]") -> Iterator[tuple[str, ...]]:
    if nodes:
        parameters, macs = (sum(getattr(node, each) for node in nodes) for each in ("parameters", "macs"))
        yield name, "", "", format_shape(nodes[-1].shape), f"{parameters:,}", f"{macs:,}"


def _block_row(block: "Block") -> tuple[str, ...]:
    return (
        block.name,
        block.description,
        block.shortcut.kind,
        format_shape(block.shape),
        f"{block.parameters:,}",
        f"{block.macs:,}",
    )


def _total_row(graph: "Graph") -> tuple[str, ...]:
    return "total", "", "", format_shape(graph.output_shape), f"{graph.parameters:,}", f"{graph.macs:,}"


def _title(graph: "Graph") -> str:
    return f"{graph.name}: depth {graph.depth}, input {format_shape(graph.input_shape)}"


def _html_row(row: Sequence[str], tag: str) -> str:
    aligns = ["left"] * (len(row) - _NUMBERS) + ["right"] * _NUMBERS
    cells = (
        f'<{tag} style="text-align: {align}">{html.escape(text)}</{tag}>'
        for align, text in zip(aligns, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
