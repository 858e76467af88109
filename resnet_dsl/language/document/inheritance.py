"""`extends`: from a file to the chain of its ancestors, and from the chain to one merged document."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from errno import ENAMETOOLONG
from pathlib import Path
from stat import S_ISREG

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault, Label, SpecError
from ...diagnostics.source import Source, Span
from ...limits import MAX_BYTES, MAX_EXTENDS, MAX_PATH
from ..text.reader import decode, read_with_faults
from ..text.tree import Entry, Scalar, Table, Tree, shortened
from .bundled import ENDINGS, bundled_specs, is_bundled, suggestions
from .lineage import Lineage
from .revisions import PREFIX, Snapshot, snapshot
from .weights import SUFFIXES, WeightsError, check_no_weights

_NOT_REGULAR = "not a regular file"
_NOT_INHERITED = ("$schema", "name", "description", "reference", "extends", "expect")
"""Keys that describe a single file and are never inherited."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read, before inheritance."""

    tree: Table
    directory: Path | Snapshot = Path()
    """What `extends` is relative to."""
    identity: str = ""
    """The file's real path, or its name at a revision; empty if there is no file."""
    faults: tuple[Diagnostic, ...] = ()
    """Faults despite which the document could be read."""
    is_known_valid: bool = False
    """Whether checking it against the schema can be skipped."""
    inherited: Lineage | None = None
    """For an already merged chain, the texts it inherits from."""

    @property
    def source(self) -> Source:
        return self.tree.span.source

    @property
    def parent(self) -> Scalar | None:
        """The value of `extends` if it is a non-empty string."""
        entry = self.tree.entries.get("extends")
        match entry.value if entry else None:
            case Scalar(value=str() as name) as value if name:
                return value
            case _:
                return None


def read_text(name: str, data: bytes, directory: Path = Path()) -> Document:
    """A document not read from a file, but from standard input or a string; `extends` is relative to `directory`."""
    tree, faults = read_with_faults(decode(name, data))
    return Document(tree, directory, faults=faults)


def read_file(path: Path | Snapshot) -> Document:
    """The document in a file.

    Raises:
        OSError, ValueError: the file cannot be read.
        SpecError: it contains no readable YAML.
    """
    if isinstance(path, Snapshot):
        if path.path.endswith(SUFFIXES):
            raise OSError("weights cannot be read at a revision")
        tree, faults = read_with_faults(decode(str(path), path.read(MAX_BYTES + 1)))
        return Document(tree, path.parent, str(path), faults)
    if path.exists() and not path.is_file():  # opening a device can have side effects
        raise OSError(_NOT_REGULAR)
    with open(path, "rb", opener=_open_nonblocking) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):  # it has changed since the check above
            raise OSError(_NOT_REGULAR)
        data = file.read(MAX_BYTES + 1)
    check_no_weights(path.name, data)
    tree, faults = read_with_faults(decode(str(path), data))
    return Document(tree, path.parent, os.path.realpath(path), faults, is_known_valid=is_bundled(path))


def _open_nonblocking(path: str, flags: int) -> int:
    """Open a file without blocking on the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def locate(reference: str, directory: Path | Snapshot) -> Path | Snapshot:
    """The file that a reference denotes: the bare name of a bundled spec, otherwise a path.

    Raises:
        OSError: the path is longer than any system allows.
    """
    if len(reference) > MAX_PATH:  # resolving a path takes time quadratic in its length
        raise OSError(os.strerror(ENAMETOOLONG))
    return bundled_specs().get(reference) or directory / reference


def open_spec(reference: str) -> Document:
    """The document named on the command line.

    Raises:
        EnvironmentFault: there is no such spec, or it cannot be read.
        SpecError: it contains no readable YAML.
    """
    try:
        return read_file(snapshot(reference) if reference.startswith(PREFIX) else locate(reference, Path()))
    except (OSError, ValueError) as error:
        raise EnvironmentFault(unreadable(reference, Path(), error)) from None


def unreadable(
    reference: str, directory: Path | Snapshot, error: OSError | ValueError, span: Span | None = None
) -> Diagnostic:
    """The diagnostic for a spec that does not exist or cannot be read; `reference` is relative to `directory`."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    message = f"cannot read the spec `{shortened(reference)}`: {reason[:1].lower()}{reason[1:]}"
    helps: tuple[str, ...] = ()
    if isinstance(error, WeightsError):
        helps = (f"`resnet-dsl infer {shortened(reference)}` prints its spec",)
    if isinstance(error, FileNotFoundError) and not reference.startswith(PREFIX):
        general = "give the path of a file or the name of a bundled spec; `resnet-dsl list` shows the bundled specs"
        helps = _file_without_ending(reference, directory) or suggestions(reference)
        helps = helps or (() if os.sep in reference else (general,))
    if "\n" in reference and not reference.startswith(PREFIX):
        helps = ("this looks like the text of a spec: pass it as `resnet_dsl.Text(…)`, or to `resnet_dsl.loads`",)
    return Diagnostic(code="RD001", message=message, labels=(Label(span),) if span else (), helps=helps)


def _file_without_ending(reference: str, directory: Path | Snapshot) -> tuple[str, ...]:
    """A help that names the file for which only its ending is missing, or no help."""
    if isinstance(directory, Snapshot):
        return ()
    for ending in ENDINGS:
        if os.path.isfile(directory / f"{reference}{ending}"):  # noqa: PTH113  # the name may now be too long
            return (f"a file of that name exists: write `{reference}{ending}`",)
    return ()


def chain(document: Document) -> tuple[list[Document], tuple[Diagnostic, ...]]:
    """The document and its ancestors, up to one that extends nothing or whose parent cannot be read.

    In the latter case also the faults: a parent is missing, unreadable or already in the chain, or there are too many.
    """
    documents = [document]
    while (value := documents[-1].parent) is not None:
        reference = str(value.value)
        try:
            path = locate(reference, documents[-1].directory)
            if (broken := _broken_link(documents, path, value.span)) is not None:
                return documents, (broken,)
            documents.append(read_file(path))
        except (OSError, ValueError) as error:
            fault = unreadable(reference, documents[-1].directory, error, value.span)
            return documents, (_with_labels(fault, lineage(documents).labels(value.span)),)
        except SpecError as error:
            here = (Label((document.parent or value).span, "inherited here"),)
            return documents, tuple(_with_labels(fault, here) for fault in error.diagnostics)
    return documents, ()


def _with_labels(fault: Diagnostic, labels: tuple[Label, ...]) -> Diagnostic:
    return replace(fault, labels=(*fault.labels, *labels))


def _broken_link(documents: Sequence[Document], path: Path | Snapshot, span: Span) -> Diagnostic | None:
    """The diagnostic for a parent that is already in the chain or makes it too long."""
    identity = str(path) if isinstance(path, Snapshot) else os.path.realpath(path)
    if identity in (each.identity for each in documents):
        return _cycle(documents, identity, span)
    if len(documents) > MAX_EXTENDS:
        return Diagnostic(code="RD023", message=f"more than {MAX_EXTENDS} levels of `extends`", labels=(Label(span),))
    return None


def _cycle(documents: Sequence[Document], identity: str, span: Span) -> Diagnostic:
    start = [document.identity for document in documents].index(identity)
    names = [document.source.name for document in documents[start:]]
    return Diagnostic(
        code="RD022",
        message=f"circular `extends`: {' -> '.join([*names, names[0]])}",
        labels=(Label(span), *(Label(each.parent.span) for each in documents[start:-1] if each.parent)),
    )


def lineage(documents: Sequence[Document]) -> Lineage:
    """The lineage of the first document in a chain."""
    first, *parents = documents
    if first.inherited is not None:
        return first.inherited
    return Lineage(first.parent.span if first.parent else None, tuple(each.source for each in parents))


def merged(documents: Sequence[Document], patches: Iterable[Table]) -> Table:
    """One document without `extends`: the chain merged from the root ancestor down, then the patches."""
    first, *parents = documents
    result = Table({}, first.tree.span)
    for parent in reversed(parents):
        result = merge(result, _without(parent.tree, _NOT_INHERITED))
    own = _without(first.tree, ("$schema", "extends"))
    patches = tuple(patches)
    if patches:  # the file's expectations do not apply to the changed network
        own = _without(own, ("expect",))
    result = merge(result, own) if parents or patches else own
    for patch in patches:
        result = merge(result, patch)
    return Table(result.entries, first.tree.span)


def merge(base: Table, patch: Table) -> Table:
    """JSON Merge Patch (RFC 7396): mappings merge key by key, `null` removes, everything else is replaced."""
    entries = dict(base.entries)
    for key, entry in patch.entries.items():
        if isinstance(entry.value, Scalar) and entry.value.value is None:
            entries.pop(key, None)
            continue
        value: Tree = entry.value
        if isinstance(value, Table):
            below = entries[key].value if key in entries else None
            value = merge(below if isinstance(below, Table) else Table({}, value.span), value)
        entries[key] = Entry(entry.key, value)
    return Table(entries, patch.span)


def _without(table: Table, keys: Sequence[str]) -> Table:
    entries = {key: entry for key, entry in table.entries.items() if key not in keys}
    return Table(entries, table.span)
