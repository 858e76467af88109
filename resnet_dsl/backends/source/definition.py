"""Modules of one class -> its constructor's parameters, and the expression for every value in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .conditions import Conditions, Presence
from .constructors import Argument, Constructor, Made, Path, arguments, rows
from .instances import Instance
from .merging import Merged
from .parameters import Column, Parameter, Slot, Solver, Term

STEP = ""
"""What the paths of a step's constants start with."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A class."""

    name: str
    merged: Merged
    parameters: tuple[Parameter, ...]
    values: Mapping[Path, Term | str]
    """By place: a value in terms of the parameters, or a condition."""
    conditions: Mapping[Path, str]
    """By place: when the module there exists, where not all modules of the class have it."""
    out_channels: Term | None
    examples: tuple[Instance, ...]
    """Modules of the class, no two of them equal."""
    calls: Mapping[str, Made]
    """By path, how each module of the class is made."""
    classes: frozenset[str]
    """The names of all classes that its modules may have children of."""

    def value(self, path: Path) -> str:
        """The expression for a value in the forward pass."""
        value = self.values[path]
        return value.text("self.") if isinstance(value, Term) else value


def define(name: str, merged: Merged, instances: Sequence[Instance], classes: frozenset[str]) -> Definition:
    """The class of these modules.

    Args:
        name: its name.
        merged: what its modules have.
        instances: all of its modules.
        classes: the names of the classes so far.
    """
    examples: dict[tuple[object, ...], Instance] = {}
    for each in instances:
        examples.setdefault(_content(each), each)
    numbers = {content: number for number, content in enumerate(examples)}
    distinct = tuple(examples.values())
    enters, leaves = (tuple(each.in_channels for each in distinct), tuple(each.out_channels for each in distinct))
    names: dict[Column, str] = {leaves: "out_channels", enters: "in_channels"}
    is_block = instances[0].stride > 0
    solver = Solver({enters: "channels"} if enters == leaves and not is_block else names, is_block)
    values: dict[Path, Term | str] = {}
    tables = [dict(_arguments(each.children, each)) for each in distinct]
    places = dict(_arguments(merged.children, None)) | {path: each for table in tables for path, each in table.items()}
    slots = [Slot(path, each.role, each.name, _column(tables, path)) for path, each in places.items()]
    for slot in sorted(slots, key=lambda slot: (None in slot.column, slot.name == "padding")):
        if slot.role not in ("in place", "flag") or len(set(slot.known.values())) == 1:
            values[slot.path] = solver.term(slot)
    out_channels = solver.existing(Slot((), "channels", "", leaves))
    finder = Conditions(solver, out_channels, tuple(each.stride for each in distinct if each.stride))
    conditions: dict[Path, str] = {}
    for path, presence in _presences(merged, distinct):
        if False in presence:
            conditions[path] = finder.of(presence, path[-1] if not path[-1].isdigit() else path[0])
    for slot in slots:
        if slot.path not in values:
            values[slot.path] = _flag(slot, finder)
    _complete(solver.parameters)
    parameters = tuple(sorted(solver.parameters, key=lambda each: (each.default is not None, not each.is_positional)))
    calls = {each.path: _call(name, parameters, numbers[_content(each)]) for each in instances}
    return Definition(name, merged, parameters, values, conditions, out_channels, distinct, calls, classes)


def _content(instance: Instance) -> tuple[object, ...]:
    """Equal for modules that are equal."""
    return (*instance.children.items(), instance.steps, instance.in_channels, instance.out_channels, instance.stride)


def _arguments(children: Mapping[str, Constructor], instance: Instance | None) -> Iterator[tuple[Path, Argument]]:
    for name, child in children.items():
        yield from arguments(child, (name,))
    for step in instance.steps if instance else ():
        if step.arithmetic:
            yield from arguments(step.arithmetic, (STEP, step.value))


def _column(tables: Sequence[Mapping[Path, Argument]], path: Path) -> Column:
    return tuple(table[path].value if path in table else None for table in tables)


def _presences(merged: Merged, examples: Sequence[Instance]) -> Iterator[tuple[Path, Presence]]:
    """For each child, and each module in a sequence, which modules have it, among those that have what it is in."""
    for name, child in merged.children.items():
        yield (name,), tuple(name in each.children for each in examples)
        inside = [set(rows(each.children[name], (name,))) if name in each.children else None for each in examples]
        for path in rows(child, (name,)):
            yield path, tuple(None if each is None else path in each for each in inside)


def _flag(slot: Slot, finder: Conditions) -> str:
    """When a flag is set; a layer for whose flag that would take a parameter overwrites nothing."""
    presence = tuple(None if value is None else bool(value) for value in slot.column)
    if slot.role == "in place":
        return finder.known(presence) or "False"
    return finder.of(presence, slot.name)


def _complete(parameters: Sequence[Parameter]) -> None:
    """Defaults; and values for modules that do not use a parameter."""
    for parameter in parameters:
        (some, *_) = (value for value in parameter.column if value is not None)
        is_one = parameter.role in ("stride", "padding", "groups")
        usual = type(some)(int(is_one))
        parameter.column = [usual if value is None else value for value in parameter.column]
        if parameter.role not in ("channels", "kernel", "number") and usual in parameter.column:
            parameter.default = usual


def _call(name: str, parameters: Sequence[Parameter], number: int) -> Made:
    """How a module is made."""
    return Made(name, tuple(_argument(each, number) for each in parameters))


def _argument(parameter: Parameter, number: int) -> Argument:
    value = parameter.column[number]
    assert value is not None
    return Argument(parameter.name, parameter.role, value, parameter.default, parameter.is_positional)
