"""What stands above a network: its title, its size, and what all layers share."""

from collections.abc import Iterator, Sequence

from . import style
from .figure import Shape, Text, moved
from .parts import Header
from .text import text_width

_LEAST = 230
"""The width that headings may have over narrow drawings."""
_BELOW = 4
"""From the middle of the last line to the drawing."""


def heading_size(header: Header, width: float) -> tuple[float, float]:
    """The width and height of the heading of a drawing of this width."""
    texts = list(_texts(header, width))
    wide = max(text.width for text in texts)
    return wide, texts[-1].place[1] + _BELOW


def heading(header: Header, width: float, center: float, top: float) -> Iterator[Shape]:
    """The heading, centred."""
    return iter(moved(_texts(header, width), center, top))


def _texts(header: Header, width: float) -> Iterator[Text]:
    """The title and the lines below it, around the middle of their upper edge."""
    yield Text(header.title, (0, 9), style.TITLE, "center", is_bold=True)
    room = max(width, _LEAST)
    quiet, shared = (list(_broken(text.split(", "), room)) for text in (header.size, header.shared))
    for index, line in enumerate([*quiet, *shared]):
        is_shared = index >= len(quiet)
        place = 0, 27 + style.LINE * index
        yield Text(line, place, style.SMALL, "center", not is_shared, is_shared and header.is_marked)


def _broken(words: Sequence[str], room: float) -> Iterator[str]:
    """The words as lines of a list."""
    line = words[0]
    for word in words[1:]:
        longer = f"{line}, {word}"
        if text_width(longer, style.SMALL) <= room:
            line = longer
        else:
            yield f"{line},"
            line = word
    yield line
