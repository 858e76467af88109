"""ResNet-50, exported and folded, in onnxruntime, against torchvision's in PyTorch, and as torch exports that.

    python -m tests.benchmarks.running [--rounds 15] [--batch 8] [--threads 2]

Needs torchvision and onnxruntime; `docs/benchmarks.md` explains how to install the former with the CPU build of torch.
All three have the same weights and input, and take turns.
"""

import argparse
import contextlib
import io
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import onnxruntime
import torch

import resnet_dsl
from tests.peers.libraries import declare_torchvision_operators


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    declare_torchvision_operators()
    from torchvision.models import resnet50

    torch.set_num_threads(arguments.threads)
    theirs = resnet50().eval()
    x = torch.randn(arguments.batch, 3, 224, 224)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        our_file, their_file = Path(folder) / "ours.onnx", Path(folder) / "theirs.onnx"
        resnet_dsl.export("resnet50", our_file, weights=theirs.state_dict(), fold=True)
        with contextlib.redirect_stdout(io.StringIO()):
            torch.onnx.export(theirs, (x,), str(their_file), dynamo=False)
        ours, exported = session(our_file, arguments.threads), session(their_file, arguments.threads)

    runs: dict[str, Callable[[], object]] = {
        "resnet-dsl's export, onnxruntime": lambda: ours.run(None, {ours.get_inputs()[0].name: x.numpy()}),
        "torch's export, onnxruntime": lambda: exported.run(None, {exported.get_inputs()[0].name: x.numpy()}),
        "torchvision, eager": lambda: theirs(x),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    with torch.no_grad():
        for turn in range(arguments.rounds + 1):
            for name, run in runs.items():
                elapsed = seconds(run)
                if turn:  # the first one warms up
                    times[name].append(elapsed)
    print(f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}, {arguments.threads} threads")
    first, *others = times
    for name, each in times.items():
        print(f"{name:34} {statistics.median(each) * 1e3:9.1f} ms (median of {arguments.rounds})")
    for name in others:
        ratio = statistics.median(b / a for a, b in zip(times[first], times[name], strict=True))
        print(f"{name} / {first}: {ratio:.2f} (median of ratios)")


if __name__ == "__main__":
    main()
