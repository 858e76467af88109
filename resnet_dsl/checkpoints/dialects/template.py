"""A name with numbers in it, such as `layer{stage}.{block}.conv{number}`, read and written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_FIELD = re.compile(r"\{(?:(\d+)\*)?([a-z]+)([+-]\d+)?(?::(letter|02|silent))?(?:=(\d+))?\}")

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ENDS: Mapping[str, int] = {"letter": len(_LETTERS), "02": 100, "silent": 100_000, "": 100_000}
_PATTERNS: Mapping[str, str] = {"": r"(0|[1-9]\d{0,4})", "02": r"(\d{2})", "letter": r"([a-z])", "silent": "()"}


@dataclass(frozen=True, slots=True)
class Field:
    """A number in a name: `factor` times a variable plus `offset`, as digits, two digits or a letter from `a`.

    `{3*index+1}`, `{block+1:02}`, `{number-1:letter}`; `{stage=1}` is there for one value of the variable only, and
    `{number:silent=3}` besides does not show.
    """

    variable: str
    factor: int
    offset: int
    form: str
    only: int | None

    def text(self, number: int) -> str | None:
        """The number as it stands in a name, None if it cannot."""
        value = self.factor * number + self.offset
        if self.only not in (None, number) or value < 0:
            return None
        if value >= _ENDS[self.form]:
            return None
        if self.form == "silent":
            return ""
        return _LETTERS[value] if self.form == "letter" else f"{value:{self.form}}"

    def number(self, text: str) -> int | None:
        """What the variable is where this stands in a name."""
        if self.form == "silent":
            return self.only
        value = _LETTERS.index(text) if self.form == "letter" else int(text)
        number, remainder = divmod(value - self.offset, self.factor)
        return None if remainder or number < 0 or self.only not in (None, number) else number


@dataclass(frozen=True, slots=True)
class Template:
    """A name as the texts around its fields."""

    texts: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def pattern(self) -> str:
        """A regular expression with one group for each field."""
        first, *others = map(re.escape, self.texts)
        return first + "".join(_PATTERNS[field.form] + text for field, text in zip(self.fields, others, strict=True))

    def write(self, variables: Mapping[str, int]) -> str | None:
        """The name, None if there is none for these numbers; a variable that has no field must be 0."""
        named = {field.variable for field in self.fields}
        if any(number for variable, number in variables.items() if variable not in named):
            return None
        numbers = [field.text(variables[field.variable]) for field in self.fields]
        if None in numbers:
            return None
        return self.texts[0] + "".join(f"{number}{text}" for number, text in zip(numbers, self.texts[1:], strict=True))

    def read(self, groups: Sequence[str], variables: Sequence[str]) -> tuple[int, ...] | None:
        """The numbers of these variables where the pattern has these groups, None if they contradict each other."""
        found = dict.fromkeys(variables, 0)
        for field, text in zip(self.fields, groups, strict=True):
            number = field.number(text)
            if number is None:
                return None
            found[field.variable] = number
        return tuple(found.values())


def template(text: str) -> Template:
    """The template that a text describes: every field in braces."""
    return Template(tuple(_texts(text)), tuple(map(_field, _FIELD.finditer(text))))


def _field(match: re.Match[str]) -> Field:
    factor, variable, offset, form, only = match.groups()
    return Field(variable, int(factor or 1), int(offset or 0), form or "", None if only is None else int(only))


def _texts(text: str) -> Iterator[str]:
    end = 0
    for match in _FIELD.finditer(text):
        yield text[end : match.start()]
        end = match.end()
    yield text[end:]
