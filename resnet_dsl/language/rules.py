"""What a document must obey and JSON Schema cannot say: lengths, budgets, keys that would do nothing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .diagnostics import Diagnostic, Label
from .tree import Entry, Path, Scalar, Sequence, Table, Tree, dotted, find, to_plain, value_span

MAX_BLOCKS = 10_000

PER_STAGE: tuple[Path, ...] = (
    ("block", "type"),
    ("block", "expansion"),
    ("block", "groups"),
    ("block", "width_per_group"),
    ("stages", "widths"),
    ("stages", "strides"),
)
"""The keys that take one value for all stages, or a list with one entry per stage."""


def check(tree: Table, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Every broken rule, apart from what only follows from the `faults` that are known already."""
    faulty = {fault.span for fault in faults if fault.code != "RD202"}  # a missing key spoils nothing around it
    healthy = _healthy(tree, faulty)
    assert isinstance(healthy, Table)
    return [fault for rule in _RULES for fault in rule(healthy)]


def _healthy(tree: Tree, faulty: set[Any]) -> Tree | None:
    """The document without the values that a fault points at."""
    if tree.span in faulty:
        return None
    match tree:
        case Table():
            entries = {}
            for key, entry in tree.entries.items():
                value = None if entry.key in faulty else _healthy(entry.value, faulty)
                if value is not None:
                    entries[key] = Entry(entry.key, value)
            return Table(entries, tree.span)
        case Sequence():
            items = tuple(_healthy(item, faulty) for item in tree.items)
            return None if None in items else tree
        case Scalar():
            return None if tree.value is None else tree


def _list_lengths(tree: Table) -> Iterator[Diagnostic]:
    depths = find(tree, ("stages", "depths"))
    if not isinstance(depths, Sequence):
        return
    stages = len(depths.items)
    for path in PER_STAGE:
        found = find(tree, path)
        if isinstance(found, Sequence) and len(found.items) != stages:
            count = len(found.items)
            yield Diagnostic(
                code="RD301",
                message=f"`{dotted(path)}` has {_values(count)} for {stages} {'stage' if stages == 1 else 'stages'}",
                labels=(Label(found.span, _values(count)), Label(depths.span, _values(stages))),
                helps=("give one value for all stages, or a list with one entry per stage",),
            )


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _number_of_blocks(tree: Table) -> Iterator[Diagnostic]:
    depths: Any = find(tree, ("stages", "depths"))
    if depths is None:
        return
    values: Any = to_plain(depths)
    if (total := sum(values)) > MAX_BLOCKS:
        sum_ = " + ".join(f"{value:,}" for value in values)
        yield Diagnostic(
            code="RD304",
            message=f"a network has at most {MAX_BLOCKS:,} blocks, this one has {sum_} = {total:,}",
            labels=(Label(depths.span),),
        )


def _bottleneck_keys_on_basic_blocks(tree: Table) -> Iterator[Diagnostic]:
    type_: Any = find(tree, ("block", "type"))
    if type_ is None:
        return
    types: Any = to_plain(type_)
    listed = types if isinstance(types, list) else [types]
    reason = "a basic block has no grouped convolution and no inner width"
    for key, default in {"groups": 1, "width_per_group": 64}.items():
        found = find(tree, ("block", key))
        if isinstance(found, Scalar) and set(listed) == {"basic"} and found.value != default:
            yield _no_effect(tree, ("block", key), default, reason, type_)
        if isinstance(found, Sequence):
            for index, item in enumerate(found.items):
                here = types if not isinstance(types, list) else types[index] if index < len(types) else None
                if here == "basic" and isinstance(item, Scalar) and item.value != default:
                    yield _no_effect(tree, ("block", key, index), default, reason, type_)
    if set(listed) == {"basic"} and find_value(tree, ("block", "stride_in")) == "1x1":
        yield _no_effect(tree, ("block", "stride_in"), "3x3", "a basic block has no 1x1 convolution", type_)


def _keys_on_plain_networks(tree: Table) -> Iterator[Diagnostic]:
    kind = find(tree, ("shortcut", "type"))
    if not isinstance(kind, Scalar):
        return
    always = find_value(tree, ("shortcut", "when")) == "always"
    if kind.value == "none":
        if always:
            yield _no_effect(tree, ("shortcut", "when"), "shape_change", "a plain network has no shortcuts", kind)
        if find_value(tree, ("init", "zero_residual")) is True:
            reason = "a plain network has no residual branches"
            yield _no_effect(tree, ("init", "zero_residual"), False, reason, kind)
    if kind.value == "padding" and always:
        reason = "where shapes are equal, padding changes nothing"
        yield _no_effect(tree, ("shortcut", "when"), "shape_change", reason, kind)


def find_value(tree: Tree, path: Path) -> Any:
    """The plain value at `path`, or None."""
    found = find(tree, path)
    return None if found is None else to_plain(found)


def _no_effect(tree: Tree, path: Path, default: object, reason: str, because: Tree) -> Diagnostic:
    value = str(default).lower() if isinstance(default, bool) else str(default)
    return Diagnostic(
        code="RD302",
        message=f"`{dotted(path)}` has no effect here",
        labels=(Label(value_span(tree, path), reason), Label(because.span, "because of this")),
        helps=(f"take the key out, or give it its default, `{value}`",),
    )


_RULES: tuple[Callable[[Table], Iterator[Diagnostic]], ...] = (
    _list_lengths,
    _number_of_blocks,
    _bottleneck_keys_on_basic_blocks,
    _keys_on_plain_networks,
)
