"""The difference between two networks, in any of its formats."""

from importlib import import_module

from ...analysis.difference import NetworkDifference
from . import DIFFERENCE_FORMATS


def render(difference: NetworkDifference, format_: str) -> str:
    """The difference as text; in the formats for people, none is empty."""
    text: str = import_module(f".{DIFFERENCE_FORMATS[format_]}", __package__).write(difference)
    return text
