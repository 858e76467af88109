"""The table of a network for people."""

from collections.abc import Iterable

from ...graph.page import format_shape
from ...graph.shapes import Shape
from .columns import Column, as_table
from .notes import notes
from .rows import Request, Row, percent


def write(request: Request) -> str:
    """One line per row, and the totals. The table fits the width that is asked for as far as it can."""
    graph, rows = request.graph, list(request.rows())
    title = f"{graph.name}: depth {graph.depth}, input {format_shape(request.batched(graph.input_shape))}"
    rank = 2 if request.by == "layer" else 3  # of the shares, which sums are compared by
    between = {"layer": _window_columns, "block": lambda _: [], "stage": _block_counts}[request.by](rows)
    columns = [
        Column(title="path", cells=tuple(row.path for row in rows), total="total", shortest=12, ends_matter=True),
        Column(title="kind", cells=tuple(row.kind for row in rows), shortest=8),
        *between,
        Column(title="input shape", cells=_shapes(row.input_shape for row in rows), rank=1),
        Column(
            title="output shape",
            cells=_shapes(row.shape for row in rows),
            total=format_shape(request.batched(graph.output_shape)),
        ),
        *_amounts("parameters", [row.parameters for row in rows], graph.parameters, rank),
        *_amounts("MACs", [row.macs for row in rows], graph.macs, rank),
        *_extras(request, rows),
    ]
    return f"{title}\n{as_table(columns, request.width)}{notes(request)}"


def _extras(request: Request, rows: list[Row]) -> list[Column]:
    """The columns that are only shown where somebody asks for them."""
    columns = []
    if "flops" in request.extras:
        columns.append(_column("FLOPs", [row.flops for row in rows], request.graph.flops))
    if "memory" in request.extras:
        columns.append(_column("saved bytes", [request.saved(row) for row in rows], request.memory.saved_for_backward))
    if "receptive-field" in request.extras:
        fields = [(request.field(row), row.is_map) for row in rows]
        sizes = tuple(sides(field.size) + ", all" * field.is_global for field, _ in fields)
        columns += [
            Column(title="field", cells=sizes),
            Column(title="jump", cells=tuple(sides(field.jump) if is_map else "" for field, is_map in fields)),
            Column(title="start", cells=tuple(sides(field.start) if is_map else "" for field, is_map in fields)),
        ]
    return columns


def sides(pair: tuple[int, int]) -> str:
    """One number for equal sides."""
    return format_shape(pair[:1] if pair[0] == pair[1] else pair)


def _window_columns(rows: list[Row]) -> list[Column]:
    windows = [row.window for row in rows]

    def column(name: str, rank: int, usual: str = "") -> Column:
        values = (None if window is None else getattr(window, name) for window in windows)
        return Column(title=name, cells=tuple(map(_format, values)), rank=rank, usual=usual)

    return [
        column("kernel", 7),
        column("stride", 6),
        column("padding", 3),
        column("dilation", 4, usual="1"),
        column("groups", 5, usual="1"),
    ]


def _block_counts(rows: list[Row]) -> list[Column]:
    cells = tuple(str(row.blocks) if row.blocks else "" for row in rows)
    return [Column(title="blocks", cells=cells, total=str(sum(row.blocks for row in rows)), rank=2)]


def _amounts(title: str, values: list[int], total: int, rank: int) -> tuple[Column, Column]:
    """Amounts, and their shares of the total."""
    return (
        _column(title, values, total),
        Column(
            title="share",
            cells=tuple(_share(value, total) for value in values),
            total="100%" if total else "",
            rank=rank,
        ),
    )


def _column(title: str, values: list[int], total: int) -> Column:
    return Column(title=title, cells=tuple(f"{value:,}" if value else "" for value in values), total=f"{total:,}")


def _share(value: int, total: int) -> str:
    if not value:
        return ""
    share = percent(value, total)
    return f"{share:.1f}%" if share >= 0.05 else "<0.1%"


def _shapes(shapes: Iterable[Shape]) -> tuple[str, ...]:
    return tuple(map(format_shape, shapes))


def _format(value: Shape | int | str | None) -> str:
    if isinstance(value, tuple):
        return format_shape(value)
    return "" if value is None else str(value)
