"""Kills the commands that write files, at random moments, and checks what is left of the files.

    python -m tests.evidence.kills [--kills 200] [--seed 1]

Each command runs to completion once, to learn the content of its file, how long it takes, and for how long it writes.
Every other kill comes at any moment of a run, the others while the file is being written. After each, the file must
have its old content or its new content in full; the exit status is 1 if one does not. A killed process cannot clean
up: the folder in which it wrote, with a name ending in `.part`, stays.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

WIDE = ("--set", "stages.widths=[64,128,256]", "--device", "cpu")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("draw", "resnet50", "--detail", "layer", "-o", "a.svg"),
    ("draw", "resnet50", "-o", "a.png"),
    ("draw", "resnet50", "--detail", "layer", "-o", "a.dot"),
    ("build", "resnet20", *WIDE, "-o", "w.safetensors"),
    ("build", "resnet20", *WIDE, "-o", "w.pt"),
    ("new", "mine", "--from", "resnet50"),
)
"""Commands that write a file; `new` also writes a schema."""

OLD = b"what was there before\n"


class Product(NamedTuple):
    """A command's file, and the seconds that it takes in total and for writing."""

    file: str
    content: bytes
    seconds: float
    writing: float


@contextmanager
def started(command: tuple[str, ...], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, running in a new session."""
    process = subprocess.Popen(
        [sys.executable, "-m", "resnet_dsl", *command],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        yield process


def is_writing(folder: Path) -> bool:
    """Whether the folder in which the command writes exists."""
    return any(path.suffix == ".part" for path in folder.iterdir())


def wait_for_writing(process: subprocess.Popen[bytes], folder: Path) -> None:
    while process.poll() is None and not is_writing(folder):
        time.sleep(0.0005)


def produce(command: tuple[str, ...], folder: Path) -> Product:
    """Run the command to completion, and measure it."""
    start = time.monotonic()
    with started(command, folder) as process:
        wait_for_writing(process, folder)
        first = last = time.monotonic()
        while is_writing(folder):
            last = time.monotonic()
        _, errors = process.communicate()
    end = time.monotonic()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}\n{errors.decode()}")
    file = command[-1] if command[0] != "new" else f"{command[1]}.yaml"
    return Product(file, (folder / file).read_bytes(), end - start, last - first)


def kill(command: tuple[str, ...], product: Product, folder: Path, random: Random, *, writing: bool) -> str:
    """Run the command, kill it, and describe what is left."""
    target = folder / product.file
    before = OLD if command[0] != "new" and random.random() < 0.5 else None  # `new` never replaces a file
    if before is not None:
        target.write_bytes(before)
    with started(command, folder) as process:
        if writing:
            wait_for_writing(process, folder)
        time.sleep(random.uniform(0, product.writing if writing else product.seconds))
        is_over = process.poll() is not None
        process.kill()
    after = target.read_bytes() if target.exists() else None
    if after not in (before, product.content):
        return "partial"
    if is_over:
        return "came to its end first"
    if after == product.content:
        return "killed, new file"
    return "killed while writing, old state" if is_writing(folder) else "killed, old state"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how many running processes to kill")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random moments")
    arguments = parser.parse_args()
    random = Random(arguments.seed)
    root = Path(tempfile.mkdtemp(prefix="resnet-dsl-kills-"))
    products = {}
    for number, command in enumerate(COMMANDS):
        (folder := root / str(number)).mkdir()
        products[command] = produce(command, folder)
        print(
            f"{products[command].seconds:6.2f} s, {products[command].writing:.3f} s of it writing: {' '.join(command)}"
        )
    outcomes: Counter[str] = Counter()
    turn = 0
    while outcomes.total() - outcomes["came to its end first"] < arguments.kills:
        command = COMMANDS[turn % len(COMMANDS)]
        (folder := root / "kill").mkdir()
        outcome = kill(command, products[command], folder, random, writing=turn // len(COMMANDS) % 2 == 1)
        outcomes[outcome] += 1
        turn += 1
        if outcome == "partial":
            folder.rename(root / f"partial{turn}")
            print(f"partial: {' '.join(command)}, see {root / f'partial{turn}'}", flush=True)
        else:
            shutil.rmtree(folder)
    for outcome, count in outcomes.most_common():
        print(f"{count:4} {outcome}")
    print(f"{outcomes['partial']} partial files")
    if not outcomes["partial"]:
        shutil.rmtree(root)
    return 1 if outcomes["partial"] else 0


if __name__ == "__main__":
    sys.exit(main())
