"""Faults as a notice on a page, worded and marked as in a terminal."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from ...diagnostics.abridged import abridged
from ...diagnostics.diagnostic import Diagnostic
from ...diagnostics.render import as_text
from ...diagnostics.style import BLUE, BOLD, RED
from .markup import element

_ELEMENTS = {BOLD: "strong", RED: "b", BLUE: "i"}
_STYLED = re.compile(f"({'|'.join(map(re.escape, _ELEMENTS))})(.*?)\x1b\\[0m", re.DOTALL)


def notice(faults: Sequence[Diagnostic], *, is_alone: bool) -> str:
    """What is wrong with a spec, ten faults of a kind.

    Args:
        faults: at least one.
        is_alone: whether there is no network to show besides.
    """
    shown, rest = abridged(faults)
    title = "Nothing to draw yet" if is_alone else "The drawing is that of the last valid version"
    blocks = [*(_marked(as_text(fault, color=True)) for fault in shown), *map(escape, rest)]
    return element(
        "section",
        element("h2", title),
        element("pre", "\n".join(blocks).rstrip(), tabindex="0"),
        id="notice",
        class_="notice alone" if is_alone else "notice",
        role="alert",
    )


def _marked(styled: str) -> str:
    """Text for a terminal as markup; in it, what a user wrote contains no such styles."""
    return "".join(_pieces(styled))


def _pieces(styled: str) -> Iterator[str]:
    plain, *rest = _STYLED.split(styled)
    yield escape(plain)
    for style, words, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield f"<{_ELEMENTS[style]}>{escape(words)}</{_ELEMENTS[style]}>{escape(after)}"
