"""From a document to a Spec: inherit, override, check the shape, check the rules, fill in the defaults."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..diagnostics.codes import Spoils, independent, spans_of, spoils
from ..diagnostics.diagnostic import Diagnostic, Label, SpecError, in_file_order
from ..limits import MAX_FAULTS
from .checks.rules import broken_rules
from .checks.salvage import without_faults
from .checks.violations import missing_keys, violations
from .document.inheritance import Document, chain, merged
from .document.inheritance import lineage as lineage_of
from .document.lineage import Lineage
from .document.overrides import parse_override
from .interpret import make_spec
from .kinds import Kinds
from .spec import Spec
from .text.tree import Path, Scalar, Table, Tree, dotted, find_value
from .text.tree import Sequence as SequenceTree


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says, and what is wrong with it."""

    spec: Spec | None
    """The spec without what is wrong, where that says nothing of the network; else None."""
    faults: tuple[Diagnostic, ...]


def examine(document: Document, options: Sequence[str], kinds: Kinds) -> Reading:
    """The spec that a document describes, as far as it does, and every independent fault of the text.

    Args:
        document: a file or a text, before it is merged into its parents.
        options: `"key=value"` each, as for `--set`.
        kinds: of blocks and attentions.

    Raises:
        EnvironmentFault: an override is not of the form `key=value`.
    """
    patches, faults = _patches(options)
    documents, endings = chain(document)
    lineage = lineage_of(documents)
    faults += _shape_faults(documents)
    if endings or "extends" in documents[-1].tree.entries:  # it names no file, so nobody knows what is missing
        return Reading(None, in_file_order([*_placed(faults, lineage), *endings]))
    tree = merged(documents, patches)
    if patches or len(documents) > 1:  # a file that stands alone has been checked already
        faults += _faults_of_merging(tree, documents, faults)
    faults = independent([*faults, *broken_rules(tree, faults, kinds)])
    rest = without_faults(tree, faults, kinds) if faults else tree
    spec = None if rest is None else make_spec(rest, lineage, kinds)
    return Reading(spec, in_file_order(_placed(faults, lineage)))


def _placed(faults: Iterable[Diagnostic], lineage: Lineage) -> Iterator[Diagnostic]:
    """The faults; one that stands in a parent with a second place, the `extends` that brought it in."""
    for fault in faults:
        yield replace(fault, labels=(*fault.labels, *lineage.labels(fault.span)))


def _patches(options: Iterable[str]) -> tuple[list[Table], list[Diagnostic]]:
    """The documents that options stand for, and what is wrong with each by itself."""
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
    """What is wrong with the files as they stand, each by itself; not more than anybody reads."""
    faults: list[Diagnostic] = []
    for document in documents:
        faults += _faults_of(document)
        if len(faults) >= MAX_FAULTS:
            return faults[:MAX_FAULTS]
    faulty = {fault.span for fault in faults}
    root = documents[-1].tree
    nulls = _nulls(root) if find_value(root, ("extends",)) is None else ()
    return faults + [_nothing_inherited(path, null) for path, null in nulls if null.span not in faulty]


def _faults_of_merging(tree: Table, documents: Sequence[Document], faults: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What the whole lacks that none of its parts was found to lack."""
    if any(document.faults for document in documents):  # what could not be read may be what is missing
        return []
    known = {fault.message for fault in faults}  # a parent may be told that it lacks the same key
    return [fault for fault in missing_keys(tree) if fault.message not in known]


def _faults_of(document: Document) -> list[Diagnostic]:
    """Of what could not be read nothing more is said, nor that keys are missing beside it."""
    if document.is_known_valid:
        return [*document.faults]
    unread = spans_of(document.faults, set(Spoils))
    shape = (fault for fault in violations(document.tree) if fault.span not in unread)
    return [*document.faults, *(fault for fault in shape if not (unread and spoils(fault) is Spoils.SURROUNDINGS))]


def _nulls(tree: Tree, path: Path = ()) -> Iterable[tuple[Path, Scalar]]:
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                yield from _nulls(entry.value, (*path, key))
        case Scalar(value=None):
            yield path, tree
        case Scalar() | SequenceTree():
            return


def _nothing_inherited(path: Path, null: Scalar) -> Diagnostic:
    return Diagnostic(
        code="RD208",
        message=f"`{dotted(path)}` is `null`, but nothing is inherited here",
        labels=(Label(null.span),),
        notes=("`null` takes an inherited value away, and this file extends nothing",),
    )
