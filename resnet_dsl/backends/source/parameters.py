"""What differs between modules of one class -> the parameters of its constructor, and every value in terms of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TypeAlias

from .constructors import Path, Role, Value

Column: TypeAlias = tuple[Value | None, ...]
"""A value for each of the modules; None where a module has no such value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value in modules of one class."""

    path: Path
    role: Role
    name: str
    """What a parameter for it might be called."""
    column: Column

    @property
    def known(self) -> dict[int, Value]:
        """The values by the number of the module, where there is one."""
        return {index: value for index, value in enumerate(self.column) if value is not None}


@dataclass(slots=True)
class Parameter:
    """A parameter of a constructor."""

    name: str
    role: Role
    column: list[Value | None]
    default: Value | None = None

    @property
    def is_positional(self) -> bool:
        """Whether it is passed without its name."""
        return self.role == "channels" and self.default is None

    @property
    def declaration(self) -> str:
        """The parameter with its type and default, as a signature has it."""
        kind = type(next(value for value in self.column if value is not None)).__name__
        return f"{self.name}: {kind}{'' if self.default is None else f' = {self.default!r}'}"


@dataclass(frozen=True, slots=True)
class Term:
    """A value: a constant, or a parameter times or divided by a constant."""

    constant: Value = 1
    parameter: Parameter | None = None
    divisor: int = 1

    def value(self, index: int) -> Value:
        """What it is for one of the modules."""
        if self.parameter is None:
            return self.constant
        base = self.parameter.column[index]
        assert base is not None
        return base // self.divisor * self.constant

    def text(self, prefix: str = "") -> str:
        """The expression; the parameter's name after the prefix."""
        if self.parameter is None:
            return repr(self.constant)
        name = f"{prefix}{self.parameter.name}"
        if self.divisor > 1:
            return f"{name} // {self.divisor}"
        return name if self.constant == 1 else f"{self.constant} * {name}"


@dataclass(slots=True)
class Solver:
    """Finds parameters, the fewer the better."""

    names: Mapping[Column, str]
    """Names for the channels that enter and leave the modules."""
    is_block: bool
    parameters: list[Parameter] = field(default_factory=list)

    def term(self, slot: Slot) -> Term:
        """The value of a slot, by the parameters so far or by a new one."""
        known = slot.known
        is_constant = len(set(known.values())) == 1
        if is_constant and not self._varies_elsewhere(slot):
            return Term(next(iter(known.values())))
        found = self._existing(slot.role, known)
        if found is None:
            parameter = Parameter(self._name(slot), slot.role, list(slot.column))
            self.parameters.append(parameter)
            found = Term(1, parameter)
        return found

    def _varies_elsewhere(self, slot: Slot) -> bool:
        """Whether a constant of a layer that not all modules have reads better as a parameter."""
        if None not in slot.column or slot.role not in ("probability", "stride"):
            return False
        return slot.role == "probability" or self._existing(slot.role, slot.known) is not None

    def existing(self, slot: Slot) -> Term | None:
        """The value of a slot that needs no new parameter."""
        values = set(slot.known.values())
        return Term(next(iter(values))) if len(values) == 1 else self._existing(slot.role, slot.known)

    def _existing(self, role: Role, known: Mapping[int, Value]) -> Term | None:
        """The simplest term that has these values."""
        usable = [each for each in self.parameters if each.role == role and _overlaps(each, known)]
        for parameter in usable:
            if all(parameter.column[index] in (None, value) for index, value in known.items()):
                for index, value in known.items():
                    parameter.column[index] = value
                return Term(1, parameter)
        if role == "groups":
            usable += [each for each in self.parameters if each.role == "channels"]
        return next(filter(None, (_ratio(each, known) for each in usable)), None) if role in _RATIONAL else None

    def _name(self, slot: Slot) -> str:
        taken = {parameter.name for parameter in self.parameters}
        if slot.role != "channels":
            names: Iterable[str] = (slot.name, f"{slot.path[0]}_{slot.name}")
        elif slot.column in self.names:
            names = (self.names[slot.column],)
        elif slot.name not in ("channels", "in_channels", "out_channels"):
            names = (slot.name,)
        elif self.is_block or not taken.intersection(self.names.values()):
            names = ("width", "inner_width")
        else:
            names = ("reduced_channels",)
        numbered = (f"{slot.name}{number}" for number in count(2))
        return next(name for name in chain(names, numbered) if name not in taken)


_RATIONAL: tuple[Role, ...] = ("channels", "groups", "padding")


def _overlaps(parameter: Parameter, known: Mapping[int, Value]) -> bool:
    return any(parameter.column[index] is not None for index in known)


def _ratio(parameter: Parameter, known: Mapping[int, Value]) -> Term | None:
    """The parameter times or divided by a whole number, if that gives these values."""
    pairs = [(value, parameter.column[index] or 0) for index, value in known.items()]
    (value, base), *_ = pairs
    if not all(each and other for each, other in pairs):
        return None
    factor, divisor = int(value // base), round(base / value)
    if factor >= 1 and all(each == other * factor for each, other in pairs):
        return Term(factor, parameter)
    if divisor > 1 and all(each == other // divisor for each, other in pairs):
        return Term(1, parameter, divisor)
    return None
