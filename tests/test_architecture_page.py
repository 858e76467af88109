"""`docs/architecture.md`: its list of files is made from the first sentences of their docstrings.

`UPDATE_DOCS=1 pytest tests/test_architecture_page.py` writes it anew.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from .test_docs import ARCHITECTURE, PACKAGE, UPDATE

START = "<!-- files: made from their docstrings by tests/test_architecture_page.py -->\n"
END = "<!-- end of files -->\n"


def first_sentence(path: Path) -> str:
    """What a file is for, on one line."""
    if path.suffix == ".json":
        title: str = json.loads(path.read_text("utf-8"))["title"]
        return title
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring is not None
    return " ".join(docstring.split("\n\n")[0].split()).removesuffix(".").replace("|", "\\|")


def order(path: Path) -> tuple[object, ...]:
    """What lies directly in a folder comes before the folders inside it."""
    *folders, name = path.relative_to(PACKAGE).parts
    return (*((True, folder) for folder in folders), (False, name))


def rows() -> Iterator[str]:
    files = [path for ending in ("*.py", "*.json") for path in PACKAGE.rglob(ending) if path.stat().st_size]
    for path in sorted(files, key=order):
        yield f"| `{path.relative_to(PACKAGE).as_posix()}` | {first_sentence(path)} |\n"


def table() -> str:
    return f"| file | |\n|---|---|\n{''.join(rows())}"


def test_the_list_of_files_is_made_from_their_docstrings() -> None:
    """Each file of the package once, in the order of the folders."""
    before, _, rest = ARCHITECTURE.read_text("utf-8").partition(START)
    shown, _, after = rest.partition(END)
    if UPDATE:
        ARCHITECTURE.write_text(before + START + table() + END + after, "utf-8")
        shown = table()
    assert shown == table(), "stale; `UPDATE_DOCS=1 pytest tests/test_architecture_page.py` writes it anew"
