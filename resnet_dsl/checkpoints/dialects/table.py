"""A file of names -> the dialect that it describes."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import product
from typing import Any

from ...diagnostics.source import Source
from ...language.text.reader import read
from ...language.text.tree import to_plain
from .change import Layout
from .dialect import Dialect
from .naming import Leaves, Naming
from .places import Layer
from .template import template

_OURS = "torchvision"
_LEAVES: Leaves = {
    "convolution": {"weight": "weight", "bias": "bias"},
    "norm": {name: name for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")},
    "linear": {"weight": "weight", "bias": "bias"},
}
"""What PyTorch calls the entries of a layer."""


def dialects() -> tuple[Dialect, ...]:
    """The dialects of all files, that of the standard names first, the others in alphabetical order."""
    tables = {table["name"]: table for table in _tables()}
    standard = _namings(tables[_OURS])
    order = [_OURS, *sorted(tables.keys() - {_OURS})]
    return tuple(_dialect(tables[name], standard) for name in order)


def _tables() -> Iterator[Any]:
    for file in files(__package__).iterdir():
        if file.name.endswith(".yaml"):
            yield to_plain(read(Source(file.name, file.read_text("utf-8"))))


def _dialect(table: Mapping[str, Any], standard: Sequence[Naming]) -> Dialect:
    layouts: Mapping[Layer, Any] = table.get("layouts", {})
    return Dialect(
        name=table["name"],
        library=table["library"],
        trunk=table.get("trunk", ""),
        aliases=tuple(table.get("aliases", ())),
        classifiers=tuple(table.get("classifiers", ())),
        implies=table.get("implies", {}),
        implies_of_bottlenecks=table.get("implies_of_bottlenecks", {}),
        beyond=table.get("beyond", ""),
        beyond_of_padding=table.get("beyond_of_padding", ""),
        beyond_of_group_norms=table.get("beyond_of_group_norms", ""),
        sign=table.get("sign", ""),
        biased=table.get("biased", False),
        layouts={layer: Layout(tuple(each["axes"]), each.get("ones", 0)) for layer, each in layouts.items()},
        namings=_namings(table),
        standard=tuple(standard),
    )


def _namings(table: Mapping[str, Any]) -> tuple[Naming, ...]:
    """One for each combination of the table's variants, each with what the table says of all."""
    return tuple(_naming([table, *chosen]) for chosen in product(*table.get("variants", ())))


def _naming(tables: Sequence[Mapping[str, Any]]) -> Naming:
    """What the tables say, the last one first; a name that is null is none."""
    names: dict[str, Any] = {}
    leaves: dict[Layer, Mapping[str, str]] = {**_LEAVES}
    for table in tables:
        names |= table.get("names", {})
        leaves |= table.get("leaves", {})
    entries = [table["entry"] for table in tables if "entry" in table]
    listed = {kind: text if isinstance(text, list) else [text] for kind, text in names.items() if text is not None}
    templates = {kind: tuple(map(template, texts)) for kind, texts in listed.items()}
    affine, deep_stem = (any(table.get(key, False) for table in tables) for key in ("affine", "deep_stem"))
    return Naming(templates, leaves, entries[-1] if entries else "{layer}.{leaf}", affine, deep_stem)
