"""The texts that a document inherits from."""

from dataclasses import dataclass

from ...diagnostics.diagnostic import Label
from ...diagnostics.source import Source, Span

OPTION = "--set"
"""The source name of an option in diagnostics."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The `extends` of the file named by the user, and the texts of all its ancestors."""

    extends: Span | None = None
    parents: tuple[Source, ...] = ()

    def inherits(self, span: Span | None) -> bool:
        """Whether a place is in a parent, rather than in the file itself or an option."""
        return span is not None and span.source in self.parents

    def age(self, span: Span) -> int:
        """0 for an option, 1 for the file itself, 2 for its parent, and so on."""
        if span.source.name == OPTION:
            return 0
        return self.parents.index(span.source) + 2 if span.source in self.parents else 1

    def labels(self, *spans: Span | None) -> tuple[Label, ...]:
        """A label at the `extends` that brought in any of these places; none if they are all in the file itself."""
        if self.extends is None or not any(map(self.inherits, spans)):
            return ()
        return (Label(self.extends, "inherited here"),)
