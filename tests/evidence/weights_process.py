"""The process in which the fuzzer of weights runs, as `process.py` does for specs.

Torch is not loaded, so that the memory measured is what reading takes.
"""

import mmap
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

REWRITTEN = 0.5
"""Share of the mutations of an archive that change one of its members and write the archive anew."""

REPLACED = 0.4
"""Share of the mutations that replace single bytes of a file that opens, whose places and sizes stay right."""

STARTS = 300
"""How many files that open to keep, including seeds."""


def main() -> None:
    """Fuzz; the first argument is the file for the counts, the others are libFuzzer's."""
    program, file, *options = sys.argv
    with atheris.instrument_imports(include=["resnet_dsl"]):
        from ..hostile_weights import members_of, zipped
        from .weights_target import REACHED, check
    with Path(file).open("r+b") as opened:
        counts = memoryview(mmap.mmap(opened.fileno(), 0)).cast("Q")
    path = Path(tempfile.mkdtemp(prefix="resnet-dsl-fuzz-"), "weights")

    starts: list[bytes] = []

    def once(data: bytes) -> None:
        path.write_bytes(data)
        reached = check(path)
        counts[REACHED.index(reached)] += 1
        if reached != "nothing" and len(starts) < STARTS:
            starts.append(data)

    def changed(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        if starts and random.random() < REPLACED:
            found = bytearray(random.choice(starts))
            for _ in range(random.choice((1, 1, 2, 4))):
                found[random.randrange(len(found))] = random.randrange(256)
            return bytes(found[:longest])
        members = members_of(data) if random.random() < REWRITTEN else {}
        if members:
            name = random.choice(sorted(members))
            members[name] = atheris.Mutate(members[name], longest)
            return zipped(members)[:longest]
        result: bytes = atheris.Mutate(data, longest)
        return result

    atheris.Setup([program, *options], once, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
