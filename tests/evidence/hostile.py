"""Time and memory that hostile texts and files take, each in its own process.

    python -m tests.evidence.hostile

Prints a row for each: CPU time beyond that of a three-line spec or of its weights, peak memory, and exit status. The
exit status of this program is 1 if a text takes more than a second or 200 MiB, weights more than five seconds or
500 MiB beyond those of good ones, or either exits with a status other than 1 or 2, or prints a traceback. It measures
CPU time because other programs do not affect it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from ..hostile import PLACES, SPEC, TEXTS
from ..hostile_weights import CODE, LARGE, LIES, torch_archive, within_a_mapping

SECONDS, MEBIBYTES = 1.0, 200.0
WEIGHTS_SECONDS, WEIGHTS_MEBIBYTES = 5.0, 500.0


class Run(NamedTuple):
    """What one process took and printed."""

    seconds: float
    mebibytes: float
    status: int
    output: bytes


def run(path: Path, action: str = "validate") -> Run:
    """`resnet-dsl validate PATH`, or `infer`."""
    command = [sys.executable, "-m", "resnet_dsl", action, str(path)]
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


def weights(folder: Path) -> dict[str, Path]:
    """A file for each hostile file of weights."""
    contents: dict[str, Callable[[], bytes]] = {
        f"weights with {name}": partial(within_a_mapping, data) for name, data in CODE.items()
    }
    contents |= {f"weights: {name}": data for name, data in [*LIES.items(), *LARGE.items()]}
    files = {name: folder / f"weights{number}.pt" for number, name in enumerate(contents)}

    def write() -> None:
        for name, path in files.items():
            path.write_bytes(contents[name]())

    process = get_context("fork").Process(target=write)  # whose memory does not count as that of what is run next
    process.start()
    process.join()
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
            result = run(path)
            results[what] = result._replace(seconds=result.seconds - start)
            excesses += not _report(what, results[what], SECONDS, MEBIBYTES)
        none = folder / "none.pt"
        none.write_bytes(torch_archive(b"\x80\x02}."))
        begun = sorted((run(none, "infer") for _ in range(5)), key=lambda result: result.seconds)[2]
        print(f"start-up of `infer`: {begun.seconds:.2f} s of CPU time, {begun.mebibytes:.0f} MiB")
        for what, path in weights(folder).items():
            result = run(path, "infer")
            results[what] = result._replace(
                seconds=result.seconds - begun.seconds, mebibytes=result.mebibytes - begun.mebibytes
            )
            excesses += not _report(what, results[what], WEIGHTS_SECONDS, WEIGHTS_MEBIBYTES)
    slowest = max(results.values(), key=lambda result: result.seconds)
    largest = max(results.values(), key=lambda result: result.mebibytes)
    most = f"at most {slowest.seconds:.2f} s, {largest.mebibytes:.0f} MiB"
    print(f"{len(results)} inputs: {most}; {excesses} too much")
    return 1 if excesses else 0


def _report(what: str, result: Run, seconds: float, mebibytes: float) -> bool:
    """Print a row; whether the process took less than this."""
    is_fine = result.seconds < seconds and result.mebibytes < mebibytes
    is_fine = is_fine and result.status in (1, 2) and b"Traceback" not in result.output
    mark = "" if is_fine else "  <-- too much"
    print(f"{result.seconds:6.2f} s {result.mebibytes:5.0f} MiB  status {result.status}  {what}{mark}", flush=True)
    return is_fine


if __name__ == "__main__":
    sys.exit(main())
