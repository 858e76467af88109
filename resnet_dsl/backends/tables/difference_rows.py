"""What the formats of a difference for people list."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby, takewhile
from typing import Any, NamedTuple

from ...analysis.difference import Change, NetworkDifference, PartFigures, Weights
from ...diagnostics.render import printable
from ...graph.page import format_shape
from ...graph.shapes import Shape
from ...language.text.writer import flow
from . import Extra

NOT_SHOWN = "weights show neither strides nor sizes: shapes and multiply-accumulates are not compared"
NOTHING = "–"
"""Stands for what there is not."""
_LEAST = 0.05
"""Smaller changes, in per cent, are shown with one significant digit."""


class FigureRow(NamedTuple):
    """One figure that differs."""

    part: str
    figure: str
    before: str
    after: str
    change: str
    percent: str


class WeightRow(NamedTuple):
    """Weights of one part of the network that do not fit, for the same reason."""

    path: str
    """What their names have in common."""
    reason: str
    entries: int
    example: str
    """The first of them."""


def names(difference: NetworkDifference) -> Change[str]:
    """The names of both sides, safe to print."""
    return Change(*map(printable, difference.names))


def figure_rows(difference: NetworkDifference, extras: Collection[Extra] = ()) -> list[FigureRow]:
    """Every figure that differs, stage by stage and then in all."""
    rows = [row for stage in difference.stages for row in _rows(stage.name, stage.figures, extras)]
    before, after = difference.figures
    rows += _shape_row("total", "input shape", before.input_shape, after.input_shape)
    return [*rows, *_rows("total", difference.figures, extras), *_number("total", "depth", *difference.depth)]


def _rows(
    part: str, figures: Change[PartFigures] | Change[PartFigures | None], extras: Collection[Extra]
) -> Iterator[FigureRow]:
    """The figures that differ, without the input shape, which is the output shape of the part before."""

    def pair(name: str) -> Iterator[Any]:
        return (None if side is None else getattr(side, name) for side in figures)

    yield from _number(part, "blocks", *pair("blocks"))
    yield from _shape_row(part, "output shape", *pair("output_shape"))
    yield from _number(part, "parameters", *pair("parameters"))
    yield from _number(part, "MACs", *pair("macs"))
    if "flops" in extras:
        yield from _number(part, "FLOPs", *pair("flops"))
    if "memory" in extras:
        yield from _number(part, "saved bytes", *pair("saved_for_backward"))
    if "receptive-field" in extras:
        yield from _shape_row(part, "receptive field", *pair("receptive_field"))


def _shape_row(part: str, figure: str, before: Shape | None, after: Shape | None) -> Iterator[FigureRow]:
    if before != after:
        yield FigureRow(
            part, figure, format_shape(before or ()) or NOTHING, format_shape(after or ()) or NOTHING, "", ""
        )


def _number(part: str, figure: str, before: int | None, after: int | None) -> Iterator[FigureRow]:
    """The row of a number, if it differs; that of a part that does not exist is a dash."""
    change = (after or 0) - (before or 0)
    if change:
        percent = 100 * change / before if before else 0
        digits = ".1f" if abs(percent) >= _LEAST else ".1g"
        share = f"{percent:+{digits}}%" if percent else ""
        yield FigureRow(part, figure, _counted(before), _counted(after), f"{change:+,}", share)


def _counted(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def fitting(weights: Weights) -> str:
    """How many of the weights of the first network the second can take as they are."""
    fit, *others = (sum(map(_is_weight, names)) for names in (weights.fitting, weights.reshaped, weights.removed))
    all_ = fit + sum(others)
    return f"{f'all {all_:,}' if fit == all_ else f'{fit:,} of {all_:,}'} weights fit by name and shape"


def _is_weight(name: str) -> bool:
    """Whether this is more than the counter that every batch norm has, which fits without meaning anything."""
    return not name.endswith(".num_batches_tracked")


def weight_rows(weights: Weights) -> list[WeightRow]:
    """The weights that do not fit, by what their names have in common."""
    reshaped = {name: f"{_shape(shapes.before)} -> {_shape(shapes.after)}" for name, shapes in weights.reshaped.items()}
    return [
        *_grouped("reshaped", reshaped),
        *_grouped("removed", {name: _shape(shape) for name, shape in weights.removed.items()}),
        *_grouped("added", {name: _shape(shape) for name, shape in weights.added.items()}),
    ]


def _grouped(reason: str, entries: Mapping[str, str]) -> Iterator[WeightRow]:
    for _, group in groupby(filter(_is_weight, entries), key=lambda name: name.partition(".")[0]):
        found = list(group)
        steps = takewhile(lambda each: len({*each}) == 1, zip(*(name.split(".")[:-1] for name in found), strict=False))
        path = ".".join(step for step, *_ in steps)
        yield WeightRow(path, reason, len(found), f"{found[0]} {entries[found[0]]}")


def _shape(shape: Shape) -> str:
    return format_shape(shape) or "one number"


def format_value(value: Any) -> str:
    """A value as a spec writes it, on one line; a dash where there is none."""
    return NOTHING if value is None else printable(flow(value))
