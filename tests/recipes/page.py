"""`docs/recipes.md` as data: its table, and the code under each heading."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.test_docs import ROOT, Fence, parts, slug

PAGE = ROOT / "docs" / "recipes.md"

_ROW = re.compile(r"^\| \[([^\]]+)\]\(#([^)]+)\) \| ([^|]+) \| `(\w+\.py)::(\w+)` \|$", re.MULTILINE)
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)


class Row(NamedTuple):
    """A row of the table."""

    integration: str
    anchor: str
    versions: dict[str, str]
    """The libraries that the recipe needs, each with the version that it was tested with."""
    file: str
    test: str
    """The test function, in that file of tests/recipes."""


@cache
def rows() -> tuple[Row, ...]:
    """The table, in order."""
    return tuple(
        Row(name, anchor, dict(each.split(" ") for each in versions.split(", ")), file, test)
        for name, anchor, versions, file, test in _ROW.findall(PAGE.read_text("utf-8"))
    )


@cache
def recipes() -> dict[str, str]:
    """The Python code under each heading, by the heading's anchor; several fences make up one program."""
    text = PAGE.read_text("utf-8")
    places = [(text.count("\n", 0, match.start()) + 1, slug(match[1])) for match in _HEADING.finditer(text)]
    found: dict[str, str] = {}
    for fence in _fences("python"):
        anchor = next(anchor for line, anchor in reversed(places) if line < fence.line)
        found[anchor] = found.get(anchor, "") + fence.body
    return found


def write_specs(directory: Path) -> None:
    """Write the specs that the page shows, which all recipes share."""
    for fence in _fences("yaml"):
        (directory / fence.words[1]).write_text(fence.body, "utf-8")


def _fences(language: str) -> list[Fence]:
    return [part for part in parts(PAGE) if isinstance(part, Fence) and part.words[0] == language]
