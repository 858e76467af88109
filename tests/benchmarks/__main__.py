"""What the project promises of its speed, each row measured side by side in one run, and on which machine.

    python -m tests.benchmarks [--rounds 15] [--device cuda] [--batch 8] [ROW ...]

Needs torchvision; `docs/benchmarks.md` explains how to install it with the CPU build of torch.
"""

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl.backends.tables.summary import summary
from tests.peers.libraries import declare_torchvision_operators

SPECS = Path(__file__).parents[2] / "specs"
TEXT = (SPECS / "resnet50.yaml").read_text("utf-8")
DEEP = (SPECS / "resnet1202.yaml").read_text("utf-8")
DEEPER = {"stages.depths": [2000] * 3}
"""Ten times as many blocks as ResNet-1202 has."""
VARIANTS = cycle([[first, 4, third, last] for first in (2, 3) for third in range(1, 13) for last in (2, 3)])

Work = Callable[[], object]


def resnet50() -> nn.Module:
    declare_torchvision_operators()
    from torchvision.models import resnet50 as constructor

    module: nn.Module = constructor()
    return module


def seconds(work: Work, device: torch.device, calls: int = 1) -> float:
    """Time of one call, the median of several, including what it leaves for a GPU to do."""
    gc.collect()  # or one measurement pays for the garbage of another
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def quartiles(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def compare(title: str, ours: Work, theirs: Work, arguments: argparse.Namespace, *, calls: int = 1) -> None:
    """Print the medians of both, alternating, and of the ratio in each round with its quartiles.

    Args:
        title: what is compared.
        ours: one call of ours.
        theirs: one call of theirs.
        arguments: rounds and device.
        calls: how often ours is called in a round, if it is short; the median counts.
    """
    seconds(ours, arguments.device), seconds(theirs, arguments.device)
    pairs = []
    for turn in range(arguments.rounds):
        other = 0.0 if turn % 2 else seconds(theirs, arguments.device)
        one = seconds(ours, arguments.device, calls)
        pairs.append((one, other or seconds(theirs, arguments.device)))
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    low, ratio, high = quartiles([a / b for a, b in pairs])
    print(f"{title:<58} {one * 1e3:9.2f} {other * 1e3:9.2f}   {ratio:.4f}  ({low:.4f} to {high:.4f})", flush=True)


def build(arguments: argparse.Namespace) -> None:
    compare(
        "build ResNet-50 with fresh weights; its constructor",
        lambda: resnet_dsl.build(resnet_dsl.Text(TEXT), device=arguments.device),
        lambda: resnet50().to(arguments.device),
        arguments,
    )


def counted() -> tuple[int, int]:
    """Parameters and multiply-accumulates of torchvision's ResNet-50, without memory for its weights."""
    with torch.device("meta"):
        module = resnet50()
        with FlopCounterMode(display=False) as counter:
            module(torch.empty(1, 3, 224, 224))
    return sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops() // 2


def figures(arguments: argparse.Namespace) -> None:
    found = resnet_dsl.figures(resnet_dsl.Text(TEXT))
    assert (found.parameters, found.macs) == counted()
    title = "text to parameters and MACs of ResNet-50; on meta, counted"
    compare(title, lambda: resnet_dsl.figures(resnet_dsl.Text(TEXT)), counted, arguments, calls=20)
    title = "the same by way of the whole graph"
    compare(title, lambda: whole(resnet_dsl.Text(TEXT)), counted, arguments, calls=20)


def whole(source: Any, **options: Any) -> tuple[int, int]:
    graph = resnet_dsl.lower(source, **options)
    return graph.parameters, graph.macs


def variants(arguments: argparse.Namespace) -> None:
    spec = resnet_dsl.load(resnet_dsl.Text(TEXT))
    title = "the same of a loaded spec with other depths, for each"
    compare(
        title,
        lambda: resnet_dsl.figures(spec, overrides={"stages.depths": next(VARIANTS)}),
        counted,
        arguments,
        calls=48,
    )
    title = "the same by way of the whole graph"
    compare(title, lambda: whole(spec, overrides={"stages.depths": next(VARIANTS)}), counted, arguments, calls=48)


def forward(arguments: argparse.Namespace) -> None:
    ours, theirs = resnet_dsl.build(resnet_dsl.Text(TEXT), device=arguments.device), resnet50().to(arguments.device)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(arguments.batch, 3, 224, 224, device=arguments.device)
    for training in (False, True):
        ours.train(training), theirs.train(training)
        with torch.set_grad_enabled(training):
            assert torch.equal(ours(x), theirs(x))
            title = f"forward pass of {arguments.batch} images, {'training' if training else 'evaluation'}"
            compare(title, lambda: ours(x), lambda: theirs(x), arguments)
    if arguments.device.type == "cuda":
        ours.eval(), theirs.eval()
        one, other = torch.compile(ours), torch.compile(theirs)
        with torch.no_grad():
            title = f"compiled forward pass of {arguments.batch} images, evaluation"
            compare(title, lambda: one(x), lambda: other(x), arguments)


def deep(arguments: argparse.Namespace) -> None:
    """ResNet-1202 from text to its table, and ten times as deep."""

    def table(**options: Any) -> str:
        return summary(resnet_dsl.lower(resnet_dsl.loads(DEEP, **options)))

    device = torch.device("cpu")
    table(), table(overrides=DEEPER)
    pairs = [
        (seconds(table, device), seconds(lambda: table(overrides=DEEPER), device)) for _ in range(arguments.rounds)
    ]
    low, middle, high = quartiles([one * 1e3 for one, _ in pairs])
    print(f"{'ResNet-1202, validate to summary':<58} {middle:9.2f} {'':9}           ({low:.2f} to {high:.2f} ms)")
    low, ratio, high = quartiles([other / one / 10 for one, other in pairs])
    title = "the same for each block of a network ten times as deep"
    print(f"{title:<78}   {ratio:.4f}  ({low:.4f} to {high:.4f})", flush=True)


MEASURE = """
import resnet_dsl, sys

def status(name):
    line = next(line for line in open("/proc/self/status") if line.startswith(name))
    return int(line.split()[1]) * 1024

resnet_dsl.build("resnet20")
open("/proc/self/clear_refs", "w").write("5")  # forget the highest mark so far
before = status("VmRSS")
module = resnet_dsl.build("resnet152")
size = sum(value.nbytes for value in module.state_dict().values())
print((status("VmHWM") - before) / size)
"""


def memory(arguments: argparse.Namespace) -> None:
    """How much memory a process that has built a small network takes more at most to build ResNet-152."""
    if not Path("/proc/self/clear_refs").exists():
        print("peak memory is measured on Linux only")
        return
    ratios = [
        float(subprocess.run([sys.executable, "-c", MEASURE], check=True, capture_output=True).stdout)
        for _ in range(min(arguments.rounds, 5))
    ]
    title = "peak memory of building ResNet-152; size of its weights"
    print(f"{title:<78}   {statistics.median(ratios):.4f}  ({min(ratios):.4f} to {max(ratios):.4f})", flush=True)


ROWS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "build": build,
    "figures": figures,
    "variants": variants,
    "forward": forward,
    "deep": deep,
    "memory": memory,
}


def machine(device: torch.device) -> str:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    gpu = f", {torch.cuda.get_device_name(device)}" if device.type == "cuda" else ""
    return (
        f"{processor or platform.processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads{gpu}; "
        f"Python {platform.python_version()}, torch {torch.__version__}; load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", choices=[*ROWS, []], help=f"of {', '.join(ROWS)}; default all"
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    parser.add_argument("--batch", type=int, default=8, help="how many images a forward pass takes")
    arguments = parser.parse_args()
    print(machine(arguments.device))
    title = f"medians of {arguments.rounds} rounds: ours; torchvision's"
    print(f"{title:<58} {'ours, ms':>9} {'theirs':>9}   ratio   (quartiles)")
    for row in arguments.rows or ROWS:
        ROWS[row](arguments)


if __name__ == "__main__":
    main()
