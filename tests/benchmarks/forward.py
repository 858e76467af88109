"""Forward pass of the built ResNet-50 against torchvision's, alternating, with the same weights and input.

    python -m tests.benchmarks.forward [--device cuda] [--rounds 30] [--batch 8]

Needs torchvision; `docs/benchmarks.md` explains how to install it with the CPU build of torch.
"""

import argparse
import statistics
import time

import torch
from torch import Tensor, nn

import resnet_dsl
from tests.peers.libraries import declare_torchvision_operators


def seconds(module: nn.Module, x: Tensor) -> float:
    """Time of one forward pass, including waiting for the device."""
    start = time.perf_counter()
    module(x)
    if x.device.type == "cuda":
        torch.cuda.synchronize(x.device)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--train", action="store_true", help="in training mode, with gradients recorded")
    arguments = parser.parse_args()

    declare_torchvision_operators()
    from torchvision.models import resnet50

    ours = resnet_dsl.build("resnet50", device=arguments.device).train(arguments.train)
    theirs = resnet50().to(arguments.device).train(arguments.train)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(arguments.batch, 3, 224, 224, device=arguments.device)
    with torch.set_grad_enabled(arguments.train):
        assert torch.equal(ours(x), theirs(x))
        for _ in range(3):
            seconds(ours, x), seconds(theirs, x)
        pairs = [
            (seconds(ours, x), seconds(theirs, x)) if turn % 2 else (seconds(theirs, x), seconds(ours, x))[::-1]
            for turn in range(arguments.rounds)
        ]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"torch {torch.__version__}, {arguments.device}, batch {arguments.batch}, {arguments.rounds} rounds")
    print(f"resnet-dsl  {one * 1e3:8.2f} ms (median)")
    print(f"torchvision {other * 1e3:8.2f} ms (median)")
    print(f"ratio of medians {one / other:.3f}")
    print(f"median of ratios {statistics.median(a / b for a, b in pairs):.3f}")


if __name__ == "__main__":
    main()
