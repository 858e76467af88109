"""Sampling, diffs and counts in mutation testing; needs no mutmut."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .evidence.mutants import Outcomes, sample, summary, survivors
from .evidence.reach import Place, Tracer, changed_lines, selected
from .evidence.trial import PACKAGE, Mutant

BEFORE = "def f():\n    return 1\n"
FILE = PACKAGE / "folder" / "file.py"


def mutant(number: int, path: Path = FILE) -> Mutant:
    """A mutant whose `f` returns this number."""
    return Mutant(path, "f", BEFORE, BEFORE.replace("1", str(number)))


FOUND = [partial(mutant, number) for number in range(100, 200)]


def test_a_seed_always_draws_the_same_sample() -> None:
    """The sample has the requested size, and another seed draws a different one."""
    drawn = sample(FOUND, 10, seed=1)
    assert drawn == sample(FOUND, 10, seed=1)
    assert len(set(drawn)) == 10
    assert set(drawn) != set(sample(FOUND, 10, seed=2))


def test_a_sample_contains_each_mutant_once_and_only_valid_python() -> None:
    """If there are fewer mutants than requested, the sample is smaller."""
    broken = partial(Mutant, FILE, "f", BEFORE, "def f(:\n")
    assert set(sample([*FOUND, *FOUND, broken], 1000, seed=1)) == {each() for each in FOUND}


def test_a_mutant_is_shown_as_a_unified_diff() -> None:
    """It has the `a/` and `b/` paths that `git apply` expects."""
    assert mutant(2).difference.splitlines() == [
        "--- a/resnet_dsl/folder/file.py",
        "+++ b/resnet_dsl/folder/file.py",
        "@@ -1,2 +1,2 @@",
        " def f():",
        "-    return 1",
        "+    return 2",
    ]


def test_survivors_are_the_mutants_that_no_test_killed() -> None:
    """They are listed in file order, each with its function and outcome."""
    text = survivors({mutant(4): "reached by no test", mutant(2): "died", mutant(3): "survived"})
    assert text == f"# f: survived\n{mutant(3).difference}\n# f: reached by no test\n{mutant(4).difference}"


def test_the_summary_counts_by_folder() -> None:
    """A mutant that ran too long counts as dead."""
    other = mutant(2, PACKAGE / "file.py")
    assert summary({mutant(2): "died", mutant(3): "survived", other: "ran too long"}).splitlines() == [
        "    1 of     1  100.0%  resnet_dsl",
        "    1 of     2   50.0%  resnet_dsl/folder",
        "    2 of     3   66.7%  all",
        "1 died, 1 ran too long, 1 survived, 0 reached by no test, 0 not put in",
    ]


def test_a_pass_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    """The outcomes of the same commit are read again, and only mutants without one are missing."""
    file = tmp_path / "state"
    mutants = [mutant(number) for number in (2, 3, 4)]
    first = Outcomes("a", mutants, file)
    first.add(mutants[0], "died")
    first.add(mutants[2], "survived")
    assert Outcomes("a", mutants, file).known == {mutants[0]: "died", mutants[2]: "survived"}
    assert Outcomes("a", mutants, file).missing == [mutants[1]]
    assert Outcomes("b", mutants, file).missing == mutants


SOURCE = """\
def f(x, y=1):
    if x > 1 and (
        y > 2
    ):
        return g(
            x,
            [z for z in range(9)],
        )
    match x:
        case 1 if y:
            return 2
    try:
        return 3
    except KeyError:
        return 4
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("y=1", "y=2", {1}),
        ("y > 2", "y > 3", {2, 3, 4}),
        ("            x,", "            None,", {5, 6, 7, 8}),
        ("range(9)", "range(8)", {5, 6, 7, 8}),
        ("match x", "match y", {9}),
        ("case 1", "case 2", {10}),
        ("return 2", "return 5", {11}),
        ("KeyError", "ValueError", {14}),
        ("return 4", "return 5", {15}),
    ],
)
def test_a_mutant_changes_the_lines_of_one_statement(old: str, new: str, lines: set[int]) -> None:
    """Of a compound statement, those of its head."""
    assert changed_lines(SOURCE, SOURCE.replace(old, new)) == lines


def test_tests_are_those_that_run_the_lines() -> None:
    """If none does, those that call the function; lines that nobody wants are not recorded."""
    scope: dict[str, Any] = {"g": max}
    file = str(PACKAGE / "made.py")
    exec(compile(SOURCE, file, "exec"), scope)
    tracer = Tracer(PACKAGE, [(file, line) for line in (6, 7, 13, 15)])
    first: set[Place] = set()
    with tracer.watching(first):
        scope["f"](0)
    second: set[Place] = set()
    with tracer.watching(second), suppress(TypeError):
        scope["f"](2, 3)
    assert first == {(file, "f"), (file, 13)}
    assert second == {(file, "f"), (file, 6), (file, 7)}
    reached = {
        place: [test] for test, places in (("first", first), ("second", second - {(file, "f")})) for place in places
    }
    assert selected(reached, file, "f", frozenset({6, 7})) == ["second"]
    assert selected(reached, file, "f", frozenset({1})) == ["first"]
    assert selected(reached, file, "g", frozenset({1})) == []
