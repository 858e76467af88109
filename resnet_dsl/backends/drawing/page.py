"""Sizes of paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Page:
    """Width and height in points."""

    width: float
    height: float

    border: ClassVar[float] = 12
    """What printers and hole punches may take at each edge, beyond the margin of the drawing."""

    @property
    def inside(self) -> "Page":
        """What is left without the border."""
        return Page(self.width - 2 * self.border, self.height - 2 * self.border)

    def scale(self, width: float, height: float) -> float:
        """How large a figure of this size is drawn to fit the page, never larger than it is."""
        return min(1, self.width / width, self.height / height if height else 1)


_MILLIMETRE = 72 / 25.4
_PORTRAIT = {
    "a4": Page(210 * _MILLIMETRE, 297 * _MILLIMETRE),
    "a3": Page(297 * _MILLIMETRE, 420 * _MILLIMETRE),
    "letter": Page(8.5 * 72, 11 * 72),
}
_LANDSCAPE = {f"{name}-landscape": Page(page.height, page.width) for name, page in _PORTRAIT.items()}
PAGES: Mapping[str, Page] = _PORTRAIT | _LANDSCAPE
"""By the name that the option `--page` takes."""
