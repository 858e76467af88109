"""The texts that a document inherits from."""

from dataclasses import dataclass

from ...diagnostics.diagnostic import Label
from ...diagnostics.source import Source, Span


@dataclass(frozen=True, slots=True)
class Lineage:
    """The `extends` of the file named by the user, and the texts of all its ancestors."""

    extends: Span | None = None
    parents: tuple[Source, ...] = ()

    def inherits(self, span: Span | None) -> bool:
        """Whether a place is in a parent, rather than in the file itself or an option."""
        return span is not None and span.source in self.parents

    def labels(self, *spans: Span | None) -> tuple[Label, ...]:
        """A label at the `extends` that brought in any of these places; none if they are all in the file itself."""
        if self.extends is None or not any(map(self.inherits, spans)):
            return ()
        return (Label(self.extends, "inherited here"),)
