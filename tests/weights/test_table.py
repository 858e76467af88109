"""`docs/weights.md`: its tables are made from the kinds that the tests write and open.

`UPDATE_DOCS=1 pytest tests/weights/test_table.py` writes them anew.
"""

import re

from resnet_dsl.checkpoints.dialects import DIALECTS
from tests.test_docs import ROOT, UPDATE
from tests.weights import KINDS
from tests.weights.table import tables

PAGE = ROOT / "docs" / "weights.md"
START = "<!-- kinds: made by tests/weights/test_table.py -->\n"
END = "<!-- end of kinds -->\n"


def test_the_tables_are_made_from_the_kinds() -> None:
    """Each kind once, or in the row of another."""
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    shown, _, after = rest.partition(END)
    if UPDATE:
        PAGE.write_text(before + START + tables() + END + after, "utf-8")
        shown = tables()
    assert shown == tables(), "stale; `UPDATE_DOCS=1 pytest tests/weights/test_table.py` writes it anew"


def test_the_names_of_kinds_are_unique() -> None:
    """Each names one test, and at most one row."""
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert {kind.like for kind in KINDS} <= {"", *(kind.name for kind in KINDS if not kind.like)}


def test_there_are_as_many_kinds_as_promised() -> None:
    """At least 45 that open."""
    assert sum(kind.refused is None for kind in KINDS) >= 45


def test_every_word_for_names_is_listed_with_its_library() -> None:
    """What `--names` takes, in its order."""
    listed = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert listed == [(dialect.name, dialect.library) for dialect in DIALECTS]
