"""From text to Spec: read, check the shape, inherit, check the rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

from ..diagnostics.diagnostic import MAX_FAULTS, Diagnostic, Label, SpecError, in_file_order
from .checks import rules, schema
from .checks.salvage import without_faults
from .document.inheritance import Document, chain, merged, open_spec, read_text
from .document.inheritance import lineage as lineage_of
from .document.lineage import Lineage
from .document.overrides import parse_override
from .document.python_data import plain_data
from .interpret import make_spec
from .spec import Spec
from .text.tree import Path, Scalar, Table, Tree, dotted, find_value
from .text.tree import Sequence as SequenceTree
from .text.writer import write


def load(source: str | PathLike[str] | Mapping[str, Any], *, overrides: Sequence[str] = ()) -> Spec:
    """The spec in a file, the bundled spec of that name, or the spec that a mapping spells.

    Args:
        source: a path, the bare name of a bundled spec (`"resnet50"`), or the document itself.
        overrides: `"key=value"` each, as for `--set`.

    Raises:
        SpecError: with every independent fault of the spec.
        EnvironmentFault: there is no such file, or it cannot be read.
    """
    if isinstance(source, Mapping):
        return loads(write(plain_data(source)), name="<mapping>", overrides=overrides)
    return resolve(open_spec(str(source)), overrides)


def loads(text: str | bytes, *, name: str = "<string>", overrides: Sequence[str] = ()) -> Spec:
    """The spec that a text holds.

    Args:
        text: YAML; bytes are UTF-8.
        name: what diagnostics call the text.
        overrides: `"key=value"` each, as for `--set`.

    Raises:
        SpecError: with every independent fault of the spec.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return resolve(read_text(name, data), overrides)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says, and what is wrong with it."""

    spec: Spec | None
    """The spec without what is wrong, where that says nothing of the network; else None."""
    faults: tuple[Diagnostic, ...]


def resolve(document: Document, overrides: Sequence[str] = ()) -> Spec:
    """The spec that a document describes, once it is merged into its parents and changed by `overrides`.

    Raises:
        SpecError: with every independent fault of the spec.
        EnvironmentFault: an override is not of the form `key=value`.
    """
    reading = examine(document, overrides)
    if reading.faults:
        raise SpecError(reading.faults)
    assert reading.spec is not None
    return reading.spec


def examine(document: Document, overrides: Sequence[str] = ()) -> Reading:
    """The spec that a document describes, as far as it does, and every independent fault of it.

    Raises:
        EnvironmentFault: an override is not of the form `key=value`.
    """
    patches, faults = _patches(overrides)
    documents, endings = chain(document)
    lineage = lineage_of(documents)
    faults += _shape_faults(documents)
    if endings or "extends" in documents[-1].tree.entries:  # it names no file, so nobody knows what is missing
        return Reading(None, in_file_order([*_placed(faults, lineage), *endings]))
    tree = merged(documents, patches)
    if patches or len(documents) > 1:  # a file that stands alone has been checked already
        faults += _faults_of_merging(tree, documents, faults)
    broken = rules.check(tree, faults)
    mismatched = {fault.span for fault in broken if fault.code == "RD301"}  # it says more than that a list is too long
    faults = [fault for fault in faults if fault.code != "RD207" or fault.span not in mismatched] + broken
    rest = without_faults(tree, faults) if faults else tree
    return Reading(None if rest is None else make_spec(rest, lineage), in_file_order(_placed(faults, lineage)))


def _placed(faults: Iterable[Diagnostic], lineage: Lineage) -> Iterator[Diagnostic]:
    """The faults; one that stands in a parent with a second place, the `extends` that brought it in."""
    for fault in faults:
        yield replace(fault, labels=(*fault.labels, *lineage.labels(fault.span)))


def _patches(overrides: Iterable[str]) -> tuple[list[Table], list[Diagnostic]]:
    """The documents that overrides stand for, and what is wrong with those that stand for none, or for no key."""
    patches: list[Table] = []
    faults: list[Diagnostic] = []
    for option in overrides:
        try:
            patches.append(parse_override(option))
        except SpecError as error:
            faults += error.diagnostics
            continue
        faults += [fault for fault in schema.check(patches[-1]) if fault.code == "RD203"]
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
    """What is wrong with the whole that is wrong with none of its parts, and does not follow from what is."""
    known = {(fault.code, fault.message) for fault in faults}  # `name is missing` has another place here
    if "name" in documents[0].tree.entries:  # it is `null`
        known.add(("RD202", "the key `name` is missing"))
    is_unread = any(document.faults for document in documents)
    found = (fault for fault in schema.check(tree) if (fault.code, fault.message) not in known)
    return [fault for fault in found if fault.code != "RD202" or not is_unread]


def _faults_of(document: Document) -> list[Diagnostic]:
    """Of what could not be read nothing more is said, nor that keys are missing beside it."""
    unread = {fault.span for fault in document.faults}
    shape = (fault for fault in schema.check(document.tree) if fault.span not in unread)
    return [*document.faults, *(fault for fault in shape if not unread or fault.code != "RD202")]


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
