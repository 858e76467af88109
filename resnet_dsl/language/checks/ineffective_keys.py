"""Ineffective keys that the values of other keys tell: an error, for whoever wrote them meant something.

Those that only the shapes of the network tell are found by `lowering/checks/ineffective_keys.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ...diagnostics.diagnostic import Diagnostic, Label
from ..document.canonical import as_written, is_for_all_stages
from ..document.lineage import is_inherited
from ..kinds import Kinds
from ..spec import NORM_SETTINGS, default
from ..text.tree import Path, Scalar, Sequence, Table, Tree, dotted, find, value_span


@dataclass(frozen=True, slots=True)
class _Rule:
    """`key` does nothing where `because` has one of `values`; its default may be stated all the same."""

    key: str
    because: str
    values: tuple[object, ...]
    reason: str

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    @property
    def cause(self) -> Path:
        return tuple(self.because.split("."))


_TYPE, _NORM = "shortcut.type", "norm.type"


def _norms_without(setting: str) -> tuple[str, ...]:
    return tuple(type_ for type_, settings in NORM_SETTINGS.items() if setting not in settings)


_RULES: tuple[_Rule, ...] = (
    _Rule("shortcut.when", _TYPE, ("none",), "a plain network has no shortcuts"),
    _Rule("shortcut.when", _TYPE, ("padding",), "where shapes are equal, padding changes nothing"),
    _Rule("shortcut.kernel", _TYPE, ("none", "padding"), "only a projection has a kernel"),
    _Rule("shortcut.kernel", "shortcut.pool", ("avg",), "a projection that pools is always 1x1"),
    _Rule("shortcut.pool", _TYPE, ("none", "padding"), "only a projection pools"),
    _Rule("init.zero_residual", _TYPE, ("none",), "a plain network has no residual branches"),
    _Rule("init.zero_residual", _NORM, ("none",), "there is no norm whose weight could be 0"),
    _Rule("init.zero_residual", _NORM, ("instance",), "instance norm has no weight that could be 0"),
    _Rule("drop_path", _TYPE, ("none",), "a plain network has no residual branches"),
    _Rule("norm.eps", _NORM, _norms_without("eps"), "there is no norm"),
    _Rule("norm.momentum", _NORM, _norms_without("momentum"), "only batch norm keeps running statistics"),
    _Rule("norm.groups", _NORM, _norms_without("groups"), "only group norm has groups"),
)


def ineffective_keys(tree: Table, kinds: Kinds) -> Iterator[Diagnostic]:
    """A diagnostic for each key whose value is not its default and cannot change the network.

    Args:
        tree: the document, short forms spelled out.
        kinds: of blocks and attentions.
    """
    reported: set[Path] = set()
    for rule in (*_rules_of_kinds(kinds), *_RULES):
        for path, because in _occurrences(tree, rule):
            key = find(tree, path)
            if path not in reported and isinstance(key, Scalar) and key.value != default(rule.path):
                reported.add(path)
                yield _no_effect(tree, path, rule, because)


def _rules_of_kinds(kinds: Kinds) -> Iterator[_Rule]:
    for type_, block in kinds.blocks.items():
        for key, reason in block.ineffective.items():
            yield _Rule(key, "block.type", (type_,), reason)
    settings = dict.fromkeys(name for facts in kinds.attentions.values() for name in facts.settings)
    for name in settings:
        having = [type_ for type_, facts in kinds.attentions.items() if name in facts.settings]
        others = tuple(type_ for type_ in ("none", *kinds.attentions) if type_ not in having)
        owners = " and ".join(f"`{type_}`" for type_ in having)
        reason = f"only {owners} {'has' if len(having) == 1 else 'have'} a {name}"
        yield _Rule(f"attention.{name}", "attention.type", others, reason)


def _occurrences(tree: Table, rule: _Rule) -> Iterator[tuple[Path, Tree]]:
    """Where the rule's key stands, for all stages or for one, and the value that makes it ineffective there.

    One value for all stages is ineffective only if it is so in each of them.
    """
    places: dict[Path, list[Path]] = {}
    for path in _expanded(tree, rule.path):
        if find(tree, path) is not None:
            places.setdefault(as_written(tree, path), []).append(path)
    for paths in places.values():
        causes = [cause for path in paths for cause in _causes(tree, rule, path)]
        if all(isinstance(cause, Scalar) and cause.value in rule.values for cause in causes):
            yield paths[0], _shown(tree, rule, causes)


def _expanded(tree: Table, path: Path) -> Iterator[Path]:
    """The paths that a key has where it, or the mapping that it stands in, has one value per stage."""
    for length in range(1, len(path) + 1):
        found = find(tree, path[:length])
        if isinstance(found, Sequence):
            yield from ((*path[:length], index, *path[length:]) for index in range(len(found.items)))
            return
    yield path


def _causes(tree: Table, rule: _Rule, path: Path) -> list[Tree | None]:
    """The values of the rule's cause: that of the stage which `path` is of, else those of all stages."""
    index = next((step for step in path if isinstance(step, int)), None)
    found = [*_expanded(tree, rule.cause)]
    own = [each for each in found if index in each] if index is not None else []
    return [find(tree, each) for each in own or found]


def _shown(tree: Table, rule: _Rule, causes: list[Tree | None]) -> Tree:
    """What a label points at: the list of causes where each stage has its own."""
    whole = find(tree, rule.cause)
    shown = whole if isinstance(whole, Sequence) and not is_for_all_stages(whole) else causes[0]
    assert shown is not None
    return shown


def _no_effect(tree: Table, path: Path, rule: _Rule, because: Tree) -> Diagnostic:
    span = value_span(tree, path)
    labels = (Label(span, rule.reason), Label(because.span, "because of this"))
    return no_effect(as_written(tree, path), labels, is_inherited=is_inherited(span, tree))


def no_effect(path: Path, labels: tuple[Label, ...], *, is_inherited: bool) -> Diagnostic:
    """The diagnostic for a key that does nothing, at a written path; the labels say where and why."""
    names = tuple(step for step in path if isinstance(step, str))
    value = default(names)
    shown = f"{value:g}" if isinstance(value, float) else str(value).lower()
    removal = f"take it away with `{names[-1]}: null`" if is_inherited else "take the key out"
    return Diagnostic(
        code="RD302",
        message=f"`{dotted(path)}` has no effect here",
        labels=labels,
        helps=(f"{removal}, or give it its default, `{shown}`",),
    )
