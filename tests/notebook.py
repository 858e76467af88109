"""A document as a Jupyter notebook without outputs: its fences and its pictures become cells."""

import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .test_docs import FENCE, Fence, parts, sessions

_PICTURE = re.compile(r'^(?:<img src="\w+/(\w+\.svg)" alt="([^"]*)".*>|!\[(.*)\]\(\w+/(\w+\.svg)\))$', re.MULTILINE)
_CONTENTS = re.compile(r"^- \[.*\]\(#.*\)\n", re.MULTILINE)
"""Links inside the page, whose anchors Jupyter does not have."""


class Cell(NamedTuple):
    """A cell, and the output that the document shows for it, if it shows one."""

    kind: str
    source: str
    output: str | None = None


def notebook(document: Path) -> str:
    """The file, in version 4.5 of the format (https://nbformat.readthedocs.io)."""
    content = {
        "cells": [_cell(number, cell) for number, cell in enumerate(cells(document), start=1)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    fields: dict[str, Any] = {"execution_count": None, "outputs": []} if cell.kind == "code" else {}
    source = cell.source.strip("\n").splitlines(keepends=True)
    return {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": {}, "source": source, **fields}


def cells(document: Path) -> Iterator[Cell]:
    """The cells, in document order."""
    text = document.read_text("utf-8")
    fences = (part for part in parts(document) if isinstance(part, Fence))
    end = 0
    for match, fence in zip(FENCE.finditer(text), fences, strict=True):
        yield from _prose(text[end : match.start()])
        yield from _code(fence, match[0])
        end = match.end()
    yield from _prose(text[end:])


def _prose(text: str) -> Iterator[Cell]:
    """Text, with a cell for each picture, whose description stands above it."""
    end = 0
    for match in _PICTURE.finditer(text):
        yield from _markdown(f"{text[end : match.start()]}{match[2] or match[3]}")
        yield Cell("code", f'from IPython.display import SVG\n\nSVG("{match[1] or match[4]}")')
        end = match.end()
    yield from _markdown(text[end:])


def _markdown(text: str) -> Iterator[Cell]:
    if source := _CONTENTS.sub("", text).strip():
        yield Cell("markdown", source)


def _code(fence: Fence, text: str) -> Iterator[Cell]:
    match fence.words:
        case ["yaml", name]:
            yield Cell("code", f"%%writefile {name}\n{fence.body}")
        case ["console"]:
            commands, outputs = zip(*sessions(fence.body), strict=True)
            yield Cell("code", "\n".join(f"!{command}" for command in commands), "".join(outputs))
        case ["python"]:
            yield from _examples(fence.body)
        case ["sh"] if " && cd " in fence.body:
            yield Cell("code", "\n".join(f"%{step}" for step in fence.body.strip().split(" && ")))
        case _:
            yield Cell("markdown", text)


def _examples(session: str) -> Iterator[Cell]:
    """A cell for each output: a cell shows the value of its last line only."""
    sources = ""
    for example in doctest.DocTestParser().get_examples(session):
        sources += example.source
        if example.want:
            yield Cell("code", sources, example.want)
            sources = ""
    if sources:
        yield Cell("code", sources)
