"""Attention of every kind, with every setting that the kind has."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis.strategies import DrawFn

from .choices import flip, one_of
from .conventions import ACTIVATIONS

_SETTINGS: Mapping[str, Sequence[Any]] = {
    "ratio": [0.0625, 0.125, 0.25, 0.01, 1],
    "divisor": [1, 8, 4, 3],
    "of": ["own", "input"],
    "kernel": [1, 3, 5, 7],
    "position": ["end", "activated", "inner", "inner"],
    "activation": ACTIVATIONS,
}

_KINDS: Mapping[str, tuple[str, ...]] = {
    "se": ("ratio", "divisor", "of", "position", "activation"),
    "eca": ("kernel", "position"),
    "ese": ("position",),
    "cbam": ("ratio", "divisor", "of", "position"),
    "gc": ("ratio", "divisor", "of", "position", "activation"),
    "gca": ("ratio", "divisor", "of", "position", "activation"),
}
"""Every kind and its settings."""


def attention(draw: DrawFn) -> Any:
    """One stage's attention, as a word or as a mapping; a setting that a kind has not may have its default."""
    match one_of(draw, ("word", "mapping", "default")):
        case "word":
            return one_of(draw, ["none", "none", *_KINDS])
        case "mapping":
            kind = one_of(draw, list(_KINDS))
            return {"type": kind} | {name: one_of(draw, _SETTINGS[name]) for name in _KINDS[kind] if flip(draw)}
        case _:
            return {"type": one_of(draw, ["none", "eca"])} | ({"ratio": 0.0625} if flip(draw) else {})
