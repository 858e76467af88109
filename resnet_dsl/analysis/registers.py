"""Where a module keeps the values of its forward pass: in registers, which are used again once they are free."""

from collections.abc import Sequence
from typing import TypeAlias

from .module_tree import Call

Registers: TypeAlias = tuple[tuple[int, ...], int]
"""Where a call takes its inputs from, and where it puts its output."""


def allocate(calls: Sequence[Call], kept: Sequence[str] = ()) -> tuple[list[Registers], dict[str, int]]:
    """Registers for each call, and for the final values; the input of all of them is in register 0.

    A value's register is freed after the value's last use, unless the value is in `kept`.
    """
    last_use = {name: index for index, call in enumerate(calls) for name in call.inputs}
    last_use |= dict.fromkeys(kept, len(calls))
    computed = {call.output.name for call in calls}
    outside = list(dict.fromkeys(name for call in calls for name in call.inputs if name not in computed))
    assert len(outside) == 1, outside
    register = {outside[0]: 0}
    steps: list[Registers] = []
    for index, call in enumerate(calls):
        sources = tuple(register[name] for name in call.inputs)
        for name in call.inputs:
            if last_use[name] == index:
                register.pop(name, None)
        register[call.output.name] = min(set(range(len(register) + 1)) - set(register.values()))
        steps.append((sources, register[call.output.name]))
    return steps, register
