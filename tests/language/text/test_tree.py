"""Paths through a document tree, and descriptions of its values."""

from typing import Any

import pytest

from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import (
    Table,
    describe,
    dotted,
    find,
    find_value,
    key_span,
    shortened,
    to_plain,
    value_span,
)

TEXT = """\
a: {b: [1, x, [2.5]], c: }
d: true
'': {e: ''}
"""


def tree() -> Table:
    return read(decode("test", TEXT.encode()))


def test_plain_values() -> None:
    """A tree converts to plain data without places."""
    assert to_plain(tree()) == {"a": {"b": [1, "x", [2.5]], "c": ""}, "d": True, "": {"e": ""}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a", "b", 0), 1),
        (("a", "b", 2, 0), 2.5),
        (("a", "b", 3), None),
        (("a", "b", "x"), None),
        (("a", 0), None),
        (("d", "e"), None),
        (("", "e"), ""),
        (("x",), None),
    ],
)
def test_a_value_is_found_by_its_path(path: tuple[Any, ...], value: object) -> None:
    """A path gives its value, or None if there is none."""
    assert find_value(tree(), path) == value
    assert (find(tree(), path) is None) == (value is None)
    assert find(tree(), ()) == tree()


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("a",), "a", "a"),
        (("a", "b"), "b", "[1, x, [2.5]]"),
        (("a", "b", 1), None, "x"),
        (("a", "c"), "c", "c"),
        (("d",), "d", "true"),
        (("", "e"), "e", "''"),
    ],
)
def test_places(path: tuple[Any, ...], key: str | None, value: str) -> None:
    """A mapping or an empty value is marked at its key."""
    span = key_span(tree(), path)
    assert (span.text if span else None) == key
    assert value_span(tree(), path).text == value


def test_paths_without_a_key() -> None:
    """The root and missing values have no key; the place of the root is its own span."""
    assert key_span(tree(), ()) is None
    assert key_span(tree(), ("x",)) is None
    assert key_span(tree(), ("d", "e")) is None
    assert value_span(tree(), ()) == tree().span


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("stages",), "stages"),
        (("stages", "widths", 2), "stages.widths[2]"),
        (("attention", 0, "type"), "attention[0].type"),
        ((0, "a"), "[0].a"),
    ],
)
def test_dotted_paths(path: tuple[Any, ...], text: str) -> None:
    """Paths are written with dots between keys and brackets around indices."""
    assert dotted(path) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "a list"),
        ("{b: 1}", "a mapping"),
        ("null", "`null`"),
        ("true", "`true`"),
        ("false", "`false`"),
        ("1e3", "the number `1e3`"),
        ("-5", "the number `-5`"),
        ("x", "the string `x`"),
        ("''", "nothing"),
        ("x" * 40, f"the string `{'x' * 40}`"),
        ("x" * 41, f"the string `{'x' * 39}…`"),
    ],
)
def test_descriptions_of_values(text: str, words: str) -> None:
    """A number is quoted as written; a long text is cut."""
    found = find(read(decode("test", f"a: {text}".encode())), ("a",))
    assert found is not None
    assert describe(found) == words


def test_a_text_of_40_characters_is_not_shortened() -> None:
    """A longer text is cut to 40 characters, including the ellipsis."""
    assert shortened("x" * 40) == "x" * 40
    assert shortened("x" * 41) == "x" * 39 + "…"
