"""The Python API of the package."""

from .networks import build, convert, infer, save
from .specs import check, load, loads, lower, origins
from .views import diff, draw, explain, summary

__all__ = [
    "build",
    "check",
    "convert",
    "diff",
    "draw",
    "explain",
    "infer",
    "load",
    "loads",
    "lower",
    "origins",
    "save",
    "summary",
]
