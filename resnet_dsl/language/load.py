"""Document -> Spec: inherit, override, check the schema, check the rules, fill in the defaults."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..diagnostics.codes import Invalidated, independent, invalidated_by, spans_of
from ..diagnostics.diagnostic import Diagnostic, Label, SpecError, in_file_order
from ..limits import MAX_FAULTS
from .checks.missing_keys import missing_keys
from .checks.rules import broken_rules
from .checks.salvage import without_faults
from .checks.violations import violations
from .document.inheritance import Document, chain, merged
from .document.inheritance import lineage as lineage_of
from .document.lineage import Lineage
from .document.overrides import parse_override
from .interpret import make_spec
from .kinds import Kinds
from .spec import Spec
from .text.tree import Path, Scalar, Table, Tree, dotted, find_value, key_span
from .text.tree import Sequence as SequenceTree


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document describes, and what is wrong with it."""

    spec: Spec | None
    """The spec without its faulty parts if those cannot affect the network, else None."""
    faults: tuple[Diagnostic, ...]


def examine(document: Document, options: Sequence[str], kinds: Kinds) -> Reading:
    """The spec that a document describes, as far as it is known, and every independent fault of the text.

    Args:
        document: a file or a text, before inheritance.
        options: `"key=value"` each, as for `--set`.
        kinds: the available blocks and attentions.

    Raises:
        EnvironmentFault: an override does not have the form `key=value`.
    """
    patches, faults = _parse_overrides(options)
    documents, chain_faults = chain(document)
    lineage = lineage_of(documents)
    faults += _shape_faults(documents)
    if chain_faults or "extends" in documents[-1].tree.entries:  # the chain is broken, so missing keys are unknown
        return Reading(None, in_file_order([*_with_inheritance_labels(faults, lineage), *chain_faults]))
    tree = merged(documents, patches)
    if patches or len(documents) > 1:  # a file without a parent has already been checked
        faults += _merge_faults(tree, documents, faults)
    faults = independent([*faults, *broken_rules(tree, faults, kinds, lineage)])
    salvaged = without_faults(tree, faults, kinds) if faults else tree
    spec = None if salvaged is None else make_spec(salvaged, lineage, kinds)
    return Reading(spec, in_file_order(_with_inheritance_labels(faults, lineage)))


def _with_inheritance_labels(faults: Iterable[Diagnostic], lineage: Lineage) -> Iterator[Diagnostic]:
    """The faults, those that have to do with a parent with a further label at the `extends` that brought it in."""
    for fault in faults:
        spans = (label.span for label in fault.labels)
        yield replace(fault, labels=(*fault.labels, *lineage.labels(*spans)))


def _parse_overrides(options: Iterable[str]) -> tuple[list[Table], list[Diagnostic]]:
    """The documents that the options represent, and the faults of each by itself."""
    patches: list[Table] = []
    faults: list[Diagnostic] = []
    for option in options:
        try:
            patches.append(parse_override(option))
        except SpecError as error:
            faults += error.diagnostics
        else:
            faults += violations(patches[-1], is_patch=True)
    return patches, faults


def _shape_faults(documents: Sequence[Document]) -> list[Diagnostic]:
    """The schema faults of each file by itself, up to a limit."""
    faults: list[Diagnostic] = []
    for document in documents:
        faults += _document_faults(document)
        if len(faults) >= MAX_FAULTS:
            return faults[:MAX_FAULTS]
    faulty = {fault.span for fault in faults}
    root = documents[-1].tree
    has_no_nulls = documents[-1].is_known_valid or find_value(root, ("extends",)) is not None
    nulls = () if has_no_nulls else _null_values(root)
    return faults + [
        _pointless_null(path, null)
        for path, null in nulls
        if null.span not in faulty and not any(key_span(root, path[: end + 1]) in faulty for end in range(len(path)))
    ]


def _merge_faults(tree: Table, documents: Sequence[Document], faults: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The missing keys of the merged document that no single file was reported to lack."""
    if any(document.faults for document in documents):  # the missing key may be what could not be read
        return []
    known = {fault.message for fault in faults}  # the same key may have been reported for a parent
    return [fault for fault in missing_keys(tree) if fault.message not in known]


def _document_faults(document: Document) -> list[Diagnostic]:
    """The faults of one file, without consequences of unreadable parts: further faults there, and missing keys."""
    if document.is_known_valid:
        return [*document.faults]
    unreadable = spans_of(document.faults, set(Invalidated))
    shape = (fault for fault in violations(document.tree) if fault.span not in unreadable)
    return [
        *document.faults,
        *(fault for fault in shape if not (unreadable and invalidated_by(fault) is Invalidated.MISSING)),
    ]


def _null_values(tree: Tree, path: Path = ()) -> Iterable[tuple[Path, Scalar]]:
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                yield from _null_values(entry.value, (*path, key))
        case Scalar(value=None):
            yield path, tree
        case Scalar() | SequenceTree():
            return


def _pointless_null(path: Path, null: Scalar) -> Diagnostic:
    return Diagnostic(
        code="RD208",
        message=f"`{dotted(path)}` is `null`, but there is no inherited value to remove",
        labels=(Label(null.span),),
        notes=("this file extends nothing",),
    )
