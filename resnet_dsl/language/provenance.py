"""Where each value of a spec comes from: the file itself, a file that it extends, an option, or a default."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal

from ..diagnostics.source import Span
from .by_rule import DEPTHS, RULE, WIDTHS
from .document.bundled import is_bundled
from .document.canonical import canonical
from .spec import Spec
from .text.tree import Path, Plain, Scalar, Sequence, Table, Tree, shortened

_SAID_BY: Mapping[Path, Path] = {DEPTHS: RULE, WIDTHS: RULE, ("stem", "stride"): ("stem", "strides")}
"""A key -> the one that may be written in its place."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from; `str()` says it in a few words."""

    kind: Literal["file", "parent", "option", "default"]
    span: Span | None = None
    """The place in the text; None for a default."""

    @property
    def source(self) -> str:
        """The name of the text: a path, the name of a bundled spec, or `--set`; empty for a default."""
        if self.span is None:
            return ""
        path = FilePath(self.span.source.name)
        return path.stem if is_bundled(path) else self.span.source.name

    def __str__(self) -> str:
        if self.span is None:
            return "default"
        if self.kind == "option":
            return f"{self.source} {shortened(' '.join(self.span.source.text.split()))}"
        return f"{self.source}, line {self.span.line}"


def origins(spec: Spec, paths: Iterable[Path]) -> dict[Path, Origin]:
    """The origin of each of these values of a spec that has been read; a list is one value."""
    assert spec.written is not None
    tree = canonical(spec.written)
    return {path: _origin(spec, _place(tree, path) or _place_of_other(spec, path)) for path in paths}


def leaves(data: Mapping[str, Plain], path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """All values that are not mappings, with their paths, in order."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _place_of_other(spec: Spec, path: Path) -> Span | None:
    """The place of another key that says the value, if it is written."""
    return spec.origins.spans.get(_SAID_BY[path]) if path in _SAID_BY else None


def _origin(spec: Spec, span: Span | None) -> Origin:
    if span is None:
        return Origin("default")
    if spec.origins.lineage.inherits(span):
        return Origin("parent", span)
    assert spec.written is not None
    return Origin("file" if span.source == spec.written.span.source else "option", span)


def _place(tree: Tree, path: Path) -> Span | None:
    """The place of the value in the canonical document, None if it is not written there."""
    match tree:
        case Table():
            key, *rest = path or ("type",)  # what has the default settings of its type is shown as its type
            entry = tree.entries.get(str(key))
            return None if entry is None else _place(entry.value, tuple(rest))
        case Sequence() if path:  # one value per stage: the first of them that is written
            return next(filter(None, (_place(item, path) for item in tree.items)), None)
        case Sequence() | Scalar():
            return tree.span if not path else None
