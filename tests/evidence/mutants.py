"""Mutation testing of `language` and `graph`: how many small changes of the code do the tests see?

    python -m tests.evidence.mutants [--only graph/blocks.py …] [--results FILE] [--again] [--seconds 10]

Needs `pip install -c constraints.txt -e '.[test,mutation]'`, and hours. mutmut makes the changes, in the bodies of all
functions. Each is tried in a copy of one pytest process, which has imported and collected everything, with the tests
that reach the function, the quickest first. mutmut's own runner collects anew for each of thousands of changes, and
leaves out functions with decorators. `[tool.mutmut]` in pyproject.toml says which tests are run.

Results are kept in the file, and a call with it goes on where it stopped; `--again` tries the survivors once more.
Prints how many mutants died, file by file, and every survivor that `survivors.txt` beside this does not explain. The
exit status is 1 where fewer than 90 % died or one is not explained.
"""

import argparse
import json
import os
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mutation import Mutant

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "resnet_dsl"
SURVIVORS = Path(__file__).with_name("survivors.txt")
PARTS = ("language", "graph")
SHARE = 0.9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], metavar="FILE", help="files below resnet_dsl")
    parser.add_argument("--results", type=Path, help="a file to keep them in, and to go on with")
    parser.add_argument("--again", action="store_true", help="try the survivors once more")
    parser.add_argument("--seconds", type=float, default=1e9, help="most that the tests of one mutant may take")
    arguments = parser.parse_args()
    os.environ |= {"HYPOTHESIS_PROFILE": "glance", "OMP_NUM_THREADS": "1"}
    from .mutation import mutants

    files = [path for part in PARTS for path in sorted((PACKAGE / part).rglob("*.py"))]
    if arguments.only:
        files = [PACKAGE / name for name in arguments.only]
    found = {mutant.change: mutant for path in files for mutant in mutants(path)}
    results = arguments.results or Path(tempfile.mkdtemp()) / "results.jsonl"
    done = read(results)
    wanted = [
        mutant
        for change, mutant in found.items()
        if done.get(change) in ((None, "survived") if arguments.again else (None,))
    ]
    print(f"{len(found):,} mutants, {len(wanted):,} to try; results in {results}", flush=True)
    if wanted:
        import pytest

        from .trial import Trials

        tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
        tests = tool["mutmut"]["pytest_add_cli_args_test_selection"]
        with results.open("a", encoding="utf-8") as file:

            def keep(mutant: "Mutant", outcome: str) -> None:
                print(json.dumps({"change": mutant.change, "outcome": outcome}), file=file, flush=True)

            trials = Trials(wanted, arguments.seconds, keep)
            status = pytest.main(["-n0", "-s", "-p", "no:cacheprovider", *tests], plugins=[trials])
        if status:
            return 1
    return report(found, read(results))


def read(results: Path) -> dict[str, str]:
    """Change -> the last outcome that is known of it."""
    if not results.exists():
        return {}
    records = map(json.loads, results.read_text("utf-8").splitlines())
    return {record["change"]: record["outcome"] for record in records}


def explained(text: str) -> set[str]:
    """The changes that the file of survivors lists, between comments that say why."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {change.strip("\n") for change in "\n".join(lines).split("\n\n") if change.strip()}


def report(found: "dict[str, Mutant]", outcomes: dict[str, str]) -> int:
    """Print what came of it, and give the exit status."""
    known = explained(SURVIVORS.read_text("utf-8"))
    survivors = [change for change in found if outcomes.get(change) == "survived"]
    strangers = [change for change in survivors if change not in known]
    for change in strangers:
        print(f"{change}\n")
    total: Counter[str] = Counter()
    died: Counter[str] = Counter()
    for change, mutant in found.items():
        if change in outcomes:
            name = mutant.path.relative_to(PACKAGE).as_posix()
            total[name] += 1
            died[name] += outcomes[change] != "survived"
    for name in sorted(total):
        print(f"{died[name]:5,} of {total[name]:5,}  {died[name] / total[name]:6.1%}  {name}")
    share = died.total() / max(1, total.total())
    timed_out = sum(outcomes.get(change) == "too long" for change in found)
    print(f"{died.total():5,} of {total.total():5,}  {share:6.1%}  all; {timed_out} of them ran too long")
    print(f"{len(survivors):,} survivors, {len(strangers):,} of them not explained")
    return 1 if strangers or share < SHARE else 0


if __name__ == "__main__":
    sys.exit(main())
