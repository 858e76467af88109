"""When a module of a class has a child that others lack: as an expression of the constructor's parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from .parameters import Parameter, Solver, Term

Presence: TypeAlias = tuple[bool | None, ...]
"""For each of the modules; None where it does not matter."""


@dataclass(slots=True)
class Conditions:
    """Finds conditions, and adds parameters where the others do not tell."""

    solver: Solver
    out_channels: Term | None
    """The channels that leave the module, in terms of the parameters."""
    strides: tuple[int, ...]
    """The strides of the modules, of which a parameter may tell; empty if they have none."""

    def of(self, presence: Presence, name: str) -> str:
        """The condition that holds for these modules, with a parameter of this name if it takes one."""
        certain = tuple(map(bool, presence))
        return self._switch(certain, ("probability",)) or self.known(presence) or self._new(certain, name)

    def known(self, presence: Presence) -> str | None:
        """The condition that holds for these modules, if the parameters tell."""
        for text, holds in self._candidates(len(presence)):
            if all(wanted in (None, found) for wanted, found in zip(presence, holds, strict=True)):
                return text
        return None

    def _new(self, presence: tuple[bool, ...], name: str) -> str:
        found = self._switch(presence, ("channels", "groups", "kernel", "number"))
        taken = {parameter.name for parameter in self.solver.parameters}
        if found:
            return found
        if presence == tuple(stride != 1 for stride in self.strides) and "stride" not in taken:
            self.solver.parameters.append(Parameter("stride", "stride", list(self.strides)))
            return "stride != 1"
        found = next(each for each in (name, f"has_{name}") if each not in taken)
        self.solver.parameters.append(Parameter(found, "flag", list(presence)))
        return found

    def _switch(self, presence: tuple[bool, ...], roles: tuple[str, ...]) -> str | None:
        """A parameter that only these modules make use of, so that it can be 0 for the others."""
        for parameter in self.solver.parameters:
            known = [value for value in parameter.column if value is not None]
            used = tuple(value is not None for value in parameter.column)
            if parameter.role in roles and used == presence and all(known):
                zero = type(known[0])(0)
                parameter.column = [zero if value is None else value for value in parameter.column]
                parameter.default = zero
                return f"{parameter.name} > 0"
        return None

    def _candidates(self, count: int) -> Iterator[tuple[str, tuple[bool, ...]]]:
        """Conditions of which each may be the one, the simplest first."""
        full = [each for each in self.solver.parameters if None not in each.column]
        flags = [each for each in full if each.role == "flag"]
        switches = [each for each in full if each.role != "flag" and each.default == 0]
        for each in flags:
            yield each.name, tuple(map(bool, each.column))
        for each in switches:
            yield f"{each.name} > 0", tuple(map(bool, each.column))
        changes = [
            (f"{each.name} != 1", tuple(value != 1 for value in each.column))
            for each in full
            if each.role in ("stride", "padding")
        ]
        changes += self._changed_channels(full, count)
        yield from changes
        for index, (one, holds) in enumerate(changes):
            for other, also in changes[index + 1 :]:
                yield f"{one} or {other}", tuple(a or b for a, b in zip(holds, also, strict=True))
        for text, holds in changes:
            yield text.replace("!=", "=="), tuple(not each for each in holds)
        for each in flags:
            yield f"not {each.name}", tuple(not value for value in each.column)
        for each in switches:
            yield f"{each.name} == 0", tuple(not value for value in each.column)

    def _changed_channels(self, parameters: list[Parameter], count: int) -> Iterator[tuple[str, tuple[bool, ...]]]:
        outside = self.out_channels
        inside = next((each for each in parameters if each.name == "in_channels"), None)
        if outside and inside and (outside.parameter is None or outside.parameter in parameters):
            pairs = zip(inside.column, (outside.value(index) for index in range(count)), strict=True)
            yield f"in_channels != {outside.text()}", tuple(one != other for one, other in pairs)
