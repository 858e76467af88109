"""Time per block of reading, checking, lowering and summarising networks of 100 to 10,000 blocks.

    python -m tests.benchmarks.scaling [--rounds 5]

In linear time, the times per block are equal; the last line is the largest network's divided by the smallest's.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from functools import partial

import resnet_dsl
from resnet_dsl.backends.tables.summary import summary

SIZES = (100, 1_000, 10_000)


def document(blocks: int) -> str:
    """A CIFAR network with this many basic blocks in four stages."""
    return (
        "name: deep\ninput: {size: 32}\nstem: {channels: 16, kernel: 3, stride: 1, pool: none}\n"
        f"block: {{type: basic}}\nstages: {{depths: {[blocks // 4] * 4}, widths: [16, 32, 64, 128]}}\n"
    )


def compiled(text: str) -> resnet_dsl.Graph:
    return resnet_dsl.lower(resnet_dsl.loads(text))


def seconds(work: Callable[[], object]) -> float:
    gc.collect()  # or one measurement pays for the garbage of another
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'blocks':>7}  {'validate, lower':>16}  {'summarise':>10}   µs per block, medians of {rounds}")
    totals = []
    for blocks in SIZES:
        compile_ = partial(compiled, document(blocks))
        lower = statistics.median(seconds(compile_) for _ in range(rounds))
        table = statistics.median(seconds(partial(summary, compile_())) for _ in range(rounds))
        totals.append((lower + table) / blocks)
        print(f"{blocks:>7,}  {lower / blocks * 1e6:16.1f}  {table / blocks * 1e6:10.1f}")
    print(f"time per block, {SIZES[-1]:,} blocks against {SIZES[0]:,}: {totals[-1] / totals[0]:.2f}")


if __name__ == "__main__":
    main()
