"""Coverage-guided fuzzing, with atheris, from the bytes of a spec to the graph, or from those of weights to tensors.

    python -m tests.evidence.fuzz [--weights] [--minutes 30] [--seed 1] [--corpus FOLDER]
    python -m tests.evidence.fuzz [--weights] --check FILE

Needs `pip install -c constraints.txt -e '.[test,fuzz]'`. `target.py` and `weights_target.py` define what must be true
for any bytes. No input
may take more than 5 seconds, nor the process more than 512 MiB. The search stops at the first find, with exit status 1
and the path of the input, which `--check` runs through the target again, without atheris.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from . import weights_seeds, weights_target
from .report import figures
from .seeds import CASES, write_dictionary, write_seeds
from .target import REACHED, check

ROOT = Path(__file__).parents[2]

SECONDS = 5
"""An input that takes longer is a find."""

MEBIBYTES = 512
"""A process that takes more is a find."""

MAX_BYTES = 4096
"""Longest input tried; the reader's tests cover the bounds of a text, 1 MiB and 10,000 values."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", action="store_true", help="files of weights instead of specs")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1, help="seed of the random choices; 0 means a new one each time")
    parser.add_argument("--corpus", type=Path, help="keep the inputs that reach something new in this folder")
    parser.add_argument("--check", type=Path, metavar="FILE", help="run one input through the target, and stop")
    arguments = parser.parse_args()
    if arguments.check:
        print(checked(arguments.check, arguments.weights))
        return 0
    if find_spec("atheris") is None:
        parser.error("atheris is not installed: pip install -c constraints.txt -e '.[test,fuzz]'")
    work = Path(tempfile.mkdtemp(prefix="resnet-dsl-fuzz-"))
    corpus = arguments.corpus or work / "corpus"
    found = fuzz(work, corpus, arguments.minutes, arguments.seed, is_weights=arguments.weights)
    if not found:
        shutil.rmtree(work)
    return int(found)


def checked(file: Path, is_weights: bool) -> str:
    """The form that the input reaches."""
    if is_weights:
        return weights_target.check(file)
    data = file.read_bytes()
    os.chdir(CASES)
    return check(data)


def fuzz(work: Path, corpus: Path, minutes: float, seed: int, *, is_weights: bool) -> bool:
    """Search for this long and print the results; whether anything was found."""
    forms: Sequence[str] = weights_target.REACHED if is_weights else REACHED
    seeds, dictionary, counts = work / "seeds", work / "dictionary", work / "counts"
    seeds.mkdir()
    corpus.mkdir(parents=True, exist_ok=True)
    if is_weights:
        weights_seeds.write_seeds(seeds)
        weights_seeds.write_dictionary(dictionary)
    else:
        write_seeds(seeds)
        write_dictionary(dictionary)
    counts.write_bytes(bytes(8 * len(forms)))
    options = [f"-max_total_time={round(minutes * 60)}", f"-seed={seed}", f"-max_len={MAX_BYTES}"]
    options += [f"-timeout={SECONDS}", f"-rss_limit_mb={MEBIBYTES}", "-print_final_stats=1"]
    options += [f"-dict={dictionary}", f"-artifact_prefix={work}/find-", str(corpus.resolve()), str(seeds)]
    start = time.monotonic()
    process = "weights_process" if is_weights else "process"
    status, log = run(process, [str(counts), *options], work / "log")
    reached = dict(zip(forms, array("Q", counts.read_bytes()), strict=True))
    print(figures(log, reached, time.monotonic() - start))
    finds = sorted(work.glob("find-*"))
    print(f"finds       {len(finds)}")
    for find in finds:
        print(f"            {find}")
    if status or finds:
        print(f"exit status {status}, log {work / 'log'}")
    return bool(status or finds)


def run(process: str, arguments: list[str], log: Path) -> tuple[int, str]:
    """Run the fuzzer where `extends` finds the test cases' parents; its exit status and output."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with log.open("wb") as file:
        result = subprocess.run(
            [sys.executable, "-m", f"tests.evidence.{process}", *arguments],
            cwd=CASES,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return result.returncode, log.read_text("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main())
