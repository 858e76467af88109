"""Graph and checkpoint -> a network with the checkpoint's weights."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...checkpoints.comparison import compare
from ...checkpoints.mismatch import explain_mismatch
from ...diagnostics.diagnostic import EnvironmentFault
from ...graph.graph import Graph
from ...language.spec import Spec
from .build import materialise, reset, seeded
from .checkpoint import shapes


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network, and those of its layers that were freshly initialised instead of loaded."""

    module: nn.Module
    fresh: tuple[str, ...]


def load_module(
    graph: Graph,
    tensors: Mapping[str, Tensor],
    *,
    file: str,
    spec: Spec,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    whole: Graph | None = None,
    may_replace_classifier: bool = False,
    seed: int | None = None,
) -> Loaded:
    """The network in training mode, with the weights of a checkpoint instead of random ones.

    Args:
        graph: the network.
        tensors: the checkpoint, by standard names.
        file: the checkpoint's name in diagnostics.
        spec: what the network was made from, for diagnostics.
        device: the target device.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        whole: if `graph` is part of a network, the whole one, which the checkpoint may also belong to.
        may_replace_classifier: initialise a classifier of a different shape instead of refusing the checkpoint.
        seed: the seed for such a classifier; by default torch's global generator is used.

    Raises:
        EnvironmentFault: the checkpoint belongs to a different network.
    """
    checkpoint = shapes(dict(tensors))
    if whole is None or compare(graph.state, checkpoint).is_equal:
        whole = graph
    comparison = compare(whole.state, checkpoint)
    fresh: tuple[str, ...] = ()
    if may_replace_classifier and comparison.differs_in_classifier_only:
        fresh = () if graph.classifier is None else (graph.classifier,)
    elif not comparison.is_equal:
        raise EnvironmentFault(
            explain_mismatch(
                whole,
                checkpoint,
                comparison,
                file=file,
                spec=spec,
                may_replace_classifier=may_replace_classifier,
            )
        )
    module = materialise(graph, dtype)
    own = graph.state
    kept = {name: tensors[name] for name in comparison.agreeing if name in own}
    module.load_state_dict(kept, strict=False)  # every entry has been compared
    with seeded(seed):
        for name in fresh:
            reset(module.get_submodule(name))
    return Loaded(module.to(device), fresh)
