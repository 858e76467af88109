"""The steps of a class -> the statements of its forward pass."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from . import arithmetic, layout
from .constructors import Made
from .definition import STEP, Definition
from .instances import INPUT, Step
from .merging import MergedStep

_NAMES = ("y", "z", "w", "v", "u")
_LONGEST = 3
"""Calls that are nested in one statement."""
_STARTERS = ("Conv2d", "Conv1d", "Linear", "Pool2d", "Pool2dSame", "Pool2dZero")
"""Layers whose calls begin a statement."""


@dataclass(slots=True)
class _Statement:
    before: str
    expression: layout.Expression
    condition: str = ""


@dataclass(slots=True)
class _Open:
    """A value that has no name yet."""

    value: str
    expression: layout.Expression
    inputs: tuple[str, ...]
    """The named values that it is computed from."""
    calls: int
    is_typed: bool
    is_alone: bool
    """Whether its statement is complete."""


def forward(definition: Definition, outputs: Sequence[str] = ()) -> list[str]:
    """The lines of the method's body.

    Args:
        definition: the class.
        outputs: the values that it returns as a list; by default the last one alone.
    """
    writer = _Writer(definition, outputs)
    for index, step in enumerate(definition.merged.steps):
        writer.add(index, step)
    writer.finish()
    indent = 2 * layout.INDENT
    lines: list[str] = []
    for statement in writer.body:
        if statement.condition:
            lines.append(f"{' ' * indent}if {statement.condition}:")
        deeper = indent + layout.INDENT * bool(statement.condition)
        lines += layout.lines(statement.expression, deeper, before=statement.before)
    return lines


class _Writer:
    """Writes statements one by one; a variable is used again once its value is not needed any more."""

    def __init__(self, definition: Definition, outputs: Sequence[str]) -> None:
        self._definition = definition
        self._outputs = outputs
        self.body: list[_Statement] = []
        self._variables = {INPUT: "x"}
        self._first: dict[str, _Statement] = {}
        """By variable, the statement that binds it first, without its type."""
        self._open: _Open | None = None
        steps = definition.merged.steps
        read = [(value, index) for index, step in enumerate(steps) for value in self._read(step)]
        self._uses = Counter(value for value, _ in read)
        self._last = dict(read) | dict.fromkeys(outputs or [definition.merged.output], len(steps))

    def _read(self, step: MergedStep) -> tuple[str, ...]:
        """The values that a step needs."""
        if self._definition.merged.is_optional(step) and step.fallback is not None:
            return (*step.step.inputs, step.fallback)
        return step.step.inputs

    def add(self, index: int, merged: MergedStep) -> None:
        step = merged.step
        if self._definition.merged.is_optional(merged):
            self._close(index - 1)
            self._add_optional(index, merged)
        elif step.arithmetic and self._overwrites(step):
            self._close(index - 1)
            name, other = (self._variables[value] for value in step.inputs)
            self.body.append(_Statement(f"{name} += ", other))
            self._variables[step.value] = name
        else:
            self._add_call(index, step)

    def _overwrites(self, step: Step) -> bool:
        path = (STEP, step.value, "inplace")
        return path in self._definition.values and self._definition.value(path) == "True"

    def _add_call(self, index: int, step: Step) -> None:
        opened = self._open
        if opened and not self._continues(opened, step):
            self._close(index - 1)
            opened = None
        inner = opened.expression if opened else self._variables[step.inputs[0]]
        others = step.inputs[1:]
        self._open = _Open(
            value=step.value,
            expression=self._expression(step, [inner, *(self._variables[value] for value in others)]),
            inputs=(*(opened.inputs if opened else step.inputs[:1]), *others),
            calls=1 + (opened.calls if opened else 0),
            is_typed=bool(step.arithmetic),
            is_alone=self._is_alone(step),
        )
        if step.value in self._outputs:
            self._close(index)

    def _continues(self, opened: _Open, step: Step) -> bool:
        """Whether a step takes the open value, which nothing else does, into its own statement."""
        if step.inputs[0] != opened.value or step.inputs.count(opened.value) > 1 or self._uses[opened.value] > 1:
            return False
        if opened.is_alone or self._is_alone(step) or opened.calls == _LONGEST:
            return False
        if step.arithmetic:
            return step.arithmetic.constructor in arithmetic.TAKES_EXPRESSIONS and not opened.is_typed
        return not self._constructor(step).endswith(_STARTERS)

    def _constructor(self, step: Step) -> str:
        child = self._definition.merged.children[step.called[0]]
        if len(step.called) > 1 and not isinstance(child, Made):
            child = dict(child.items)[int(step.called[1])]
        return child.constructor if isinstance(child, Made) else child.kind

    def _is_alone(self, step: Step) -> bool:
        return not step.arithmetic and self._constructor(step) in ("Sequential", *self._definition.classes)

    def _add_optional(self, index: int, merged: MergedStep) -> None:
        step, fallback = merged.step, merged.fallback
        assert fallback is not None
        condition = self._definition.merged.condition(merged)
        expression = self._expression(step, [self._variables[value] for value in step.inputs])
        other = self._variables[fallback]
        if self._last[fallback] <= index:
            self.body.append(_Statement(f"{other} = ", expression, condition))
            self._variables[step.value] = other
        else:
            choice = layout.Choice(expression, condition, other)
            self._bind(index, step.value, choice, (*step.inputs, fallback))

    def _expression(self, step: Step, inputs: list[layout.Expression]) -> layout.Expression:
        if step.arithmetic:
            places = {name: (STEP, step.value, name) for name in (each.name for each in step.arithmetic.arguments)}
            constants = {name: self._definition.value(path) for name, path in places.items()}
            return arithmetic.expression(step.arithmetic.constructor, inputs, constants)
        name, *positions = step.called
        return layout.call(f"self.{name}{''.join(f'[{position}]' for position in positions)}", *inputs)

    def _close(self, index: int) -> None:
        """Name the open value."""
        if self._open:
            opened, self._open = self._open, None
            self._bind(index, opened.value, opened.expression, opened.inputs)

    def _bind(self, index: int, value: str, expression: layout.Expression, inputs: Sequence[str]) -> None:
        """Assign a value to the variable of an input that is needed no longer, or to a new one."""
        dying = [self._variables[each] for each in inputs if self._last[each] <= index]
        taken = {name for each, name in self._variables.items() if self._last.get(each, -1) > index}
        hint = [value.replace(".", "_")] if len(self._outputs) > 1 and value in self._outputs else []
        free = (name for name in chain(dying, hint, _NAMES, (f"y{number}" for number in count(2))))
        name = next(each for each in free if each not in taken)
        statement = _Statement(f"{name} = ", expression)
        self.body.append(statement)
        if name not in self._variables.values():
            self._first[name] = statement
        self._variables[value] = name

    def _typed(self, name: str) -> str:
        """The variable, whose type is stated where it is bound first."""
        if name in self._first:
            self._first.pop(name).before = f"{name}: Tensor = "
        return name

    def finish(self) -> None:
        """Return the output."""
        if self._outputs:
            self._close(len(self._definition.merged.steps))
            names = [self._variables[value] for value in self._outputs]
            self.body.append(_Statement("return ", layout.sequence("[]", names)))
        elif not self._open:
            name = self._variables[self._definition.merged.output]
            self.body.append(_Statement("return ", self._typed(name)))
        elif self._open.is_typed:
            for value in () if str(self._open.expression).startswith("torch.") else self._open.inputs:
                self._typed(self._variables[value])
            self.body.append(_Statement("return ", self._open.expression))
        else:
            self.body += [_Statement("out: Tensor = ", self._open.expression), _Statement("return ", "out")]
