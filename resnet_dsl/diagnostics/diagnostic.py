"""What is wrong, where, why, and what to write instead: errors as data."""

from collections.abc import Iterable
from dataclasses import dataclass

from .source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a text and what there is to say about it."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault.

    The message stands alone, in lower case and without a full stop. The first label is the fault's
    place, the others are places that it has to do with. Notes say why, helps say what to write instead.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()

    @property
    def span(self) -> Span | None:
        return self.labels[0].span if self.labels else None


class DiagnosticError(Exception):
    """An error made of diagnostics; `str()` of it is their text as the command line shows it."""

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic) -> None:
        faults = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__(faults)
        self.diagnostics = faults

    def __str__(self) -> str:
        from .render import as_text

        return "\n".join(as_text(diagnostic) for diagnostic in self.diagnostics).rstrip("\n")


class SpecError(DiagnosticError):
    """The spec is wrong. `diagnostics` holds every independent fault, in file order."""

    __module__ = "resnet_dsl"


class EnvironmentFault(DiagnosticError):
    """The spec may be fine; what was asked for, or the machine it was asked of, is not."""

    __module__ = "resnet_dsl"


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without repetitions, sorted by place; sources keep the order of first mention."""
    unique = tuple(dict.fromkeys(diagnostics))
    sources: dict[str, int] = {}
    for diagnostic in unique:
        if diagnostic.span is not None:
            sources.setdefault(diagnostic.span.source.name, len(sources))

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (-1, 0) if span is None else (sources[span.source.name], span.start)

    return tuple(sorted(unique, key=place))
