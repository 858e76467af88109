"""Keys that would do nothing where they stand: an error, for whoever wrote them meant something."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...diagnostics.diagnostic import Diagnostic, Label
from ..text.tree import Path, Scalar, Sequence, Table, Tree, dotted, find, is_inherited, value_span


@dataclass(frozen=True, slots=True)
class _Idle:
    """`key` does nothing where `because` has one of `values`; its default may be stated all the same."""

    key: str
    default: object
    because: str
    values: tuple[object, ...]
    reason: str

    @property
    def path(self) -> Path:
        return tuple(self.key.split("."))

    @property
    def cause(self) -> Path:
        return tuple(self.because.split("."))


_TYPE, _BLOCK, _NORM = "shortcut.type", "block.type", "norm.type"
_NOT_BATCH, _NOT_GROUP = ("group", "instance", "layer", "none"), ("batch", "instance", "layer", "none")

_IDLE: tuple[_Idle, ...] = (
    _Idle("block.groups", 1, _BLOCK, ("basic",), "a basic block has no grouped convolution"),
    _Idle("block.width_per_group", 64, _BLOCK, ("basic",), "a basic block has no inner width"),
    _Idle("block.stride_in", "3x3", _BLOCK, ("basic",), "a basic block has no 1x1 convolution"),
    _Idle("shortcut.when", "shape_change", _TYPE, ("none",), "a plain network has no shortcuts"),
    _Idle("shortcut.when", "shape_change", _TYPE, ("padding",), "where shapes are equal, padding changes nothing"),
    _Idle("shortcut.kernel", 1, _TYPE, ("none", "padding"), "only a projection has a kernel"),
    _Idle("shortcut.kernel", 1, "shortcut.pool", ("avg",), "a projection that pools is always 1x1"),
    _Idle("shortcut.pool", "none", _TYPE, ("none", "padding"), "only a projection pools"),
    _Idle("init.zero_residual", False, _TYPE, ("none",), "a plain network has no residual branches"),
    _Idle("init.zero_residual", False, _NORM, ("none",), "there is no norm whose weight could be 0"),
    _Idle("init.zero_residual", False, _NORM, ("instance",), "instance norm has no weight that could be 0"),
    _Idle("drop_path", 0, _TYPE, ("none",), "a plain network has no residual branches"),
    _Idle("norm.eps", 1e-5, _NORM, ("none",), "there is no norm"),
    _Idle("norm.momentum", 0.1, _NORM, _NOT_BATCH, "only batch norm keeps running statistics"),
    _Idle("norm.groups", 32, _NORM, _NOT_GROUP, "only group norm has groups"),
    _Idle("attention.ratio", 0.0625, "attention.type", ("none", "eca"), "only `se` has a ratio"),
)


def keys_without_effect(tree: Table) -> Iterator[Diagnostic]:
    """A diagnostic for each key whose value is not its default and cannot change the network."""
    seen: set[Path] = set()
    for rule in _IDLE:
        for path, key, because in _occurrences(tree, rule):
            if path not in seen and key.value != rule.default:
                seen.add(path)
                yield _no_effect(tree, path, rule, because)


def _occurrences(tree: Table, rule: _Idle) -> Iterator[tuple[Path, Scalar, Tree]]:
    """Where the rule's key stands, for all stages or for one, beside a value that makes it idle."""
    attentions = find(tree, ("attention",))
    if rule.path[0] == "attention" and isinstance(attentions, Sequence):
        for index, item in enumerate(attentions.items):
            key, because = find(item, rule.path[1:]), find(item, rule.cause[1:])
            if isinstance(key, Scalar) and isinstance(because, Scalar) and because.value in rule.values:
                yield ("attention", index, *rule.path[1:]), key, because
        return
    key, because = find(tree, rule.path), _cause(tree, rule.cause)
    if because is None:
        return
    if isinstance(key, Scalar):
        causes = because.items if isinstance(because, Sequence) else (because,)
        if all(_is_one_of(cause, rule) for cause in causes):
            yield rule.path, key, because
    if isinstance(key, Sequence):
        for index, item in enumerate(key.items):
            cause = find(because, (index,)) if isinstance(because, Sequence) else because
            if isinstance(item, Scalar) and cause is not None and _is_one_of(cause, rule):
                yield (*rule.path, index), item, because


def _cause(tree: Table, path: Path) -> Tree | None:
    """The value at `path`; `norm.type` may also be written as `norm`."""
    return find(tree, path) or find(tree, path[:-1])


def _is_one_of(tree: Tree, rule: _Idle) -> bool:
    return isinstance(tree, Scalar) and tree.value in rule.values


def _no_effect(document: Table, path: Path, rule: _Idle, because: Tree) -> Diagnostic:
    span = value_span(document, path)
    labels = (Label(span, rule.reason), Label(because.span, "because of this"))
    return no_effect(path, rule.default, labels, is_inherited=is_inherited(span, document))


def no_effect(path: Path, default: object, labels: tuple[Label, ...], *, is_inherited: bool) -> Diagnostic:
    """The diagnostic for a key that does nothing; the labels say where and why."""
    key = next(step for step in reversed(path) if isinstance(step, str))
    removal = f"take it away with `{key}: null`" if is_inherited else "take the key out"
    return Diagnostic(
        code="RD302",
        message=f"`{dotted(path)}` has no effect here",
        labels=labels,
        helps=(f"{removal}, or give it its default, `{str(default).lower()}`",),
    )
