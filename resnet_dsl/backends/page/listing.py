"""The values of a spec with their origins, as a section of a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .markup import element, text


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a spec."""

    path: tuple[str, ...]
    """Its keys, from the outermost to its own."""
    value: str
    """As a spec writes it."""
    kind: Literal["file", "parent", "option", "default"]
    origin: str
    """Where it comes from, in words."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a spec says."""

    description: str = ""
    reference: str = ""
    values: tuple[Value, ...] = ()
    explanation: str = ""
    """How a rule came to its values; empty without one."""


def section(listing: Listing) -> str:
    """Every value in the order of a spec, with where it comes from; empty if there are none."""
    if not listing.values:
        return ""
    choice = element("label", '<input type="checkbox" id="defaults" checked>', " defaults too")
    explanation = element("pre", text(listing.explanation.rstrip())) if listing.explanation else ""
    header = element("tr", *(element("th", name, scope="col") for name in ("key", "value", "origin")))
    table = element("table", element("thead", header), element("tbody", *_rows(listing.values)), class_="values")
    return element(
        "section",
        element("header", element("h2", "Spec", id="spec-title"), choice),
        element("div", table, id="keys", class_="scroll", tabindex="0", role="region", aria_labelledby="spec-title"),
        explanation,
        id="spec",
        aria_labelledby="spec-title",
    )


def _rows(values: Sequence[Value]) -> Iterator[str]:
    """A row for each value, and one for each mapping before the first value in it."""
    open_: tuple[str, ...] = ()
    written = {value.path[:depth] for value in values if value.kind != "default" for depth in range(len(value.path))}
    for value in values:
        *around, key = value.path
        for depth, name in enumerate(around):
            if open_[: depth + 1] != value.path[: depth + 1]:
                kind = "written" if value.path[: depth + 1] in written else "default"
                yield element("tr", _key(name, depth), "<td></td><td></td>", class_=kind)
        open_ = value.path[:-1]
        cells = _key(key, len(around)), element("td", text(value.value)), element("td", text(value.origin))
        yield element("tr", *cells, class_=value.kind)


def _key(name: str, depth: int) -> str:
    return element("th", text(name), scope="row", class_=f"depth{depth}")
