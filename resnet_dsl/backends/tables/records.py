"""The rows of a table as flat records, for formats that programs read."""

from collections.abc import Iterator
from typing import Any

from ...analysis.receptive_field import ReceptiveField
from .rows import Request, Row, percent

_DIGITS = 4
"""Decimal places of a share in per cent."""


def records(request: Request) -> Iterator[dict[str, Any]]:
    """One record per row; those of operations have the facts of their windows, None where there are none."""
    for row in request.rows():
        yield {
            "path": row.path,
            "kind": row.kind,
            "output_shape": row.shape,
            "parameters": row.parameters,
            "macs": row.macs,
            "flops": row.flops,
            "saved_for_backward": request.saved(row),
            **_field(request.field(row)),
            "input_shape": row.input_shape,
            **(_window(row) if request.by == "layer" else {"blocks": row.blocks}),
            "parameters_percent": round(percent(row.parameters, request.graph.parameters), _DIGITS),
            "macs_percent": round(percent(row.macs, request.graph.macs), _DIGITS),
        }


def _field(field: ReceptiveField) -> dict[str, Any]:
    return {
        "receptive_field": field.size,
        "receptive_field_jump": field.jump,
        "receptive_field_start": field.start,
        "sees_whole_input": field.is_global,
    }


def _window(row: Row) -> dict[str, Any]:
    names = ("kernel", "stride", "padding", "dilation", "groups")
    return {name: None if row.window is None else getattr(row.window, name) for name in names}
