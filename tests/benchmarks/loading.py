"""ResNet-50 with weights from a file, by resnet-dsl and by torchvision with `load_state_dict`, alternating.

    python -m tests.benchmarks.loading [--rounds 15]

Needs torchvision; `docs/benchmarks.md` explains how to install it with the CPU build of torch. Both read the same
`.pt` file, which a first pass has brought into the page cache.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

import resnet_dsl
from tests.peers.libraries import declare_torchvision_operators


def seconds(load: Callable[[], nn.Module]) -> float:
    """Time from nothing to a network with its weights."""
    start = time.perf_counter()
    load()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()

    declare_torchvision_operators()
    from torchvision.models import resnet50

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "resnet50.pt"
        torch.save(resnet50().state_dict(), file)

        def our_network() -> nn.Module:
            return resnet_dsl.build("resnet50", weights=file)

        def their_network() -> nn.Module:
            module: nn.Module = resnet50()
            module.load_state_dict(torch.load(file, weights_only=True))
            return module

        one, other = (load().state_dict() for load in (our_network, their_network))
        assert list(one) == list(other)
        assert all(torch.equal(one[name], other[name]) for name in one)
        pairs = []
        for turn in range(arguments.rounds):
            loaders = (our_network, their_network) if turn % 2 else (their_network, our_network)
            times = {load: seconds(load) for load in loaders}
            pairs.append((times[our_network], times[their_network]))
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {arguments.rounds} rounds")
    print(f"resnet-dsl  {ours * 1e3:8.1f} ms (median)")
    print(f"torchvision {theirs * 1e3:8.1f} ms (median)")
    print(f"ratio of medians {ours / theirs:.3f}")
    print(f"median of ratios {statistics.median(a / b for a, b in pairs):.3f}")


if __name__ == "__main__":
    main()
