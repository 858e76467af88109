"""The command that writes networks in the formats of others: export."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.render import printable
from . import completion, shared
from .networks import check_alone, open_compared
from .usage import usage_fault

if TYPE_CHECKING:
    from ..exporting.job import Exported
    from ..graph.graph import Graph


@click.command()
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@shared.with_output(
    "Write to this .onnx file, .pt2 file for a program of torch.export, or .py file for source.", completion.exports
)
@click.option(
    "--weights",
    metavar="FILE",
    shell_complete=completion.sources,
    help="Take weights from a file, or hf-hub:OWNER/REPO, torchvision:NAME or an address with a hash.",
)
@shared.with_place
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Seed of drawn weights.  [default: 0]")
@click.option("--fold", is_flag=True, help="Fold batch norms into the convolutions before them; for ONNX.")
@click.option(
    "--dtype",
    default="float32",
    show_default=True,
    metavar="DTYPE",
    shell_complete=completion.words("float32", "float16"),
    help="Of weights, input and output: float32 or float16.",
)
@click.option("--opset", type=click.IntRange(1), metavar="N", help="Version of ONNX's operators.  [default: 17]")
def export(
    spec: str | None,
    overrides: tuple[str, ...],
    output: Path | None,
    weights: str | None,
    entry: str | None,
    prefix: str | None,
    seed: int | None,
    fold: bool,
    dtype: str,
    opset: int | None,
) -> None:
    """Write the network in a format of others, for inference.

    The extension of the file gives the format. What the file computes is compared with the network in PyTorch. SPEC may
    be left out where the weights carry their spec along.
    """
    if output is None:
        raise usage_fault("missing option `--output`", "add `--output FILE`")
    if output == shared.STDOUT:
        raise usage_fault("a network is exported to a file, whose extension gives the format", "write `-o net.onnx`")
    if weights is None:
        check_alone("export", spec, entry=entry, prefix=prefix)
    elif seed is not None:
        raise usage_fault("`--seed` draws weights, but `--weights` has them", "leave out one of the two")
    from ..exporting.formats import format_for
    from ..exporting.job import Job, Options
    from ..exporting.placing import check_place, export_to

    options = Options(fold=fold, dtype=dtype, opset=opset, seed=seed or 0)
    form = format_for(output, options, with_weights=weights is not None)
    if seed is not None and not form.has_weights:
        raise usage_fault(f"`--seed` draws weights, but {form.name} contains none", "leave it out")
    compiled = None if spec is None else shared.compile_reference(spec, overrides)
    check_place(output)
    network, graph, checkpoint = open_compared(compiled, overrides, weights, entry, prefix)
    job = Job(
        spec=network,
        graph=graph,
        checkpoint=checkpoint,
        options=options,
        version=version("resnet-dsl"),
        progress=shared.progress,
    )
    verb = shared.verb_for(output)
    exported = export_to(output, form, job)
    files = [printable(str(file)) for file in (exported.path, exported.data) if file is not None]
    shared.say(f"{verb} {' and '.join(files)}")
    _report(exported, graph, weights)


def _report(exported: "Exported", graph: "Graph", weights: str | None) -> None:
    """Print what is known of the file."""
    if weights is not None:
        shared.say(f"loaded {printable(weights)}")
    for note in exported.notes:
        shared.say(printable(note))
    _, height, width = graph.input_shape
    sizes = "batch, height and width are free"
    if graph.takes_one_size:
        sizes = f"batch is free, height and width are {height} and {width}"
    elif "height" not in exported.free:
        sizes = f"batch is free, height and width are {height} and {width}, or some of the others"
    shared.say(f"{sizes}; {exported.check}")
    if exported.difference is not None:
        shared.say(f"the largest difference from the network in PyTorch is {exported.difference}")
