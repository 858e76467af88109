"""Mutation testing of `language` and `graph`, with mutmut: how many small changes of the code the tests see.

    python -m tests.evidence.mutants [--work FOLDER] [--only 'resnet_dsl.graph.*']

Needs `pip install -c constraints.txt -e '.[test,mutation]'`, and hours. `[tool.mutmut]` in pyproject.toml says what
is changed, and which tests look at it. The project is copied into the folder; given the same folder again, the
command goes on where it stopped. It prints how many mutants died, file by file, and every survivor that
`survivors.txt` beside it does not explain. The exit status is 1 where fewer than 90 % died or one is not explained.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("resnet_dsl", "tests", "docs", "specs", "pyproject.toml", "README.md")
SURVIVORS = Path(__file__).with_name("survivors.txt")
SHARE = 0.9
KILLED = (1, 3, 24, 36, 152, 255, -24)
"""mutmut's exit codes of mutants that failed a test, or ran until its time was over."""

Change = tuple[str, str]
"""A function, and the lines that differ."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="where to work, and to go on later")
    parser.add_argument("--only", default=[], nargs="*", help="names of mutants, with wildcards")
    arguments = parser.parse_args()
    work = arguments.work or Path(tempfile.mkdtemp(prefix="resnet-dsl-mutants-"))
    copy(work)
    mutmut(work, "run", *arguments.only)
    codes = exit_codes(work)
    explained = explanations(SURVIVORS.read_text("utf-8"))
    unexplained = 0
    for name in (name for name, code in codes.items() if code not in KILLED and code is not None):
        change = changed(work, name)
        if change not in explained:
            unexplained += 1
            print(f"{name}\n{change[1]}\n")
    share = report(codes)
    print(f"{unexplained} survivors are not explained; work is in {work}")
    return 1 if unexplained or share < SHARE else 0


def copy(work: Path) -> None:
    """The project as it stands."""
    for name in COPIED:
        source, target = ROOT / name, work / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def mutmut(work: Path, *arguments: str) -> str:
    """Run mutmut where the copy is, and give what it prints."""
    result = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=work,
        env=os.environ | {"HYPOTHESIS_PROFILE": "glance", "OMP_NUM_THREADS": "1"},
        stdout=None if arguments[0] == "run" else subprocess.PIPE,
        text=True,
        check=arguments[0] != "run",
    )
    return result.stdout or ""


def exit_codes(work: Path) -> dict[str, int | None]:
    """Every mutant, and how its tests ended; None where they have not been run."""
    codes: dict[str, int | None] = {}
    for path in sorted((work / "mutants").rglob("*.meta")):
        codes |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return codes


def changed(work: Path, mutant: str) -> Change:
    """What the mutant changes, without where it stands."""
    lines = mutmut(work, "show", mutant).splitlines()
    differing = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return mutant.rpartition("__mutmut_")[0], "\n".join(differing)


def explanations(text: str) -> set[Change]:
    """The changes that the file of survivors lists below their reasons: a function, then the lines that differ."""
    return set(_explanations(text))


def _explanations(text: str) -> Iterator[Change]:
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        if lines:
            yield lines[0], "\n".join(lines[1:])


def report(codes: dict[str, int | None]) -> float:
    """Print how many mutants of each file died, and give the share of all."""
    died: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name, code in codes.items():
        if code is not None:
            module = name.rpartition(".")[0]
            total[module] += 1
            died[module] += code in KILLED
    for module in sorted(total):
        print(f"{died[module]:5,} of {total[module]:5,}  {died[module] / total[module]:6.1%}  {module}")
    share = died.total() / max(1, total.total())
    print(f"{died.total():5,} of {total.total():5,}  {share:6.1%}  all")
    return share


if __name__ == "__main__":
    sys.exit(main())
