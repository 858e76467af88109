"""The process in which the fuzzer runs: `fuzz.py` starts it with libFuzzer's options and reports the results.

libFuzzer exits abruptly when it is done, so the counts of what the inputs reached are in a memory-mapped file.
"""

import mmap
import sys
from pathlib import Path
from random import Random

import atheris

SHARE = 0.1
"""Share of the mutations that start from a text with a graph; they take ten times as long as the others."""

STARTS = 200
"""How many texts with a graph to keep, including seeds, to mutate when libFuzzer supplies a broken text."""


def main() -> None:
    """Fuzz; the first argument is the file for the counts, the others are libFuzzer's."""
    program, file, *options = sys.argv
    with atheris.instrument_imports(include=["resnet_dsl"]):
        from .mutations import mutated
        from .target import REACHED, check
    with Path(file).open("r+b") as opened:
        counts = memoryview(mmap.mmap(opened.fileno(), 0)).cast("Q")

    whole: set[int] = set()
    starts: list[bytes] = []

    def once(data: bytes) -> None:
        reached = check(data)
        counts[REACHED.index(reached)] += 1
        if reached == "graph":
            whole.add(hash(data))
            if len(starts) < STARTS:
                starts.append(data)

    def changed(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        if starts and random.random() < SHARE:
            return mutated(data if hash(data) in whole else random.choice(starts), random)[:longest]
        result: bytes = atheris.Mutate(data, longest)
        return result

    atheris.Setup([program, *options], once, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
