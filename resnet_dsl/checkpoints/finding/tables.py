"""The tables of entries in a file of weights, wherever its wrappers and objects hold them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias, TypeGuard

from ...limits import MAX_ENTRIES, MAX_NESTING
from ..files.content import Content, Inert
from ..stored import Entry, Part

_OWN = ("_parameters", "_buffers")
_SUBMODULES = "_modules"
"""Where an `nn.Module` that was pickled as a whole has its tensors and its submodules."""
_NOT_SAVED = "_non_persistent_buffers_set"
_SCRIPTED = "__torch__."
"""How the names of the classes in a TorchScript archive begin."""
_PRUNED, _MASK = "_orig", "_mask"
"""What PyTorch's pruning appends to the name of a parameter, for its values and for what is kept of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names to entries, or a module that was pickled as a whole."""

    parts: Mapping[str, Part]
    spec: str | None = None
    """The text of the spec that it carries along."""


Tables: TypeAlias = Mapping[str, Table]
"""Tables by the dotted keys that lead to each: `""`, `"model"`, `"state.ema"`."""


def tables(content: Content) -> Tables:
    """All tables in a file; what is no tensor is passed over.

    One to which several keys lead is listed once. Of more than MAX_ENTRIES tensors, one more is listed.
    """
    found: dict[int, dict[str, Entry]] = {}
    places: dict[int, str] = {}
    for path, node, name, entry in islice(_entries(content.tree), MAX_ENTRIES + 1):
        places.setdefault(id(node), ".".join(path))
        found.setdefault(id(node), {})[name] = entry
    taken: set[str] = set()
    tables: dict[str, Table] = {}
    for key, table in found.items():
        place = places[key]
        while place in taken:  # a key with a dot, and two keys
            place += "'"
        taken.add(place)
        tables[place] = Table(_unpruned(table), content.specs.get(key))
    return tables


def _entries(tree: object) -> Iterator[tuple[tuple[str, ...], object, str, Entry]]:
    """The keys that lead to each table, the table, and the names and entries in it."""
    seen: set[int] = set()
    waiting: list[tuple[tuple[str, ...], object]] = [((), tree)]
    while waiting:
        path, node = waiting.pop()
        if id(node) in seen or len(path) > MAX_NESTING:
            continue
        seen.add(id(node))
        if isinstance(node, Inert) and _is_module(node):
            yield from ((path, node, name, entry) for name, entry in _module_entries(node))
            continue
        children = list(_children(node))
        yield from ((path, node, key, child) for key, child in children if _is_entry(child))
        waiting += [((*path, key), child) for key, child in reversed(children) if not _is_entry(child)]


def _children(node: object) -> Iterable[tuple[str, object]]:
    match node:
        case Mapping():
            return ((str(key), value) for key, value in node.items() if isinstance(key, str | int))
        case list() | tuple():
            return ((str(index), value) for index, value in enumerate(node))
        case Inert():
            return (child for part in ("state", "pairs", "elements", "arguments") for child in _held(node, part))
    return ()


def _held(node: Inert, part: str) -> Iterable[tuple[str, object]]:
    """What a part of a placeholder holds: its own children, or another placeholder."""
    value = getattr(node, part)
    return [(part, value)] if isinstance(value, Inert) else () if _is_entry(value) else _children(value)


def _is_entry(value: object) -> TypeGuard[Entry]:
    return isinstance(getattr(value, "dtype", None), str) and hasattr(value, "shape")


def _is_module(node: Inert) -> bool:
    state = node.state
    return isinstance(state, Mapping) and (node.name.startswith(_SCRIPTED) or _SUBMODULES in state)


def _module_entries(module: Inert) -> Iterator[tuple[str, Entry]]:
    """The `state_dict` of a module, in which one that is held twice has its entries twice."""
    waiting: list[tuple[str, Inert, tuple[int, ...]]] = [("", module, ())]
    for _ in range(MAX_ENTRIES):
        if not waiting:
            return
        path, node, around = waiting.pop()
        if id(node) in around or len(around) > MAX_NESTING or not isinstance(node.state, Mapping):
            continue
        parts = dict(_members(node.state))
        yield from ((path + name, part) for name, part in parts.items() if _is_entry(part))
        inside = (*around, id(node))
        submodules = [(f"{path}{name}.", part, inside) for name, part in parts.items() if isinstance(part, Inert)]
        waiting += reversed(submodules)


def _members(state: Mapping[object, object]) -> Iterator[tuple[str, object]]:
    """The tensors and submodules of a module, which is scripted if it has them as attributes."""
    if _SUBMODULES not in state:
        yield from ((str(name), value) for name, value in state.items())
        return
    left_out = state.get(_NOT_SAVED)
    for place in (*_OWN, _SUBMODULES):
        for name, value in _children(state.get(place)):
            if not (isinstance(left_out, set) and name in left_out):
                yield name, value


def _unpruned(table: Mapping[str, Entry]) -> dict[str, Part]:
    """The table with each pruned parameter as one part."""
    parts = {}
    for name, entry in table.items():
        whole = name.removesuffix(_PRUNED)
        if whole != name and (mask := table.get(whole + _MASK)) is not None and mask.shape == entry.shape:
            parts[whole] = Part((entry, mask))
        elif not (name.endswith(_MASK) and name.removesuffix(_MASK) + _PRUNED in table):
            parts[name] = Part((entry,))
    return parts
