"""The compiler driver: a source in, the spec and its network out, or every independent fault.

Everything that Python or the command line does with a spec goes through here.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeAlias

from .diagnostics.codes import independent
from .diagnostics.diagnostic import Diagnostic, DiagnosticError, SpecError, in_file_order
from .graph.graph import Graph
from .language.document.bundled import bundled_specs
from .language.document.inheritance import Document, open_spec, read_text
from .language.document.overrides import Overrides, as_options
from .language.document.python_data import plain_data
from .language.interpret import is_as_written
from .language.load import examine
from .language.provenance import Origin, leaves, origins
from .language.quantisation import explained
from .language.spec import Spec
from .language.text.tree import Path as KeyPath
from .language.text.tree import Plain
from .language.text.writer import write
from .language.to_data import to_data
from .lowering.kinds import KINDS
from .lowering.lower import examined, lower
from .lowering.outline import Figures


@dataclass(frozen=True, slots=True)
class Text:
    """A spec as YAML text."""

    content: str | bytes
    """Bytes are UTF-8."""
    name: str = "<string>"
    """Its name in diagnostics."""
    directory: Path = field(default_factory=Path)
    """What paths in `extends` are relative to."""

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode("utf-8", "surrogatepass")


Source: TypeAlias = Spec | Text | str | PathLike[str] | Mapping[str, Any]
"""A spec, a text, a path, the name of a bundled spec, or a document as Python data."""


def load_spec(source: Source, overrides: Overrides = ()) -> Spec:
    """Load and check a spec.

    Args:
        source: what describes it.
        overrides: `"key=value"` strings, as for `--set`, or values by dotted key; with overrides, the spec's
            expectations are not checked.

    Raises:
        SpecError: the spec or its network is invalid; `diagnostics` contains every independent fault.
        EnvironmentFault: there is no such file, it cannot be read, or an override is not of the form `key=value`.
    """
    options = as_options(overrides)
    if not options and isinstance(source, Spec) and is_as_written(source, KINDS):  # it has been checked already
        return source
    return _checked(source, options)[0]


def figures_of(source: Source, overrides: Overrides = ()) -> Figures:
    """The key figures of a spec's network, without the whole graph; arguments and errors are those of `load_spec`."""
    _, found = _checked(source, as_options(overrides))
    return found


def _checked(source: Source, options: Sequence[str]) -> tuple[Spec, Figures]:
    reading = examine(_document(source), options, KINDS)
    network_faults, found = examined(reading.spec) if reading.spec else ([], None)
    if faults := independent([*reading.faults, *network_faults]):
        raise SpecError(in_file_order(faults))
    assert reading.spec is not None
    assert found is not None
    return reading.spec, found


def compile_spec(source: Source, overrides: Overrides = ()) -> tuple[Spec, Graph]:
    """The spec and its network; arguments and errors are those of `load_spec`."""
    spec = load_spec(source, overrides)
    return spec, lower(spec)


def find_faults(source: Source, overrides: Overrides = ()) -> tuple[Diagnostic, ...]:
    """Every independent fault of a spec, in file order; empty if it is valid. Arguments are those of `load_spec`."""
    try:
        load_spec(source, overrides)
    except DiagnosticError as error:
        return error.diagnostics
    return ()


def written_out(spec: Spec) -> dict[str, Plain]:
    """The spec as plain data with every default written out; loading it gives the same spec."""
    return to_data(spec, KINDS)


def text_of(spec: Spec) -> str:
    """The text of a spec that says the same wherever it is read: as it was written if it does, else written out.

    What is written out expects nothing if overrides made the expectations false.
    """
    name = spec.origins.span("name")
    data = written_out(spec)
    whole, modest = (write(plain_data(each)) for each in (data, {**data, "expect": {}}))
    for text in (*([] if name is None else [name.source.text]), whole):
        with suppress(DiagnosticError):
            if is_standalone(Text(text)) and load_spec(Text(text)) == spec:
                return text
    return modest


def is_standalone(text: Text) -> bool:
    """Whether a spec says the same wherever it is read: it extends no file, unless it is one that is bundled."""
    try:
        parent = _document(text).parent
    except SpecError:  # no parent either
        return True
    return parent is None or parent.value in bundled_specs()


def quantisation_of(spec: Spec) -> str:
    """How the rule of `stages.regnet` came to the widths of the stages, a line for each; empty without a rule."""
    return explained(load_spec(spec))


def origins_of(spec: Spec) -> dict[KeyPath, Origin]:
    """Where each value of a spec comes from, by its path in what `written_out` returns."""
    read = load_spec(spec)  # one that Python changed counts as written out
    return origins(read, (path for path, _ in leaves(written_out(read))))


def _document(source: Source) -> Document:
    """The source as read, before `extends` is resolved."""
    match source:
        case Spec():
            return _document_of(source)
        case Text():
            return read_text(source.name, source.data, source.directory)
        case Mapping():
            return _document(Text(write(plain_data(source)), "<mapping>"))
        case str() | PathLike():
            return open_spec(fspath(source))
        case _:
            raise TypeError(f"a spec is a `Spec`, a `Text`, a path, a name or a mapping, not `{type(source).__name__}`")


def _document_of(spec: Spec) -> Document:
    """The document the spec was read from, so that defaults stay defaults; written out if Python changed the spec."""
    if not is_as_written(spec, KINDS):
        return _document(Text(write(plain_data(written_out(spec))), f"<{spec.name}>"))
    assert spec.written is not None
    return Document(spec.written, is_known_valid=True, inherited=spec.origins.lineage)
