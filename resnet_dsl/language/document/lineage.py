"""The texts that a document inherits from."""

from dataclasses import dataclass

from ...diagnostics.diagnostic import Label
from ...diagnostics.source import Source, Span
from ..text.tree import Table

OPTION = "--set"
"""The source name of an option in diagnostics."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The `extends` of the file named by the user, and the texts of all its ancestors."""

    extends: Span | None = None
    parents: tuple[Source, ...] = ()

    def labels(self, span: Span | None) -> tuple[Label, ...]:
        """For a place in a parent, a label at the `extends` that brought it in; none for any other place."""
        if span is None or self.extends is None or span.source not in self.parents:
            return ()
        return (Label(self.extends, "inherited here"),)


def is_inherited(span: Span, document: Table) -> bool:
    """Whether a place of the merged document is in a parent, rather than in the file itself or an option."""
    return span.source != document.span.source and span.source.name != OPTION
