"""Numbers, lists and truth values in the notations of YAML 1.1, programming languages and prose."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ...text.tree import Plain

_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_SCALED = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+) ?([kKmMgGbBtT])")
_SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_COMMA = re.compile(r"0,[0-9]+")
_UNITS = re.compile(r"^~|(?<=[0-9])(?: ?px|d)$")
_PERCENT = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+) ?%")
_FRACTION = re.compile(r"1 ?/ ?([1-9][0-9]{0,4})")
_DASHED = re.compile(r"[0-9]+(?:-[0-9]+)+")
_SEPARATOR = re.compile(r"\s*[,;xX×\s]\s*")
_ONLY_KEYS = {"type", "name", "rate", "p", "prob", "size", "value"}
"""Keys of mappings that say nothing but a value."""
_COMPARISON = re.compile(r"(<=|=<|≤|⩽|>=|=>|≥|⩾|<|>) *(.+)")
_SIGNS = {"=<": "<=", "≤": "<=", "⩽": "<=", "=>": ">=", "≥": ">=", "⩾": ">="}
_MARGIN = re.compile(r"(.+?) *(?:±|\+/?-) *(.+?) ?(%?)")
_LONGEST = 200
"""Characters of a text that is read as a number or a list."""
_LARGEST = 2**63


def readings(value: Plain) -> Iterator[Plain]:
    """The values that a value may have been meant as, the likeliest first."""
    match value:
        case str():
            yield from _readings_of_text(value.strip())
        case float() if value.is_integer() and abs(value) < _LARGEST:
            yield int(value)
        case int() if not isinstance(value, bool):
            yield [value]
        case [only]:
            yield only
        case [first, *others] if all(type(each) is type(first) and each == first for each in others):
            yield first
        case dict() if len(value) == 1:
            ((key, inner),) = value.items()
            if inner in (None, ""):  # `{se}`
                yield key
            elif key in _ONLY_KEYS:
                yield inner
        case _:
            return


def _readings_of_text(text: str) -> Iterator[Plain]:
    if len(text) > _LONGEST:
        return
    if text.casefold() in _TRUTH:
        yield _TRUTH[text.casefold()]
    if len(text) < 20:
        yield from _numbers(text)
    yield from _bounds(text)
    if _DASHED.fullmatch(text):
        text = text.replace("-", ",")
    is_list = text[:1] + text[-1:] in ("()", "[]")
    items = [item for item in _SEPARATOR.split((text[1:-1] if is_list else text).strip()) if item]
    numbers: list[Plain] = [number for item in items for number in _numbers(item)]
    if len(numbers) == len(items) > (0 if is_list else 1):
        yield numbers
        if all(first == second for first, second in pairwise(numbers)):
            yield numbers[0]


def _bounds(text: str) -> Iterator[str]:
    """The bound of `expect` that a text denotes: with a sign of this language, then with numbers in place of units."""
    if match := _COMPARISON.fullmatch(text):
        sign = _SIGNS.get(match[1], match[1])
        yield f"{sign} {match[2]}"
        yield f"{sign} {_in_digits(match[2])}"
    elif match := _MARGIN.fullmatch(text):
        yield f"{_in_digits(match[1])} ± {_in_digits(match[2])}{match[3]}"


def _in_digits(text: str) -> str:
    """A number as `25e6`, where it is written as `25M`, without separators; any other text as it is."""
    if match := _SCALED.fullmatch(text):
        return f"{match[1]}e{len(str(_SCALES[match[2].lower()])) - 1}"
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace("_", "")


def _numbers(text: str) -> Iterator[int | float]:
    """The number that a text denotes, if it denotes one."""
    text = _UNITS.sub("", text)
    digits = text.replace("_", "")
    if _PREFIXED.fullmatch(digits):
        yield int(digits, 0)
    elif _DECIMAL.fullmatch(digits):
        yield _plain(float(digits))
    elif _THOUSANDS.fullmatch(text):
        yield int(text.replace(",", ""))
    elif match := _SCALED.fullmatch(text):
        yield round(float(match[1]) * _SCALES[match[2].lower()])
    elif match := _PERCENT.fullmatch(text):
        yield _plain(round(float(match[1]) / 100, 6))
    elif _COMMA.fullmatch(text):
        yield float(text.replace(",", "."))
    elif match := _FRACTION.fullmatch(text):
        yield 1 / int(match[1])


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < _LARGEST else number
