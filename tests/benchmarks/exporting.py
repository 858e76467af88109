"""Writing ResNet-50 as an ONNX file, by resnet-dsl and by `torch.onnx.export`, alternating, with the same weights.

    python -m tests.benchmarks.exporting [--spec resnet50] [--rounds 5] [--legacy]

Needs onnx, and onnxscript for torch's exporter; `--legacy` takes torch's older one, which does without. Each starts
from the built network and ends with a file, which none of them checks. Imports do not count.
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
from typing import Any

import torch

import resnet_dsl
from resnet_dsl.backends.onnx.model import LOWEST_OPSET, make_model
from resnet_dsl.backends.onnx.writing import write_model
from resnet_dsl.backends.pytorch.exporting import arrays_of


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", default="resnet50")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--legacy", action="store_true")
    arguments = parser.parse_args()

    module, graph = resnet_dsl.build(arguments.spec).eval(), resnet_dsl.lower(arguments.spec)
    x = torch.randn(2, *graph.input_shape)
    names = {0: "batch"} if graph.takes_one_size else {0: "batch", 2: "height", 3: "width"}
    options: dict[str, Any]
    if arguments.legacy:
        options = {"dynamo": False, "opset_version": LOWEST_OPSET, "dynamic_axes": {"input": names}}
    else:
        options = {
            "dynamo": True,
            "external_data": False,
            "dynamic_shapes": ({a: torch.export.Dim(n) for a, n in names.items()},),
        }

    with tempfile.TemporaryDirectory() as folder:

        def our_export() -> None:
            model = make_model(
                graph, arrays_of(module), dtype="float32", opset=LOWEST_OPSET, fold=False, metadata={}, version=""
            )
            write_model(model, Path(folder) / "ours.onnx")

        def their_export() -> None:
            torch.onnx.export(module, (x,), str(Path(folder) / "theirs.onnx"), input_names=["input"], **options)

        seconds(our_export), seconds(their_export)
        pairs = []
        for turn in range(arguments.rounds):
            exports = (our_export, their_export) if turn % 2 else (their_export, our_export)
            times = {each: seconds(each) for each in exports}
            pairs.append((times[our_export], times[their_export]))
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    kind = "dynamo=False" if arguments.legacy else "dynamo=True"
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {arguments.spec}, {arguments.rounds} rounds")
    print(f"resnet-dsl        {one * 1e3:9.1f} ms (median)")
    print(f"torch.onnx.export {other * 1e3:9.1f} ms (median), {kind}")
    print(f"ratio of medians  {other / one:9.1f}")
    print(f"median of ratios  {statistics.median(b / a for a, b in pairs):9.1f}")


if __name__ == "__main__":
    main()
