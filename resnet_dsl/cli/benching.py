"""The command that measures networks side by side: bench."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..benchmark.settings import RUNTIMES, Settings
from . import completion, shared

if TYPE_CHECKING:
    from ..benchmark.results import Results


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@shared.with_device()
@shared.with_dtype
@click.option(
    "--runtime",
    default="eager",
    show_default=True,
    metavar="NAME,...",
    shell_complete=completion.words(*RUNTIMES, "all"),
    help=f"{', '.join(RUNTIMES)}; or all, for those that are installed.",
)
@click.option(
    "--batch-size", type=click.IntRange(1, 2**31 - 1), default=1, show_default=True, help="Images in a batch."
)
@click.option("--training", is_flag=True, help="Measure training steps instead of forward passes.")
@click.option(
    "--rounds", type=click.IntRange(1, 100_000), default=20, show_default=True, help="Passes of each to measure."
)
@click.option("--warm-up", type=click.IntRange(0, 1000), default=3, show_default=True, help="Passes before them.")
@click.option(
    "--threads", type=click.IntRange(1, 1024), help="Threads on a processor.  [default: as the runtime decides]"
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for people, or data for programs.",
)
@shared.with_output(
    "Plot multiply-accumulates against milliseconds in a .svg, .png or .pdf file.",
    completion.files(".svg", ".png", ".pdf"),
)
def bench(
    specs: tuple[str, ...],
    overrides: tuple[str, ...],
    device: str,
    dtype: str,
    runtime: str,
    batch_size: int,
    training: bool,
    rounds: int,
    warm_up: int,
    threads: int | None,
    format_: str,
    output: Path | None,
) -> None:
    """Measure latency, throughput and peak memory of networks side by side.

    Each network runs in a process of its own, and one pass of each is made in turn, so that whatever else the machine
    does disturbs all alike. Times are medians; a quarter of the passes takes less than the first quartile, and a
    quarter more than the other.
    """
    from ..benchmark.measuring import measure
    from ..benchmark.report import as_json, as_text

    if output is not None:
        from ..benchmark.plot import check_format

        check_format(output)
        shared.check_output(output)
    settings = Settings(
        device=device,
        dtype=dtype,
        batch_size=batch_size,
        training=training,
        threads=threads,
        rounds=rounds,
        warm_up=warm_up,
    )
    names = [name.strip() for name in runtime.split(",")]
    with shared.progress_bar("measuring") as progress:
        found = measure([*map(shared.source, specs)], settings, runtime=names, overrides=overrides, progress=progress)
    click.echo(as_json(found) if format_ == "json" else as_text(found, shared.output_width()), nl=False)
    if output is not None:
        _plot(found, output)


def _plot(found: "Results", output: Path) -> None:
    from ..benchmark.plot import write

    shared.write_output(output, lambda partial: write(found, partial, like=output))
