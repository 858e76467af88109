"""Do the comparisons with other implementations notice small changes of the rules by which networks are built?

    python -m tests.evidence.rules [--networks 100] [--only WORD]

Needs timm and torchvision. Each change of `rule_changes.py` is made in a copy of the package, and random networks of
`tests/peers` are compared until one differs. Prints for each change which network noticed it, after how many others
of its family; first for the package as it is, which none may notice. The exit status is 1 if one went unnoticed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .rule_changes import CHANGES, Change
from .trial import ROOT

UNCHANGED = "the package as it is"
CONTROLS = 3
"""Networks of every family that are compared with the package as it is; `pytest` compares more."""


def changed(text: str, change: Change) -> str:
    """The file with the change, which must be possible in one place only."""
    if text.count(change.before) != 1:
        raise ValueError(f"{change.path} has {text.count(change.before)} places for {change.rule!r}")
    return text.replace(change.before, change.after)


def noticed(networks: int, change: Change | None) -> str:
    """The family and number of the first network that differs, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("resnet_dsl", "specs", "tests"):
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        if change:
            path = Path(folder) / "resnet_dsl" / change.path
            path.write_text(changed(path.read_text("utf-8"), change), "utf-8")
        families: Sequence[str] = change.families if change else ()
        result = subprocess.run(
            [sys.executable, "-m", "tests.evidence.rule_trial", str(networks if change else CONTROLS), *families],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": folder, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return result.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=100, help="how many networks of a family to compare")
    parser.add_argument("--only", default="", metavar="WORD", help="only the changes of rules with this word")
    arguments = parser.parse_args()
    changes = [change for change in CHANGES if arguments.only in change.rule]
    unnoticed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        control, *found = (pool.submit(noticed, arguments.networks, change) for change in (None, *changes))
        print(f"{UNCHANGED:45} {control.result() or '-'}", flush=True)
        for change, network in zip(changes, found, strict=True):
            unnoticed += not network.result()
            print(f"{change.rule:45} {network.result() or '-'}", flush=True)
    print(f"{len(changes)} changes, {unnoticed} unnoticed")
    return 1 if unnoticed or control.result() else 0


if __name__ == "__main__":
    sys.exit(main())
