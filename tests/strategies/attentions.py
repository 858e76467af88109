"""Attention of every kind, with every setting that the kind has."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .conventions import ACTIVATIONS

_SETTINGS: Mapping[str, SearchStrategy[Any]] = {
    "ratio": st.sampled_from([0.0625, 0.125, 0.25, 0.01, 1]),
    "divisor": st.sampled_from([1, 8, 4, 3]),
    "of": st.sampled_from(["own", "input"]),
    "kernel": st.sampled_from([1, 3, 5, 7]),
    "position": st.sampled_from(["end", "activated", "inner", "inner"]),
    "activation": st.sampled_from(ACTIVATIONS),
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


def attentions() -> SearchStrategy[Any]:
    """One stage's attention, as a word or as a mapping."""
    mappings = [
        st.fixed_dictionaries({"type": st.just(kind)}, optional={name: _SETTINGS[name] for name in names})
        for kind, names in _KINDS.items()
    ]
    default = st.fixed_dictionaries({"type": st.sampled_from(["none", "eca"])}, optional={"ratio": st.just(0.0625)})
    return st.sampled_from(["none", "none", *_KINDS]) | st.one_of(mappings) | default
