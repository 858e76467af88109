"""Trains networks of 20 and 56 layers without shortcuts and with them, all from specs, and draws their errors.

    python -m tests.evidence.degradation [SPEC …] [--set KEY=VALUE] [--data FOLDER] [--output FOLDER]

On scikit-learn's digits, or on CIFAR-10 where `--data` names the folder of its binary version. Each epoch is printed;
then the folder has `results.json`, and as SVG and PNG `figure1` and `figure6`, after those of He et al. 2015, and
`gradients`: the norm of the first gradient of each convolution, with the networks' norms and without. Needs the extra
`test`.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import resnet_dsl
from resnet_dsl.diagnostics.diagnostic import DiagnosticError

from .images import load
from .training import Run, Settings, gradient_norms, train_and_tell

SPECS = ("plain56", "resnet56", "plain20", "resnet20")
NORMS = {"with norms": (), "without norms": ("norm=none",)}


def positive(text: str) -> int:
    """A whole number of at least 1."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.evidence.degradation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = Settings()
    parser.add_argument("specs", nargs="*", metavar="SPEC", help=f"what to train; by default {' '.join(SPECS)}")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a key of every spec")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="CIFAR-10's binary version; digits without it")
    parser.add_argument("--output", type=Path, metavar="FOLDER", default=Path("build/degradation"))
    parser.add_argument("--seeds", type=positive, default=3, help="how many runs of each network")
    parser.add_argument("--epochs", type=positive, default=default.epochs)
    parser.add_argument("--batch-size", type=positive, default=default.batch_size)
    parser.add_argument("--rate", type=float, default=default.rate, help="the learning rate at the start")
    parser.add_argument("--device", default=default.device)
    parser.add_argument("--processes", type=positive, default=2, help="how many networks are trained at a time")
    arguments = parser.parse_args()
    specs: list[str] = arguments.specs or [*SPECS]
    settings = Settings(arguments.epochs, arguments.batch_size, arguments.rate, arguments.device)
    try:
        images = load(arguments.data)
        overrides = (*images.overrides, *arguments.set)
        for spec in specs:
            resnet_dsl.build(spec, overrides=overrides, device=settings.device)
    except (DiagnosticError, OSError, ValueError) as error:
        parser.error(str(error))
    plain = frozenset(spec for spec in specs if resnet_dsl.load(spec, overrides=overrides).shortcut.type == "none")
    arguments.output.mkdir(parents=True, exist_ok=True)

    work = partial(train_and_tell, arguments.data, tuple(arguments.set), settings)
    pairs = [*itertools.product(specs, range(arguments.seeds))]
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        runs = [*pool.map(work, *zip(*pairs, strict=True))]
    runs.sort(key=lambda run: (run.network not in plain, len(run.network), run.network, run.seed))
    norms = {
        title: {
            spec: [gradient_norms(spec, (*arguments.set, *changed), seed, images) for seed in range(arguments.seeds)]
            for spec in dict.fromkeys(run.network for run in runs)
        }
        for title, changed in NORMS.items()
    }
    results = {
        "images": images.name,
        "overrides": overrides,
        "settings": settings._asdict(),
        "runs": [run._asdict() for run in runs],
        "gradient_norms": norms,
    }
    (arguments.output / "results.json").write_text(json.dumps(results, indent=1), "utf-8")
    draw(runs, plain, norms, arguments.output)
    print(table(runs))
    return 0


def draw(runs: Sequence[Run], plain: frozenset[str], norms: dict[str, dict[str, list[list[float]]]], to: Path) -> None:
    """Write all figures, as SVG and as PNG."""
    from .figures import figure1, figure6, gradients

    for form in ("svg", "png"):
        if shown := [run for run in runs if run.network in plain]:
            figure1(shown, to / f"figure1.{form}")
        figure6(runs, plain, to / f"figure6.{form}")
        gradients(norms, to / f"gradients.{form}")


def table(runs: Sequence[Run]) -> str:
    """The errors of the last epoch, as the mean over the seeds, and the lowest and highest."""
    lines = [f"{'last epoch':12}{'training error':>24}{'test error':>24}"]
    for network in dict.fromkeys(run.network for run in runs):
        cells = []
        for kind in ("train", "test"):
            last = [getattr(run, kind)[-1] for run in runs if run.network == network]
            cells.append(f"{sum(last) / len(last):6.2f} % ({min(last):.2f}–{max(last):.2f})")
        lines.append(f"{network:12}{cells[0]:>24}{cells[1]:>24}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
