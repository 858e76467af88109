"""The difference between two networks, in any of its formats."""

from collections.abc import Collection
from importlib import import_module

from ...analysis.difference import NetworkDifference
from . import DIFFERENCE_FORMATS, Extra


def render(difference: NetworkDifference, format_: str, extras: Collection[Extra] = ()) -> str:
    """The difference as text; in the formats for people, none is empty, and they show `extras` beside the rest."""
    text: str = import_module(f".{DIFFERENCE_FORMATS[format_]}", __package__).write(difference, extras)
    return text
