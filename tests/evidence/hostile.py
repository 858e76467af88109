"""Time and memory that hostile texts and files take, each in its own process.

    python -m tests.evidence.hostile

Prints a row for each: CPU time beyond that of a three-line spec, peak memory, and exit status. The exit status of this
program is 1 if one of them takes more than a second or 200 MiB, exits with a status other than 1 or 2, or prints a
traceback. It measures CPU time because other programs do not affect it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ..hostile import PLACES, SPEC, TEXTS

SECONDS, MEBIBYTES = 1.0, 200.0


class Run(NamedTuple):
    """What one process took and printed."""

    seconds: float
    mebibytes: float
    status: int
    output: bytes


def run(path: Path) -> Run:
    """`resnet-dsl validate PATH`."""
    command = [sys.executable, "-m", "resnet_dsl", "validate", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, output)


def specs(folder: Path) -> dict[str, Path]:
    """A file for each hostile text, and a file that extends each hostile place."""
    files = {}
    for number, (name, (text, _)) in enumerate(TEXTS.items()):
        files[name] = folder / f"text{number}.yaml"
        files[name].write_bytes(text)
    for number, (name, place) in enumerate(PLACES.items()):
        thing = place if isinstance(place, str) else f"thing{number}"
        if not isinstance(place, str):
            place(folder / thing)
        files[f"extends {name}"] = folder / f"child{number}.yaml"
        files[f"extends {name}"].write_bytes(b"name: net\nextends: " + json.dumps(thing).encode())
    return files


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    excesses = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = folder / "good.yaml"
        good.write_bytes(SPEC)
        start = sorted(run(good).seconds for _ in range(9))[4]
        print(f"start-up: {start:.2f} s of CPU time, {run(good).mebibytes:.0f} MiB")
        results = {}
        for what, path in specs(folder).items():
            result = results[what] = run(path)
            seconds = result.seconds - start
            is_fine = seconds < SECONDS and result.mebibytes < MEBIBYTES
            is_fine = is_fine and result.status in (1, 2) and b"Traceback" not in result.output
            excesses += not is_fine
            mark = "" if is_fine else "  <-- too much"
            print(f"{seconds:6.2f} s {result.mebibytes:5.0f} MiB  status {result.status}  {what}{mark}", flush=True)
    slowest = max(results.values(), key=lambda result: result.seconds)
    largest = max(results.values(), key=lambda result: result.mebibytes)
    most = f"at most {slowest.seconds - start:.2f} s, {largest.mebibytes:.0f} MiB"
    print(f"{len(results)} inputs: {most}; {excesses} too much")
    return 1 if excesses else 0


if __name__ == "__main__":
    sys.exit(main())
