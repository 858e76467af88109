"""Mutations that mostly keep a text a spec: changed values and added keys.

A fuzzer that only changes bytes rarely produces a spec with a graph, so it makes these mutations now and then.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from resnet_dsl.language.checks.schema import enumeration, resolved, schema
from resnet_dsl.language.document.bundled import bundled_specs

_NUMBER = re.compile(rb"(?<![\w.])\d{1,6}(?![\w.])")
_WORD = re.compile(rb"(?<![\w.-])[a-z][a-z0-9_]*(?![\w.:-])")
_NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 16, 30, 31, 32, 63, 64, 65, 100, 128, 224, 256, 1000, 10_000, 16_384, 65_536]
_FRACTIONS = ["0", "0.0", "0.5", "1", "1.0", "1e-05", "0.25", "0.999", "0.0625"]


def mutated(data: bytes, random: Random) -> bytes:
    """The text with one to three values changed or keys added."""
    for _ in range(random.randint(1, 3)):
        data = random.choice((_other_number, _other_word, _another_key, _another_key))(data, random)
    return data


def _other_number(data: bytes, random: Random) -> bytes:
    found = [*_NUMBER.finditer(data)]
    if not found:
        return data
    match = random.choice(found)
    number = int(match[0])
    near = [number + 1, number - 1, number * 2, number // 2, [number] * random.randint(1, 4)]
    return _put(data, match, str(random.choice([*near, *_NUMBERS])))


def _other_word(data: bytes, random: Random) -> bytes:
    """Replace a word with another from the same list in the schema, or a bundled spec with another."""
    found = [(match, words) for match in _WORD.finditer(data) for words in _lists() if match[0].decode() in words]
    if not found:
        return data
    match, words = random.choice(found)
    return _put(data, match, random.choice(words))


def _another_key(data: bytes, random: Random) -> bytes:
    """Add a key to its section if the text has it, and otherwise a section with the key at the end."""
    key, part = random.choice([*schema()["properties"].items()])
    inside = _inside(part, random)
    if not inside or ("string" in part["type"] and random.random() < 0.5):
        return data.rstrip() + f"\n{key}: {_value(part, random)}\n".encode()
    inner, inner_part = random.choice([*inside.items()])
    pair = f"{inner}: {_value(inner_part, random)}"
    section = re.search(rb"^%s:( *\{|\n +)" % key.encode(), data, re.MULTILINE)
    if section is None:
        return data.rstrip() + f"\n{key}: {{{pair}}}\n".encode()
    end = ", " if section[1].endswith(b"{") else section[1].decode()
    return data[: section.end()] + f"{pair}{end}".encode() + data[section.end() :]


def _inside(part: dict[str, Any], random: Random) -> dict[str, Any]:
    """The keys of a mapping; of `blocks` one, the name of a block that there may be."""
    patterns: dict[str, Any] = part.get("patternProperties", {})
    names = {f"layer{random.randint(1, 4)}.{random.choice(['*', '0', '1'])}": each for each in patterns.values()}
    return {**part.get("properties", {}), **names}


def _value(part: dict[str, Any], random: Random) -> str:
    """A random value, mostly one that the schema allows here."""
    part = resolved(part)
    inside = _inside(part, random)
    if inside and (part["type"][0] == "object" or random.random() < 0.5):
        return _mapping(inside, random)
    if words := enumeration(part):
        return _text(random.choice(words))
    types = part.get("type", "string")
    kind = random.choice([name for name in ([types] if isinstance(types, str) else types) if name != "null"])
    match kind:
        case "integer":
            return str(random.choice([part.get("minimum", 0), part.get("maximum", 9), *_NUMBERS]))
        case "number":
            return random.choice(_FRACTIONS)
        case "array":
            return f"[{', '.join(_value(part['items'], random) for _ in range(random.randint(1, 4)))}]"
        case _:
            return random.choice(["se", "eca", "none", "batch", "x"])


def _mapping(inside: dict[str, Any], random: Random) -> str:
    """A mapping with its type, or all of a rule, and a few other keys."""
    always = [key for key in ("type", "depth", "initial", "slope", "multiplier") if key in inside]
    names = dict.fromkeys([*always, *random.sample([*inside], min(2, len(inside)))])
    return f"{{{', '.join(f'{name}: {_value(inside[name], random)}' for name in names)}}}"


@cache
def _lists() -> list[list[str]]:
    """Every list of words in the schema, the bundled specs, and the booleans."""
    return [*_enums(schema()), [*bundled_specs()], ["true", "false"]]


def _enums(part: Any) -> Iterator[list[str]]:
    match part:
        case {"enum": list(values)}:
            yield [_text(value) for value in values]
        case dict():
            for each in part.values():
                yield from _enums(each)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _put(data: bytes, match: re.Match[bytes], text: str) -> bytes:
    return data[: match.start()] + text.encode() + data[match.end() :]
