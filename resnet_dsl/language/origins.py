"""Where the text says each value of a spec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..diagnostics.diagnostic import Label
from ..diagnostics.source import Span
from .document.lineage import Lineage
from .text.tree import Path


@dataclass(frozen=True, slots=True)
class Origins:
    """The place in the text of each value of a spec."""

    spans: Mapping[Path, Span] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=Lineage)

    def span(self, *path: str | int) -> Span | None:
        """The place of the value, else of the nearest enclosing collection that is written, else of the name."""
        for length in range(len(path), 0, -1):
            if (found := self.spans.get(path[:length])) is not None:
                return found
        return self.spans.get(("name",))

    def first_labels(self, paths: Sequence[Path]) -> tuple[Label, ...]:
        """A label at the first of these values that is written; if none is, at the nearest place to the first."""
        written = (path for path in paths if path in self.spans)
        return self.labels(*next(written, paths[0]))

    def labels(self, *path: str | int, text: str = "") -> tuple[Label, ...]:
        """Labels at the value and at the `extends` that brought it in; none if the spec has no text."""
        span = self.span(*path)
        return () if span is None else (Label(span, text), *self.lineage.labels(span))
