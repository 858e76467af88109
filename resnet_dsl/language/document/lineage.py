"""Which texts a document inherits from."""

from dataclasses import dataclass

from ...diagnostics.diagnostic import Label
from ...diagnostics.source import Source, Span


@dataclass(frozen=True, slots=True)
class Lineage:
    """The `extends` of the file that the user named, and all texts behind it."""

    extends: Span | None = None
    parents: tuple[Source, ...] = ()

    def labels(self, span: Span | None) -> tuple[Label, ...]:
        """For a place in a parent, a label at the `extends` that brought it in; none for any other place."""
        if span is None or self.extends is None or span.source not in self.parents:
            return ()
        return (Label(self.extends, "inherited here"),)
