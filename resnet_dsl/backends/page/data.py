"""Graph -> what a page says of its stages, blocks and layers, as data for its script."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from ...graph.ops import Window
from ...graph.page import format_shape
from ..tables import Level
from ..tables.layer_table import sides
from ..tables.rows import Request, Row
from .tiles import Tiles

COLUMNS = ("path", "kind", "window", "input", "output", "parameters", "macs", "kept", "field", "jump", "whole", "note")
"""What is known of a row, in this order."""


def data(request: Request, tiles: Tiles) -> dict[str, Any]:
    """The rows of a network at each level, and which images belong to them."""
    blocks = request.graph.blocks
    notes = {block.name: f"{block.shortcut.kind}: {block.shortcut.reason}" for block in blocks}
    return {
        "columns": COLUMNS,
        "rows": {
            level: [_values(row, request, notes if level == "block" else {}) for row in rows]
            for level, rows in ((level, replace(request, by=level).rows()) for level in get_args(Level))
        },
        "entries": [
            {
                "stage": entry.stage,
                "color": entry.color,
                "inside": [[each.image, each.layers, each.first] for each in entry.inside],
            }
            for entry in tiles.entries
        ],
    }


def _values(row: Row, request: Request, notes: Mapping[str, str]) -> list[Any]:
    field = request.field(row)
    return [
        row.path,
        row.kind,
        _window(row.window),
        format_shape(row.input_shape),
        format_shape(row.shape),
        row.parameters,
        row.macs,
        request.saved(row),
        sides(field.size),
        sides(field.jump) if row.is_map else "",
        field.is_global,
        notes.get(row.path, ""),
    ]


def _window(window: Window | None) -> str:
    """`3×3, stride 2, padding 1`: what the operation slides over its input, without what is usual."""
    if window is None:
        return ""
    kernel = format_shape(window.kernel) if len(window.kernel) > 1 else f"{window.kernel[0]} channels"
    settings = {"stride": (1,), "padding": (0,), "dilation": (1,), "groups": (1, None)}
    found = {name: getattr(window, name) for name in settings}
    return ", ".join([kernel, *(f"{name} {value}" for name, value in found.items() if value not in settings[name])])
