"""What the fuzzer starts from: existing specs, and the words of the language."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from resnet_dsl.language.checks.schema import schema
from resnet_dsl.language.document.bundled import bundled_specs

CASES = Path(__file__).parents[1] / "cases"

_YAML = [": ", "\n", "- ", "\n- ", "? ", "[", "]", ", ", "{", "}", "[]", "{}", "#", " #", "&a ", "*a", "!!str ", "!a "]
_YAML += ["|\n", ">\n", "|-\n", ">+2\n", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! a:\n", "<<: ", "'", '"', "''", '""']
_YAML += ["\\n", "\\t", "\\x07", "\\u2028", "\\ud800", "\\U00110000", "\t", "\r", "\r\n", "  ", "    ", "\n  "]
_YAML += ["\x85", "\u2028", "\ufeff", "é", "図", "\U0001f600", "null", "~", "true", "false", "yes", "no"]
_YAML += ["0", "-1", "1", "3.0", "1e-5", "1e999", ".5", "0x10", "1_000", "65536", "65537", "10000", "16384", "9" * 50]

_TEXTS = [
    'name: "\\U00110000"',
    f"%YAML 1.{'9' * 400}\n--- a",
    "name: a" + "\n*b : &c !d e" * 40,
    "a:\t1\n? b\n: |2-\n   c",
]
"""Texts unlike any spec in the project."""


def write_seeds(folder: Path) -> None:
    """Write all bundled specs, all test cases and a few more texts, one file each."""
    for path in [*bundled_specs().values(), *CASES.rglob("*.yaml")]:
        (folder / path.name).write_bytes(path.read_bytes())
    for number, text in enumerate(_TEXTS):
        (folder / f"text{number}").write_text(text, "utf-8")


def write_dictionary(path: Path) -> None:
    """Write keys, values, bundled specs' names and YAML syntax in libFuzzer's format."""
    keys = [*_keys(schema()), "layer1.0", '"layer1.*"', "layer4.1"]
    words = [*_words(schema()), *(f"{key}: " for key in keys), *bundled_specs(), *_YAML]
    path.write_text("".join(f'"{_escaped(word)}"\n' for word in dict.fromkeys(words)), "ascii")


def _keys(part: Any) -> Iterator[str]:
    """Every key that the schema names."""
    match part:
        case {"properties": properties}:
            yield from properties
            for value in part.values():
                yield from _keys(value)
        case dict():
            for value in part.values():
                yield from _keys(value)


def _words(part: Any) -> Iterator[str]:
    """Every word that the schema lists."""
    match part:
        case {"enum": values}:
            yield from (value for value in values if isinstance(value, str))
        case dict():
            for value in part.values():
                yield from _words(value)


def _escaped(word: str) -> str:
    """The word in libFuzzer's format, in which every byte but lower-case letters and digits is escaped."""
    return re.sub(r"[^0-9a-z]", lambda match: f"\\x{ord(match[0]):02X}", word.encode("utf-8").decode("latin-1"))
