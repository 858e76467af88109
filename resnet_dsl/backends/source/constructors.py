"""How modules are made: a constructor's name and arguments, each argument a value that may differ elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from . import layout

Value: TypeAlias = int | float | bool
Role: TypeAlias = Literal[
    "channels", "groups", "stride", "padding", "kernel", "probability", "flag", "in place", "number"
]
"""What a value means; only values of one role can follow from each other."""
Path: TypeAlias = tuple[str, ...]
"""Where a value stands in a module."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a constructor."""

    name: str
    role: Role
    value: Value
    default: Value | None = None
    """The constructor's default, which is not written."""
    is_positional: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A module that a constructor makes, or arithmetic with constants."""

    constructor: str
    arguments: tuple[Argument, ...] = ()
    initial: float = 1.0
    """What the weights of a norm start as."""


@dataclass(frozen=True, slots=True)
class Row:
    """An `nn.Sequential` or `nn.ModuleList`: its modules by their positions."""

    kind: str
    items: tuple[tuple[int, "Constructor"], ...]


Constructor: TypeAlias = Made | Row


@lru_cache(maxsize=512)
def skeleton(constructor: Constructor) -> Constructor:
    """The constructor without its values, equal for constructors that differ in values alone."""
    if isinstance(constructor, Row):
        return replace(constructor, items=tuple((index, skeleton(each)) for index, each in constructor.items))
    return replace(constructor, arguments=tuple(replace(each, value=0) for each in constructor.arguments))


def union(one: Constructor, other: Constructor) -> Constructor | None:
    """The skeleton of which both skeletons are parts, if there is one: sequences may have modules that others lack."""
    if one == other:
        return one
    if not (isinstance(one, Row) and isinstance(other, Row) and one.kind == other.kind == "Sequential"):
        return None
    items = dict(one.items)
    for index, each in other.items:
        joined = union(items[index], each) if index in items else each
        if joined is None:
            return None
        items[index] = joined
    return replace(one, items=tuple(sorted(items.items())))


def arguments(constructor: Constructor, path: Path) -> Iterator[tuple[Path, Argument]]:
    """All arguments of a constructor at a path, and of those in it."""
    if isinstance(constructor, Row):
        for index, each in constructor.items:
            yield from arguments(each, (*path, str(index)))
    else:
        for argument in constructor.arguments:
            yield (*path, argument.name), argument


def rows(constructor: Constructor, path: Path) -> Iterator[Path]:
    """The paths of all modules in sequences."""
    if isinstance(constructor, Row):
        for index, each in constructor.items:
            yield (*path, str(index))
            yield from rows(each, (*path, str(index)))


def written(
    constructor: Constructor,
    path: Path,
    text: Callable[[Path], str],
    conditions: Mapping[Path, str],
) -> layout.Expression:
    """The constructor as an expression.

    Args:
        constructor: its skeleton.
        path: its place.
        text: the expression for the value at a path.
        conditions: by path, when a module of a sequence is there; all others always are.
    """
    if isinstance(constructor, Made):
        return layout.Call(constructor.constructor, tuple(_arguments(constructor, path, text)))
    present = dict(constructor.items)
    elements: list[layout.Expression] = []
    for index in range(max(present) + 1):
        if index not in present:
            elements.append("nn.Identity()")
            continue
        place = (*path, str(index))
        element = written(present[index], place, text, conditions)
        elements.append(layout.Choice(element, conditions[place], "nn.Identity()") if place in conditions else element)
    if constructor.kind == "Sequential":
        return layout.call("nn.Sequential", *elements)
    if len(elements) > 1 and len(set(elements)) == 1:
        loop = layout.Comprehension(elements[0], f"for _ in range({len(elements)})", brackets="")
        return layout.call("nn.ModuleList", loop)
    return layout.call("nn.ModuleList", layout.sequence("[]", elements))


def _arguments(made: Made, path: Path, text: Callable[[Path], str]) -> Iterator[layout.Argument]:
    for argument in made.arguments:
        value = text((*path, argument.name))
        if argument.default is None or value != repr(argument.default):
            yield layout.Argument(value, "" if argument.is_positional else f"{argument.name}=")
