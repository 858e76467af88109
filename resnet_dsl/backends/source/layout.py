"""Python expressions as trees, and their layout in lines of at most 120 columns, as `ruff format` lays them out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

WIDTH = 120
INDENT = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments in brackets; without a name, a tuple."""

    function: str
    arguments: tuple["Argument", ...]
    brackets: str = "()"

    def __str__(self) -> str:
        comma = "," if not self.function and self.brackets == "()" and len(self.arguments) == 1 else ""
        return f"{self.function}{self.brackets[0]}{', '.join(map(str, self.arguments))}{comma}{self.brackets[1]}"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument, with its name where it is passed by name, or with the stars that unpack it."""

    value: "Expression"
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}{self.value}"


@dataclass(frozen=True, slots=True)
class Choice:
    """`value if condition else other`."""

    value: "Expression"
    condition: str
    other: "Expression"

    def __str__(self) -> str:
        return f"{self.value} if {self.condition} else {self.other}"


@dataclass(frozen=True, slots=True)
class Comprehension:
    """An expression's values in a loop, as a list, or without brackets as the only argument of a call."""

    element: "Expression"
    loop: str
    brackets: str = "[]"

    def __str__(self) -> str:
        return f"{self.brackets[:1]}{self.element} {self.loop}{self.brackets[1:]}"


@dataclass(frozen=True, slots=True)
class Chain:
    """Calls of methods, each on what the one before returns."""

    start: str
    methods: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.start, *self.methods))


Expression: TypeAlias = Call | Chain | Choice | Comprehension | str


def call(function: str, *arguments: "Expression | Argument") -> Call:
    return Call(function, tuple(each if isinstance(each, Argument) else Argument(each) for each in arguments))


def sequence(brackets: str, elements: Sequence[Expression]) -> Call:
    """A list or a tuple."""
    return Call("", tuple(map(Argument, elements)), brackets)


def lines(expression: Expression, indent: int, *, before: str = "", after: str = "") -> list[str]:
    """The lines of a statement or an argument: an expression with what stands before and after it."""
    margin = " " * indent
    flat = f"{margin}{before}{expression}{after}"
    if len(flat) <= WIDTH:
        return [flat]
    match expression:
        case Call(function, arguments, brackets) if arguments:
            start, end = f"{margin}{before}{function}{brackets[0]}", f"{margin}{brackets[1]}{after}"
            return [start, *_broken(arguments, indent + INDENT, is_call=bool(function)), end]
        case Comprehension(element, loop, ""):
            return [*lines(element, indent), f"{margin}{loop}"]
        case Comprehension(element, loop):
            inner = lines(replace(expression, brackets=""), indent + INDENT)
            return [f"{margin}{before}[", *inner, f"{margin}]{after}"]
        case Chain(start, methods):
            inner = [" " * (indent + INDENT) + each for each in (start, *(f".{method}" for method in methods))]
            return [f"{margin}{before}(", *inner, f"{margin}){after}"]
        case Choice(value, condition, other):
            return [
                *lines(value, indent, before=before),
                f"{margin}if {condition}",
                *lines(other, indent, before="else ", after=after),
            ]
        case _:
            return [flat]


def _broken(arguments: Sequence[Argument], indent: int, *, is_call: bool) -> list[str]:
    """The arguments of a call on a line of their own if they fit, else one on each line."""
    flat = " " * indent + ", ".join(map(str, arguments))
    if is_call and len(flat) <= WIDTH:
        return [flat]
    return [line for argument in arguments for line in lines(argument.value, indent, before=argument.prefix, after=",")]
