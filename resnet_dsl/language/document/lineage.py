"""Which texts a document inherits from."""

from dataclasses import dataclass

from ...diagnostics.diagnostic import Label
from ...diagnostics.source import Source, Span
from ..text.tree import Table

OPTION = "--set"
"""What diagnostics call the text of an option."""


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


def is_inherited(span: Span, document: Table) -> bool:
    """Whether a place of the merged document stands in a parent of the file, and neither in it nor in an option."""
    return span.source != document.span.source and span.source.name != OPTION
