"""Errors as data: what is wrong, where, why, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from .source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a text and a remark about it."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault.

    The message is self-contained, in lower case and without a full stop. The first label marks the fault,
    the others mark related places. Notes say why, helps say what to write instead.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text that the command line shows."""
        from .render import as_text

        return as_text(self).rstrip("\n")

    @property
    def span(self) -> Span | None:
        return self.labels[0].span if self.labels else None


class DiagnosticError(Exception):
    """An error that carries diagnostics; `str()` renders them as the command line does."""

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic) -> None:
        faults = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__(faults)
        self.diagnostics = faults

    def __str__(self) -> str:
        from .abridged import abridged

        shown, rest = abridged(self.diagnostics)
        return "\n\n".join([*map(str, shown), *rest])


class SpecError(DiagnosticError):
    """The spec is wrong. `diagnostics` contains every independent fault, in file order."""

    __module__ = "resnet_dsl"


class EnvironmentFault(DiagnosticError):
    """The spec may be fine; the request or the machine is not."""

    __module__ = "resnet_dsl"


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without duplicates, sorted by place; sources keep the order of first mention."""
    unique = tuple(dict.fromkeys(diagnostics))
    sources: dict[str, int] = {}
    for diagnostic in unique:
        if diagnostic.span is not None:
            sources.setdefault(diagnostic.span.source.name, len(sources))

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (-1, 0) if span is None else (sources[span.source.name], span.start)

    return tuple(sorted(unique, key=place))
