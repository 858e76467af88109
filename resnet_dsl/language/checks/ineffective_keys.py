"""Keys made ineffective by the values of other keys: an error, because whoever wrote them meant something.

Keys whose effect depends on the shapes of the network are checked by `lowering/checks/ineffective_keys.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ..document.canonical import as_written, is_for_all_stages
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..spec import NORM_SETTINGS, default
from ..text.tree import Path, Scalar, Sequence, Table, Tree, dotted, find, value_span


@dataclass(frozen=True, slots=True)
class _Rule:
    """`key` has no effect where `because` has one of these values; writing its default is still allowed."""

    key: str
    because: str
    reasons: Mapping[Any, str]
    """Why, for each of the values."""

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    @property
    def cause(self) -> Path:
        return tuple(self.because.split("."))


_TYPE, _NORM = "shortcut.type", "norm.type"


def _norms_without(setting: str, reason: str) -> Mapping[str, str]:
    return {type_: reason for type_, settings in NORM_SETTINGS.items() if setting not in settings}


_RULES: tuple[_Rule, ...] = (
    _Rule("shortcut.when", _TYPE, {"none": "a plain network has no shortcuts"}),
    _Rule("shortcut.when", _TYPE, {"padding": "where shapes are equal, padding changes nothing"}),
    _Rule("shortcut.kernel", _TYPE, dict.fromkeys(("none", "padding"), "only a projection has a kernel")),
    _Rule("shortcut.kernel", "shortcut.pool", {"avg": "a projection that pools is always 1x1"}),
    _Rule("shortcut.pool", _TYPE, dict.fromkeys(("none", "padding"), "only a projection pools")),
    _Rule("init.zero_residual", _TYPE, {"none": "a plain network has no residual branches"}),
    _Rule("init.zero_residual", _NORM, {"none": "there is no norm whose weight could be 0"}),
    _Rule("init.zero_residual", _NORM, {"instance": "instance norm has no weight that could be 0"}),
    _Rule("drop_path", _TYPE, {"none": "a plain network has no residual branches"}),
    _Rule("norm.eps", _NORM, _norms_without("eps", "there is no norm")),
    _Rule("norm.momentum", _NORM, _norms_without("momentum", "only batch norm keeps running statistics")),
    _Rule("norm.groups", _NORM, _norms_without("groups", "only group norm has groups")),
)


def ineffective_keys(tree: Table, kinds: Kinds, lineage: Lineage) -> Iterator[Diagnostic]:
    """A diagnostic for each key with a non-default value that cannot change the network.

    Args:
        tree: the document in canonical form.
        kinds: the available blocks and attentions.
        lineage: the texts that the document inherits from.
    """
    reported: set[Path] = set()
    for rule in (*_rules_of_kinds(kinds), *_RULES):
        for path, causes in _occurrences(tree, rule):
            key = find(tree, path)
            if path not in reported and isinstance(key, Scalar) and key.value != default(rule.path):
                reported.add(path)
                yield _no_effect(tree, path, rule, causes, lineage)


def _rules_of_kinds(kinds: Kinds) -> Iterator[_Rule]:
    keys = dict.fromkeys(key for facts in kinds.blocks.values() for key in facts.ineffective)
    for key in keys:
        reasons = {type_: facts.ineffective[key] for type_, facts in kinds.blocks.items() if key in facts.ineffective}
        yield _Rule(key, "block.type", reasons)
    settings = dict.fromkeys(name for facts in kinds.attentions.values() for name in facts.settings)
    for name in settings:
        having = [type_ for type_, facts in kinds.attentions.items() if name in facts.settings]
        owners = " and ".join(f"`{type_}`" for type_ in having)
        reason = f"only {owners} {'has' if len(having) == 1 else 'have'} a {name}"
        others = (type_ for type_ in ("none", *kinds.attentions) if type_ not in having)
        yield _Rule(f"attention.{name}", "attention.type", dict.fromkeys(others, reason))


def _occurrences(tree: Table, rule: _Rule) -> Iterator[tuple[Path, list[Tree | None]]]:
    """The places where the rule's key is ineffective, for all stages or for one, and the values that make it so.

    A value for all stages is ineffective only if it is ineffective in every stage.
    """
    places: dict[Path, list[Path]] = {}
    for path in _expanded(tree, rule.path):
        if find(tree, path) is not None:
            places.setdefault(as_written(tree, path), []).append(path)
    for paths in places.values():
        causes = [cause for path in paths for cause in _causes(tree, rule, path)]
        if all(isinstance(cause, Scalar) and cause.value in rule.reasons for cause in causes):
            yield paths[0], causes


def _expanded(tree: Table, path: Path) -> Iterator[Path]:
    """The paths of a key: one per stage if the key or its mapping is a list with one entry per stage."""
    for length in range(1, len(path) + 1):
        found = find(tree, path[:length])
        if isinstance(found, Sequence):
            yield from ((*path[:length], index, *path[length:]) for index in range(len(found.items)))
            return
    yield path


def _causes(tree: Table, rule: _Rule, path: Path) -> list[Tree | None]:
    """The values of the rule's cause: for the stage in `path` if there is one, else for all stages."""
    index = next((step for step in path if isinstance(step, int)), None)
    found = [*_expanded(tree, rule.cause)]
    own = [each for each in found if index in each] if index is not None else []
    return [find(tree, each) for each in own or found]


def _no_effect(tree: Table, path: Path, rule: _Rule, causes: list[Tree | None], lineage: Lineage) -> Diagnostic:
    """The diagnostic, with labels at the key and at its cause: the whole list if each stage has its own cause."""
    whole, first = find(tree, rule.cause), causes[0]
    assert isinstance(first, Scalar)
    because = whole if isinstance(whole, Sequence) and not is_for_all_stages(whole) else first
    span = value_span(tree, path)
    labels = (Label(span, rule.reasons[first.value]), Label(because.span, "because of this"))
    return no_effect(as_written(tree, path), labels, is_inherited=lineage.inherits(span))


def no_effect(path: Path, labels: tuple[Label, ...], *, is_inherited: bool) -> Diagnostic:
    """The diagnostic for an ineffective key at a path as written; the labels say where and why."""
    names = tuple(step for step in path if isinstance(step, str))
    value = default(names)
    shown = f"{value:g}" if isinstance(value, float) else str(value).lower()
    removal = f"remove it with `{names[-1]}: null`" if is_inherited else "remove the key"
    return Diagnostic(
        code="RD302",
        message=f"`{dotted(path)}` has no effect here",
        labels=labels,
        helps=(f"{removal}, or set it to its default, `{shown}`",),
    )
