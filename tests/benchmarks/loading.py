"""Building ResNet-50 from a file of weights, against torchvision's constructor and `load_state_dict`, in turn.

    python -m tests.benchmarks.loading [--rounds 15]

Needs torchvision; `docs/benchmarks.md` says how to install it beside a torch for the CPU.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

import resnet_dsl
from tests.peers.libraries import declare_torchvision_operators


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    declare_torchvision_operators()
    from torchvision.models import resnet50

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "resnet50.pt"
        torch.save(resnet50().state_dict(), path)

        def ours() -> object:
            return resnet_dsl.build("resnet50", weights=path)

        def theirs() -> object:
            return resnet50().load_state_dict(torch.load(path, weights_only=True))

        for work in (ours, theirs):
            work()
        pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"resnet-dsl  {one * 1e3:8.1f} ms (median of {rounds})")
    print(f"torchvision {other * 1e3:8.1f} ms (median of {rounds})")
    print(f"ratio of medians {one / other:.2f}")


if __name__ == "__main__":
    main()
