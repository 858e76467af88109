"""When a module of a class has a child that others lack: as an expression of the constructor's parameters."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from .parameters import Parameter, Solver, Term

Presence: TypeAlias = tuple[bool, ...]
"""For each of the modules."""


@dataclass(slots=True)
class Conditions:
    """Finds conditions, and adds parameters where the others do not tell."""

    solver: Solver
    out_channels: Term | None
    """The channels that leave the module, in terms of the parameters."""
    _flags: dict[Presence, str] = field(default_factory=dict)

    def of(self, presence: Presence, name: str) -> str:
        """The condition that holds for these modules, with a parameter of this name if it takes one."""
        return self._switch(presence, ("probability",)) or self.known(presence) or self._new(presence, name)

    def known(self, presence: Presence) -> str | None:
        """The condition that holds for these modules, if the parameters tell."""
        if presence in self._flags:
            return self._flags[presence]
        return next((text for text, holds in self._candidates(len(presence)) if holds == presence), None)

    def _new(self, presence: Presence, name: str) -> str:
        found = self._switch(presence, ("channels", "groups", "kernel", "number"))
        if found is None:
            taken = {parameter.name for parameter in self.solver.parameters}
            found = next(each for each in (name, f"has_{name}") if each not in taken)
            self.solver.parameters.append(Parameter(found, "flag", list(presence), default=False))
            self._flags[tuple(not each for each in presence)] = f"not {found}"
        self._flags[presence] = found
        return found

    def _switch(self, presence: Presence, roles: tuple[str, ...]) -> str | None:
        """A parameter that only these modules make use of, so that it can be 0 for the others."""
        for parameter in self.solver.parameters:
            used = tuple(value is not None for value in parameter.column)
            if parameter.role in roles and used == presence and all(parameter.column[index] for index in _true(presence)):
                zero = type(parameter.column[_true(presence)[0]])(0)  # type: ignore[misc]
                parameter.column = [zero if value is None else value for value in parameter.column]
                parameter.default = zero
                self._flags[presence] = parameter.name
                return parameter.name
        return None

    def _candidates(self, count: int) -> Iterator[tuple[str, Presence]]:
        """Conditions of which each may be the one, the simplest first."""
        full = [each for each in self.solver.parameters if None not in each.column]
        changes = [
            (f"{each.name} != 1", tuple(value != 1 for value in each.column))
            for each in full
            if each.role in ("stride", "padding")
        ]
        if self.out_channels:
            outside = self.out_channels
            base = outside.parameter
            for each in full:
                if each.name == "in_channels" and (base is None or None not in base.column):
                    values = tuple(outside.value(index) for index in range(count))
                    text = f"in_channels != {outside.text()}"
                    changes.append((text, tuple(one != other for one, other in zip(each.column, values, strict=True))))
        yield from changes
        for index, (one, holds) in enumerate(changes):
            for other, also in changes[index + 1 :]:
                yield f"{one} or {other}", tuple(a or b for a, b in zip(holds, also, strict=True))
        for text, holds in changes:
            yield text.replace("!=", "=="), tuple(not each for each in holds)


def _true(presence: Presence) -> list[int]:
    return [index for index, each in enumerate(presence) if each]
