"""Graph and checkpoint -> a network with the checkpoint's weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...checkpoints.checkpoint import Checkpoint
from ...checkpoints.comparison import compare
from ...checkpoints.fitting.fitting import Fit, adaptation_notes, fit, listed
from ...checkpoints.fitting.mismatch import explain_mismatch
from ...checkpoints.fitting.rereading import read_for
from ...checkpoints.stored import Filled, Part
from ...diagnostics.diagnostic import EnvironmentFault
from ...graph.graph import Graph
from ...language.spec import Spec
from .build import allocate
from .initial_values import initialise_layers
from .parts import tensor_of_part


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network, and what became of the checkpoint's weights and its own, one clause each."""

    module: nn.Module
    notes: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    """Blocks, and layers elsewhere, that were freshly initialised."""


def load_module(
    graph: Graph,
    checkpoint: Checkpoint,
    *,
    spec: Spec,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    whole: Graph | None = None,
    may_replace_classifier: bool = False,
    is_partial: bool = False,
    seed: int | None = None,
) -> Loaded:
    """The network in training mode, with the weights of a checkpoint instead of random ones.

    Args:
        graph: the network.
        checkpoint: the weights.
        spec: what the network was made from, for diagnostics.
        device: the target device.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        whole: if `graph` is part of a network, the whole one, which the checkpoint may also belong to.
        may_replace_classifier: initialise a classifier of a different shape instead of refusing the checkpoint.
        is_partial: initialise all blocks, and layers elsewhere, that the checkpoint lacks or has in another shape.
        seed: the seed for those; by default it is drawn from torch's global generator.

    Raises:
        EnvironmentFault: the checkpoint belongs to a different network, or its file has changed or is damaged.
    """
    checkpoint = read_for((whole or graph).state, checkpoint)
    state = checkpoint.state
    if whole is None or compare(graph.state, state).is_equal:
        whole = graph
    found = fit(whole.state, state, may_replace_classifier=may_replace_classifier, is_partial=is_partial)
    if found is None:
        raise EnvironmentFault(
            explain_mismatch(
                whole,
                state,
                compare(whole.state, state),
                file=checkpoint.file,
                spec=spec,
                shown=checkpoint.shown,
                may_replace_classifier=may_replace_classifier,
            )
        )
    module = allocate(graph, "cpu", dtype)
    own_values = [node for node in graph.layers if any(_is_in(node.name, unit) for unit in found.fresh)]
    if own_values:
        initialise_layers(module, own_values, seed)
    own = module.state_dict()
    with torch.no_grad():
        for name in found.loaded:
            if name in own:
                own[name].copy_(_tensor(name, checkpoint.parts[name], spec))
        if found.adapted in own:
            own[found.adapted].copy_(
                adapted(tensor_of_part(checkpoint.parts[found.adapted]), own[found.adapted].shape[1])
            )
    fresh = tuple(unit for unit in found.fresh if any(_is_in(node.name, unit) for node in graph.layers))
    return Loaded(module.to(device), (*checkpoint.notes, *_notes(found, checkpoint, graph, fresh)), fresh)


def _tensor(name: str, part: Part, spec: Spec) -> Tensor:
    """The tensor for an entry; the variance of a norm that only scales and shifts is the one that does so here."""
    if isinstance(part.entries[0], Filled) and name.endswith(".running_var"):
        return torch.full(part.shape, 1.0 - spec.norm.eps)
    return tensor_of_part(part)


def adapted(weight: Tensor, channels: int) -> Tensor:
    """The weight of a first convolution for another number of input channels, as timm's `adapt_input_conv` has it.

    For one channel the sum over all of them, so that an input of equal channels gives the same output; for another
    number those of an RGB image, repeated and scaled.
    """
    values = weight if weight.dtype == torch.float64 else weight.float()
    if channels == 1:
        return values.sum(dim=1, keepdim=True)
    count = weight.shape[1]
    return values.repeat(1, -(-channels // count), 1, 1)[:, :channels] * (count / channels)


def _is_in(layer: str, unit: str) -> bool:
    return layer == unit or layer.startswith(f"{unit}.")


def _notes(found: Fit, checkpoint: Checkpoint, graph: Graph, fresh: Sequence[str]) -> Iterator[str]:
    yield from adaptation_notes(found, graph.state, checkpoint.state)
    if fresh:
        yield f"freshly initialised: {listed(fresh)}"
    if found.unused:
        yield f"not used: {listed(found.unused)}"
