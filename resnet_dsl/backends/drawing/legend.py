"""What the signs of a drawing mean: an entry for each that occurs in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from . import style
from .figure import Box, Line, Shape, Text
from .parts import Network
from .text import text_width

_SAMPLE, _HEIGHT = 28, 16
"""The width of a sample, and the height of a line."""
_APART = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign and its meaning."""

    sign: str
    """Text, or empty for a line or a box."""
    meaning: str
    kind: Literal["text", "note", "line", "dashed", "box"] = "text"

    @property
    def width(self) -> float:
        return self.sample + 6 + text_width(self.meaning, style.SMALL)

    @property
    def sample(self) -> float:
        return text_width(self.sign, style.SMALL) if self.sign else _SAMPLE


def entries(networks: Sequence[Network]) -> Iterator[Entry]:
    """The entries for what occurs in the networks."""
    parts = [part for network in networks for part in network.parts]
    ways = {way.kind for part in parts for way in part.ways}
    if "identity" in ways:
        yield Entry("", "identity shortcut", "line")
    if dashed := [kind for kind in ("projection", "padding") if kind in ways]:
        yield Entry("", f"{' or '.join(dashed)} shortcut", "dashed")
    if shape := next((item.lines[0] for part in parts if not part.is_boxed for item in part.items), None):
        yield Entry(shape, "channels × height × width", "note")
    if stride := next(filter(None, (re.search(r", /(\d+)$", line) for each in networks for line in each.lines)), None):
        yield Entry(f"/{stride[1]}", f"stride {stride[1]}")
    if times := next((part.times for part in parts if part.times > 1), None):
        yield Entry(f"×{times}", f"{times} equal blocks in a row")
    if len(networks) > 1:
        yield Entry("", f"differs from {networks[0].header.title}", "box")


def legend(networks: Sequence[Network], width: float, top: float) -> tuple[list[Shape], float]:
    """The legend below a drawing of this width, and its height."""
    shapes: list[Shape] = []
    left, down = float(style.MARGIN), top + _HEIGHT / 2
    for index, entry in enumerate(entries(networks)):
        if left > style.MARGIN and left + entry.width > width - style.MARGIN:
            left, down = float(style.MARGIN), down + _HEIGHT
        shapes += _shapes(entry, f"legend{index}", left, down)
        left += entry.width + _APART
    return shapes, down + _HEIGHT / 2 - top


def _shapes(entry: Entry, name: str, left: float, down: float) -> Iterator[Shape]:
    right = left + entry.sample
    match entry.kind:
        case "text" | "note":
            yield Text(entry.sign, (left, down), style.SMALL, is_quiet=entry.kind == "note")
        case "line" | "dashed":
            for end, x in (("a", left - 0.5), ("b", right + 0.5)):
                yield Box(f"{name}{end}", (x, down), 1, 1, kind="plain")
            yield Line(f"{name}a", f"{name}b", ((left, down), (right, down)), entry.kind == "dashed")
        case "box":
            center = (left + right) / 2, down
            yield Box(name, center, _SAMPLE, 11, fill=style.DETAIL, is_heavy=True)
    yield Text(entry.meaning, (right + 6, down), style.SMALL, is_bold=entry.kind == "box")
