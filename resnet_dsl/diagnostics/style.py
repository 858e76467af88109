"""Bold and coloured text in terminals."""

from collections.abc import Callable
from typing import TypeAlias

BOLD, RED, BLUE = "\x1b[1m", "\x1b[1;31m", "\x1b[1;34m"
_RESET = "\x1b[0m"

Painter: TypeAlias = Callable[[str, str], str]
"""Takes a text and a style."""


def painter(color: bool) -> Painter:
    """What gives a text a style, or leaves it as it is."""
    return (lambda text, style: f"{style}{text}{_RESET}") if color else (lambda text, _: text)
