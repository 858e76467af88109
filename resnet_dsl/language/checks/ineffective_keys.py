"""Keys made ineffective by the values of other keys: an error, because whoever wrote them meant something.

Keys whose effect depends on the shapes of the network are checked by `lowering/checks/ineffective_keys.py`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ..document.canonical import as_written, expanded, is_for_all_stages
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..spec import default, position
from ..text.tree import Path, Scalar, Table, Tree, dotted, find, find_value, value_span
from ..text.tree import Sequence as SequenceTree
from .ineffective_rules import Rule, rules
from .schema import is_required


@dataclass(frozen=True, slots=True)
class _Cause:
    """A value that may make a key ineffective."""

    value: Any
    span: Span | None
    """None if it is the default."""


def ineffective_keys(tree: Table, kinds: Kinds, lineage: Lineage, unknown: Collection[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each key with a non-default value that cannot change the network.

    Args:
        tree: the document in canonical form.
        kinds: the available blocks, 3x3 convolutions and attentions.
        lineage: the texts that the document inherits from.
        unknown: the sections that may have been meant to say what they do not say.
    """
    reported: set[Path] = set()
    for rule in rules(kinds):
        for path, causes in _occurrences(tree, rule, unknown):
            if path not in reported:
                reported.add(path)
                yield _no_effect(tree, path, rule, causes, lineage)


def _occurrences(tree: Table, rule: Rule, unknown: Collection[str]) -> Iterator[tuple[Path, list[_Cause]]]:
    """The places where the rule's key is ineffective, for all stages or for one, and the values that make it so.

    A key with its default is not. A value for all stages is ineffective only if it is ineffective in every stage.
    """
    if not _may_be_written(tree, rule.path):  # as most keys are not
        return
    places: dict[Path, list[Path]] = {}
    for path in expanded(tree, rule.path):
        if _is_chosen(find(tree, path), rule):
            places.setdefault(as_written(tree, path), []).append(path)
    for paths in places.values():
        causes = [cause for path in paths for cause in _causes(tree, rule, path, unknown)]
        if causes and all(cause.value in rule.reasons for cause in causes) and _has_place(tree, rule, paths):
            yield paths[0], causes


def _is_chosen(key: Tree | None, rule: Rule) -> bool:
    """Whether it is one of the values that the rule is about, and not the default."""
    if not isinstance(key, Scalar) or key.value == default(rule.path):
        return False
    return rule.values is None or key.value in rule.values


def _may_be_written(tree: Tree, steps: Sequence[str]) -> bool:
    """Whether a key is in the document, as far as its steps lead through mappings."""
    for step in steps:
        if not isinstance(tree, Table) or step == "*":
            return True
        if step not in tree.entries:
            return False
        tree = tree.entries[step].value
    return True


def _has_place(tree: Table, rule: Rule, paths: list[Path]) -> bool:
    """Whether the blocks of these stages can have what makes the key ineffective."""
    types = {("block", "type", index) for path in paths for index in _stages(path)}
    return rule.blocks is None or all(find_value(tree, path) in rule.blocks for path in types)


def _stages(path: Path) -> set[int]:
    """The stage that a path leads into, counted from 0; none if it is one of all stages."""
    return {position(str(path[1]))[0] - 1} if path[0] == "blocks" else {step for step in path if isinstance(step, int)}


def _causes(tree: Table, rule: Rule, path: Path, unknown: Collection[str]) -> list[_Cause]:
    """The values of the rule's cause: for the stage or block in `path` if there is one, else for all stages."""
    found = [*expanded(tree, rule.cause)]
    where: set[str | int] = {*_stages(path), *path[1:2]} if path[0] == "blocks" else {*_stages(path)}
    own = [each for each in found if not where.isdisjoint(each)]
    return [_cause(tree, each, unknown) for each in own or found]


def _cause(tree: Table, path: Path, unknown: Collection[str]) -> _Cause:
    """The value there, or the default if it is not written; a value that nothing has if it is unknown."""
    found = find(tree, path)
    if isinstance(found, Scalar):
        return _Cause(found.value, found.span)
    absent = next(path[:end] for end in range(1, len(path) + 1) if find(tree, path[:end]) is None)
    is_unknown = path[0] in unknown or is_required(_names(absent))
    return _Cause(object() if is_unknown else default(_names(path)), None)


def _names(path: Path) -> tuple[str, ...]:
    """The keys that a path leads through, without positions in lists."""
    return tuple(step for step in path if isinstance(step, str))


def _no_effect(tree: Table, path: Path, rule: Rule, causes: list[_Cause], lineage: Lineage) -> Diagnostic:
    """The diagnostic, with labels at the key and at its cause: the whole list if each stage has its own cause."""
    whole, first = find(tree, rule.cause), causes[0]
    because = whole.span if isinstance(whole, SequenceTree) and not is_for_all_stages(whole) else first.span
    span = value_span(tree, path)
    labels = (Label(span, rule.reasons[first.value]), *([] if because is None else [Label(because, "because of this")]))
    shown = str(first.value).lower() if isinstance(first.value, bool) else first.value
    notes = (f"`{rule.because}` is `{shown}` unless stated",) if because is None else ()
    return no_effect(as_written(tree, path), labels, is_inherited=lineage.inherits(span), notes=notes)


def no_effect(path: Path, labels: tuple[Label, ...], *, is_inherited: bool, notes: tuple[str, ...] = ()) -> Diagnostic:
    """The diagnostic for an ineffective key at a path as written; the labels say where and why."""
    names = _names(path)
    removal = f"remove it with `{names[-1]}: null`" if is_inherited else "remove the key"
    value = _default(names)
    shown = f"{value:g}" if isinstance(value, float) else str(value).lower()
    return Diagnostic(
        code="RD302",
        message=f"`{dotted(path)}` has no effect here",
        labels=labels,
        notes=notes,
        helps=(removal if value is None else f"{removal}, or set it to its default, `{shown}`",),
    )


def _default(names: tuple[str, ...]) -> Any:
    """The default of a key, of a section that is written as a type alone that of its type."""
    value = default(names)
    return getattr(value, "type", value)
