"""Builds a network on a device, freshly initialised or from a checkpoint, for both Python and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ...checkpoints.checkpoint import Checkpoint
from ...graph.features import select_features
from ...graph.graph import Graph
from ...language.spec import Spec
from .build import build_module
from .device import resolve_device, resolve_dtype
from .load import Loaded, load_module


@dataclass(frozen=True, slots=True)
class Target:
    """The device of a network, and the dtype of its weights and buffers."""

    device: torch.device
    dtype: torch.dtype


def resolve_target(device: torch.device | str | None, dtype: torch.dtype | str | None) -> Target:
    """The device and dtype with these names; by default torch's defaults.

    Raises:
        EnvironmentFault: the device or dtype is unknown or not available.
    """
    target = torch.get_default_device() if device is None else resolve_device(device)
    kind = None if dtype is None else resolve_dtype(dtype, target)
    return Target(target, kind or torch.get_default_dtype())


def build_network(
    graph: Graph,
    target: Target,
    *,
    spec: Spec,
    checkpoint: Checkpoint | None = None,
    may_replace_classifier: bool = False,
    is_partial: bool = False,
    features: Sequence[int] | None = None,
    seed: int | None = None,
) -> Loaded:
    """The network in training mode, which has what it was made from as its attribute `spec`.

    Args:
        graph: the whole network.
        target: its device and dtype.
        spec: what the network was made from.
        checkpoint: the weights to load, all of the network's but for those that the next two let start afresh.
        may_replace_classifier: initialise a classifier of a different size than the checkpoint's instead of failing.
        is_partial: initialise all blocks, and layers elsewhere, that the checkpoint lacks or has in another shape.
        features: stages whose feature maps the network outputs instead of its classes; 0 is the stem.
        seed: the seed for fresh weights; by default it is drawn from torch's global generator.

    Raises:
        EnvironmentFault: there is no such stage, or the weights belong to a different network.
    """
    part = graph if features is None else select_features(graph, features)
    if checkpoint is None:
        built = Loaded(build_module(part, device=target.device, dtype=target.dtype, seed=seed))
    else:
        built = load_module(
            part,
            checkpoint,
            spec=spec,
            device=target.device,
            dtype=target.dtype,
            whole=graph,
            may_replace_classifier=may_replace_classifier,
            is_partial=is_partial,
            seed=seed,
        )
    module: Any = built.module
    module.spec = spec
    return built
