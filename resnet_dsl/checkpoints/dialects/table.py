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
from .places import MODULES, Layer
from .template import template

_OURS = "torchvision"
_LEAVES: Leaves = {
    "convolution": {"weight": "weight", "bias": "bias"},
    "norm": {name: name for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")},
    "activation": {"weight": "weight"},
    "linear": {"weight": "weight", "bias": "bias"},
    "embedding": {"positional_embedding": "positional_embedding"},
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
        implies=table.get("implies", {}),
        implies_of=table.get("implies_of", {}),
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
    classifiers: list[str] = []
    for table in tables:
        names |= _of_layers(table.get("names", {}))
        leaves |= table.get("leaves", {})
        classifiers = table.get("classifiers", classifiers)
    entries = [table["entry"] for table in tables if "entry" in table]
    listed = {kind: text if isinstance(text, list) else [text] for kind, text in names.items() if text is not None}
    templates = {kind: tuple(map(template, texts)) for kind, texts in listed.items()}
    affine, deep_stem = (any(table.get(key, False) for table in tables) for key in ("affine", "deep_stem"))
    entry = entries[-1] if entries else "{layer}.{leaf}"
    return Naming(templates, leaves, entry, affine, deep_stem, tuple(classifiers))


def _of_layers(names: Mapping[str, Any]) -> dict[str, Any]:
    """The names with those of the layers in modules in place of the modules'."""
    found: dict[str, Any] = {}
    for kind, name in names.items():
        if kind in MODULES:
            found |= {f"{kind}.{path}": f"{name}.{path}" for path in MODULES[kind]}
    return found | {kind: name for kind, name in names.items() if kind not in MODULES}
