"""The command that builds networks: build."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.diagnostic import EnvironmentFault
from ..diagnostics.packages import require
from ..diagnostics.render import printable
from ..limits import MAX_CHANNELS
from . import completion, shared
from .usage import usage_fault

if TYPE_CHECKING:
    import torch

    from ..checkpoints.checkpoint import Checkpoint
    from ..graph.graph import Graph
    from ..language.spec import Spec


@click.command()
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@shared.with_device
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
        _check_alone(spec, entry=entry, prefix=prefix, partial=partial)
    compiled = None if spec is None else shared.compile_reference(spec, overrides)
    if output is not None:
        shared.check_output(output, is_binary=True)
    checkpoint = None if weights is None else shared.open_weights(weights, entry, prefix)
    network, graph = compiled or _compile_carried(checkpoint, overrides)
    if checkpoint is not None:
        checkpoint = _compared(checkpoint, network)
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


def _check_alone(spec: str | None, **options: object) -> None:
    """Check the command line of a build without weights."""
    if spec is None:
        raise usage_fault("missing argument `SPEC`", "write `resnet-dsl build SPEC`")
    for option, value in options.items():
        if value:
            raise usage_fault(f"`--{option}` says how to load weights, but there are none", "add `--weights FILE`")


def _compile_carried(checkpoint: "Checkpoint | None", overrides: tuple[str, ...]) -> "tuple[Spec, Graph]":
    """The spec that weights carry along, and its network."""
    from ..compiler import compile_spec
    from ..weights.specs import carried

    assert checkpoint is not None
    return compile_spec(carried(checkpoint), overrides)


def _compared(checkpoint: "Checkpoint", spec: "Spec") -> "Checkpoint":
    """The weights, with a note if they contain another spec."""
    from ..weights.specs import compared

    return compared(checkpoint, spec)


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
