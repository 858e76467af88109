"""The table of `docs/recipes.md` agrees with the page, the tests and the pinned versions.

These run by default; the recipes themselves are marked `slow`.
"""

import ast
import re
from pathlib import Path

from tests.recipes.page import PAGE, recipes, rows
from tests.test_docs import ROOT, prose, slug

FOLDER = Path(__file__).parent


def test_each_recipe_has_a_row_in_order() -> None:
    """The rows link to the headings, which they repeat, and each heading has a program."""
    headings = re.findall(r"^### (.+)$", prose(PAGE), re.MULTILINE)
    assert [(row.integration, row.anchor) for row in rows()] == [(heading, slug(heading)) for heading in headings]
    assert [row.anchor for row in rows()] == list(recipes())


def test_each_row_names_a_test_that_runs_it_and_each_test_has_a_row() -> None:
    """The functions that take the fixture `recipe` are those of the table, each once."""
    taking = [
        (file.name, function.name)
        for file in sorted(FOLDER.glob("test_*.py"))
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and "recipe" in [argument.arg for argument in function.args.args]
    ]
    assert sorted((row.file, row.test) for row in rows()) == sorted(taking)


def test_the_versions_are_those_of_the_constraints() -> None:
    """What the page says was tested is what CI installs."""
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))
    for row in rows():
        assert row.versions == {name: pinned.get(name) for name in row.versions}, row.integration


def test_no_line_of_the_table_is_left_out() -> None:
    """Every line of the table is a row, of which there are as many as promised."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| [")]
    assert len(rows()) == len(lines) >= 20
