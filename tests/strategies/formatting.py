"""The many ways to write one document in YAML."""

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .documents import Document

MARK = "\ue000"
"""A character that marks a place to be found again, and is then removed from the text."""


@dataclass(frozen=True)
class Raw:
    """A key or value that is written verbatim, with a mark before it."""

    text: str

    def __str__(self) -> str:
        return MARK + self.text


def formatted(document: Document) -> SearchStrategy[str]:
    """The document as text: keys in any order, blocks or brackets, any quotes, comments, blank lines, line breaks."""
    return _formatted(document)


@st.composite
def _formatted(draw: DrawFn, document: Document) -> str:
    return _Printer(draw(st.randoms(use_true_random=False))).document(document)


_PLAIN = re.compile(r"[A-Za-z]([A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?|[13]x[13]|layer\d\d?\.\*")
_WORDS = ("true", "false", "null")
_COMMENTS = ("#", "# He et al. (2015), table 1", "# stages: {depths: [1, 2]}", "#\t'\"&*!%@` é 図")
_SINGLE = re.compile(r"[ -~\xa0-\u2027\u202a-\ud7ff\U00010000-\U0010fffe]*")


class _Printer:
    def __init__(self, random: Random) -> None:
        self.random = random

    def document(self, document: Document) -> str:
        lines = [*self.noise(), *(["---"] if self.coin(0.2) else [])]
        lines += self.flow(document, 0).split("\n") if self.coin(0.2) else self.block(document, 0)
        lines += [*self.noise(), *(["..."] if self.coin(0.1) else [])]
        text = self.random.choice(["\n", "\n", "\r\n"]).join(lines)
        return ("\ufeff" if self.coin(0.1) else "") + text + ("" if self.coin(0.2) else "\n")

    def coin(self, probability: float) -> bool:
        return self.random.random() < probability

    def spaces(self, least: int, most: int) -> str:
        return " " * self.random.randint(least, most)

    def noise(self) -> list[str]:
        """Blank lines and comments."""
        if self.coin(0.8):
            return []
        return [self.spaces(0, 3) + self.random.choice(["", *_COMMENTS]) for _ in range(self.random.randint(1, 2))]

    def end(self) -> str:
        return self.spaces(1, 3) + self.random.choice(_COMMENTS) if self.coin(0.2) else self.spaces(0, 1)

    def block(self, table: Document, indent: int) -> list[str]:
        """A mapping with one key per line."""
        lines: list[str] = []
        for key, value in self.shuffled(table):
            lines += self.noise()
            head = " " * indent + self.scalar(key) + self.spaces(0, 1) + ":"
            if isinstance(value, dict) and value and self.coin(0.6):
                lines += [head + self.end(), *self.block(value, indent + self.random.randint(1, 4))]
            elif isinstance(value, list) and value and self.coin(0.4):
                lines += [head + self.end(), *self.items(value, indent + self.random.randint(0, 3))]
            else:
                lines += [*(head + self.spaces(1, 2) + self.flow(value, indent + 1) + self.end()).split("\n")]
        return lines

    def items(self, values: list[Any], indent: int) -> list[str]:
        """A list with one item per line."""
        dashes = [f"{' ' * indent}-{self.spaces(1, 3)}{self.flow(value, indent + 1)}{self.end()}" for value in values]
        return [line for dash in dashes for line in [*self.noise(), dash]]

    def shuffled(self, table: Document) -> list[tuple[Any, Any]]:
        pairs = list(table.items())
        self.random.shuffle(pairs)
        return pairs

    def flow(self, value: Any, indent: int) -> str:
        """A value in flow style, sometimes over several lines."""
        match value:
            case dict():
                parts = [f"{self.scalar(key)}: {self.flow(item, indent)}" for key, item in self.shuffled(value)]
                return self.brackets("{", parts, "}", indent)
            case list():
                return self.brackets("[", [self.flow(item, indent) for item in value], "]", indent)
            case _:
                return self.scalar(value)

    def brackets(self, opening: str, parts: list[str], closing: str, indent: int) -> str:
        separator = f",{self.end()}\n{' ' * indent}" if self.coin(0.2) else "," + self.spaces(0, 2)
        last = "," if parts and self.coin(0.1) else ""
        inside = self.spaces(0, 1)
        return f"{opening}{inside}{separator.join(parts)}{last}{inside}{closing}"

    def scalar(self, value: Any) -> str:
        match value:
            case Raw():
                return str(value)
            case None | bool() | int() | float():
                return json.dumps(value)
            case str():
                return self.string(value)
            case _:
                raise AssertionError(value)

    def string(self, text: str) -> str:
        if _PLAIN.fullmatch(text) and text not in _WORDS and self.coin(0.7):
            return text
        if _SINGLE.fullmatch(text) and self.coin(0.5):
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=False).translate({0x2028: r"\u2028", 0x2029: r"\u2029", 0xFEFF: r"\uFEFF"})
