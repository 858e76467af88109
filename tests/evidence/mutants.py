"""Mutation testing: how many small changes to the package do the tests detect?

    python -m tests.evidence.mutants --seed 1 --size 1000 --survivors FILE [--only PATH …] [--tests PATH …]
                                     [--state FILE] [--children 2]

Needs `pip install -c constraints.txt -e '.[test,mutation]'`, git, and a clean checkout. mutmut makes the changes, in
the bodies of all functions; the seed selects which of them are tried. Each is tried in a fork of one pytest process
that has imported and collected everything, with the tests that reach the statement: those that killed other mutants of
its file first, then those whose folders are like its own, then the fastest.

Prints the commit and how many mutants died, and writes those that survived to the file, each as a diff. The exit
status is 0 once all were tried, whatever the outcome. With `--state`, each outcome is in that file as soon as it is
known, and mutants whose outcome is there are not tried again: a pass that was stopped goes on where it was.
"""

import argparse
import functools
import json
import math
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from .trial import DEAD, PACKAGE, ROOT, TESTS, Mutant, Outcome, Trials

UNTOUCHED = {"backends", "cli", "__main__.py", "__pycache__"}
"""Parts of the package that are not changed unless `--only` names them."""

SLOW = (
    "browser",
    "cli/test_confinement.py",
    "cli/test_exhaustion.py",
    "cli/test_hostile.py",
    "cli/test_process.py",
    "laws/test_laws_torch.py",
    "peers",
    "test_degradation.py",
    "test_docs.py",
    "test_extensions.py",
    "test_gallery_page.py",
    "test_light_install.py",
    "test_tutorial.py",
)
"""Tests that start other processes or run large networks; they are skipped unless `--tests` names them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="seed of the random sample")
    parser.add_argument("--size", type=int, default=1000, help="how many mutants to try")
    parser.add_argument("--survivors", type=Path, metavar="FILE", required=True, help="where to write the survivors")
    parser.add_argument("--only", nargs="+", metavar="PATH", help="files and folders of resnet_dsl to change")
    parser.add_argument("--state", type=Path, metavar="FILE", help="where to keep outcomes, to go on after a stop")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many mutants to try at a time")
    parser.add_argument("--tests", nargs="+", metavar="PATH", help="files and folders of tests to run")
    arguments = parser.parse_args()
    if find_spec("mutmut") is None:
        parser.error("mutmut is not installed: pip install -c constraints.txt -e '.[test,mutation]'")
    if not arguments.survivors.parent.is_dir():
        parser.error(f"there is no folder {arguments.survivors.parent}")
    if changes := git("status", "--porcelain"):
        parser.error(f"the checkout has changes:\n{changes}")
    found = [candidate for path in sources(arguments.only) for candidate in candidates(path)]
    mutants = sample(found, arguments.size, arguments.seed)
    if not mutants:
        parser.error("there is nothing to change")
    commit = git("rev-parse", "HEAD")
    print(f"commit {commit}")
    print(f"seed {arguments.seed}, size {len(mutants):,} of {len(found):,}", flush=True)
    outcomes = Outcomes(commit, mutants, arguments.state)
    os.environ |= {"HYPOTHESIS_PROFILE": "glance", "OMP_NUM_THREADS": "1"}
    tests = arguments.tests or [str(TESTS), *(f"--ignore={TESTS / path}" for path in SLOW)]
    trials = Trials(outcomes.missing, arguments.children, outcomes.add)
    status = pytest.main(["-n0", "-s", "-p", "no:cacheprovider", *tests], plugins=[trials]) if outcomes.missing else 0
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):  # tests that fail anyhow are left out
        return int(status)
    arguments.survivors.write_text(survivors(outcomes.known), "utf-8")
    print(summary(outcomes.known))
    return 0


class Outcomes:
    """The outcomes so far, kept in a file of JSON lines if there is one."""

    def __init__(self, commit: str, mutants: Sequence[Mutant], file: Path | None) -> None:
        """Read the outcomes that the file has for this commit."""
        lines = file.read_text("utf-8").splitlines() if file and file.exists() else []
        before = {each["mutant"]: each["outcome"] for each in map(json.loads, lines) if each["commit"] == commit}
        self.commit, self.mutants, self.file = commit, mutants, file
        self.known: dict[Mutant, Outcome] = {
            mutant: before[mutant.difference] for mutant in mutants if mutant.difference in before
        }
        self.start, self.before = math.inf, len(self.known)

    @property
    def missing(self) -> list[Mutant]:
        return [mutant for mutant in self.mutants if mutant not in self.known]

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        """Keep an outcome, and print after each tenth how far the pass is."""
        self.start = min(self.start, time.monotonic())
        self.known[mutant] = outcome
        if self.file:
            with self.file.open("a", encoding="utf-8") as file:
                line = {"commit": self.commit, "mutant": mutant.difference, "outcome": outcome}
                print(json.dumps(line), file=file)
        if len(self.known) % 10 == 0:
            dead = sum(each in DEAD for each in self.known.values())
            minutes = (time.monotonic() - self.start) / 60
            left = minutes / (len(self.known) - self.before) * (len(self.mutants) - len(self.known))
            print(
                f"{len(self.known):,} of {len(self.mutants):,} mutants, {dead:,} dead; {minutes:.1f} minutes, "
                f"{left:.0f} more at this rate",
                flush=True,
            )


def git(*arguments: str) -> str:
    """Output of a git command in the checkout."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.rstrip()


def sources(only: Sequence[str] | None) -> list[Path]:
    """The files to change."""
    wanted = [PACKAGE / name for name in only or {path.name for path in PACKAGE.iterdir()} - UNTOUCHED]
    return sorted({file for path in wanted for file in ([path] if path.suffix == ".py" else path.rglob("*.py"))})


def candidates(path: Path) -> Iterator[Callable[[], Mutant]]:
    """Every change that mutmut makes in the functions of a file, each as a function that creates the mutant."""
    from libcst import ClassDef, FunctionDef, MetadataWrapper, parse_module
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    visitor: Any = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    skips = visitor._skip_node_and_children

    def skips_undecorated(node: Any) -> Any:
        """mutmut skips functions with decorators; this does not."""
        return skips(node.with_changes(decorators=()) if isinstance(node, FunctionDef) else node)

    visitor._skip_node_and_children = skips_undecorated
    source = path.read_text("utf-8")
    module: Any = MetadataWrapper(parse_module(source)).visit(visitor)

    def made(function: str, mutation: Any) -> Mutant:
        changed: Any = deep_replace(module, mutation.original_node, mutation.mutated_node)
        return Mutant(path, function, source, changed.code)

    classes = [(f"{each.name.value}.", each.body.body) for each in module.body if isinstance(each, ClassDef)]
    names = {
        each: prefix + each.name.value
        for prefix, body in [("", module.body), *classes]
        for each in body
        if isinstance(each, FunctionDef)
    }
    for mutation in visitor.mutations:
        if function := names.get(mutation.contained_by_top_level_function):
            yield functools.partial(made, function, mutation)


def sample(found: Sequence[Callable[[], Mutant]], size: int, seed: int) -> list[Mutant]:
    """A random sample of at most `size` mutants, without duplicates and invalid Python."""
    drawn: dict[str, Mutant] = {}
    for candidate in Random(seed).sample(found, len(found)):
        if len(drawn) == size:
            break
        mutant = candidate()
        if compiles(mutant.after):
            drawn.setdefault(mutant.difference, mutant)
    return list(drawn.values())


def compiles(source: str) -> bool:
    """Whether the source is still valid Python."""
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def survivors(outcomes: Mapping[Mutant, Outcome]) -> str:
    """The diffs of the mutants that no test killed, in file order."""
    living = [(each.difference, each.function, outcome) for each, outcome in outcomes.items() if outcome not in DEAD]
    return "\n".join(f"# {function}: {outcome}\n{difference}" for difference, function, outcome in sorted(living))


def summary(outcomes: Mapping[Mutant, Outcome]) -> str:
    """How many died in each folder and in total, and how many had each outcome."""
    folders = {mutant: mutant.path.parent.relative_to(ROOT).as_posix() for mutant in outcomes}
    total = Counter(folders.values())
    dead = Counter(folders[mutant] for mutant, outcome in outcomes.items() if outcome in DEAD)
    rows = [(dead[folder], total[folder], folder) for folder in sorted(total)]
    rows.append((dead.total(), total.total(), "all"))
    lines = [f"{died:5,} of {tried:5,}  {died / max(1, tried):6.1%}  {place}" for died, tried, place in rows]
    counts = Counter(outcomes.values())
    return "\n".join([*lines, ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in get_args(Outcome))])


if __name__ == "__main__":
    sys.exit(main())
