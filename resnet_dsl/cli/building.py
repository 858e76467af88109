"""The command that builds networks: build."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.diagnostic import EnvironmentFault
from ..diagnostics.packages import require
from ..diagnostics.render import printable
from ..limits import MAX_CHANNELS
from . import completion, shared
from .networks import check_alone, open_compared

if TYPE_CHECKING:
    import torch

    from ..graph.graph import Graph


@click.command()
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@shared.with_device("meta")
@shared.with_dtype
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Seed of the weights.")
@click.option(
    "--weights",
    metavar="FILE",
    shell_complete=completion.sources,
    help="Load weights: a file, or hf-hub:OWNER/REPO, torchvision:NAME or an address with a hash.",
)
@shared.with_place
@click.option("--partial", is_flag=True, help="Load the blocks and layers that fit, and start the others afresh.")
@click.option(
    "--classes",
    type=click.IntRange(0, MAX_CHANNELS),
    help="Number of classes; if it differs from the file's, the classifier is freshly initialised.",
)
@shared.with_batch_size
@shared.with_output(
    "Write the weights to a .safetensors, .pt or .pth file, or as safetensors to standard output for -.",
    completion.saved_weights,
)
def build(
    spec: str | None,
    overrides: tuple[str, ...],
    device: str,
    dtype: str,
    seed: int,
    weights: str | None,
    entry: str | None,
    prefix: str | None,
    partial: bool,
    classes: int | None,
    batch_size: int | None,
    output: Path | None,
) -> None:
    """Build the network in PyTorch and check every layer.

    Prints the layers as torchsummary measures them and compares them with the spec. SPEC may be left out where the
    weights carry their spec along, as those do that this command writes.
    """
    if classes is not None:
        overrides = (*overrides, f"head.classes={classes}")
    if weights is None:
        check_alone("build", spec, entry=entry, prefix=prefix, partial=partial)
    compiled = None if spec is None else shared.compile_reference(spec, overrides)
    if output is not None:
        shared.check_output(output, is_binary=True)
    network, graph, checkpoint = open_compared(compiled, overrides, weights, entry, prefix)
    shared.progress("loading torch")
    from ..backends.pytorch.network import build_network, resolve_target
    from ..backends.pytorch.saving import check_format, save_weights
    from ..compiler import text_of

    target = resolve_target(device, dtype)
    like = shared.SAFETENSORS if output == shared.STDOUT else output
    if like is not None:
        check_format(like, target.device)
    shared.progress(f"building {graph.name} on {target.device}")
    built = build_network(
        graph,
        target,
        spec=network,
        checkpoint=checkpoint,
        may_replace_classifier=classes is not None,
        is_partial=partial,
        seed=seed,
    )
    module = built.module
    _check(module, graph, batch_size)
    if weights is not None:
        shared.say(f"loaded {printable(weights)}")
        for note in built.notes:
            shared.say(printable(note))
    if output is not None and like is not None:
        text = text_of(network)
        shared.write_output(output, lambda partial: save_weights(module.state_dict(), partial, like=like, spec=text))


def _check(module: "torch.nn.Module", graph: "Graph", batch_size: int | None) -> None:
    """Print the table of the built network, and the result of comparing it with the graph."""
    require("networkx", "torchsummary", "numpy", purpose="checking a network")
    from ..backends.pytorch import check
    from ..backends.tables.summary import summary
    from ..graph.verify import verify

    parameter = next(module.parameters())
    shared.progress("running the network")
    verify(graph)
    faults = check.differences(module, graph)
    if check.supports_torchsummary(parameter.device, parameter.dtype):
        table = check.run_torchsummary(module, graph, batch_size)
        faults += check.torchsummary_difference(table, graph, batch_size)
    else:
        table = summary(graph, "torchsummary", batch_size)
    shared.say(table.removesuffix("\n"))
    if faults:
        raise EnvironmentFault(faults)
    modules = sum(1 for _ in graph.modules)
    shared.say(
        f"checked on {parameter.device} in {str(parameter.dtype).removeprefix('torch.')}: the output shapes of all"
        f" {modules} modules and all {graph.parameters:,} parameters match the spec"
    )
