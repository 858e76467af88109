"""Builds a network on a device, freshly initialised or from a checkpoint, for both Python and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ...graph.features import select_features
from ...graph.graph import Graph
from ...language.spec import Spec
from .build import build_module
from .checkpoint import read_checkpoint
from .device import resolve_device, resolve_dtype
from .load import load_module


@dataclass(frozen=True, slots=True)
class Target:
    """The device of a network, and the dtype of its weights and buffers."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class Built:
    """A network, and those of its layers that were freshly initialised although a file provided the others."""

    module: nn.Module
    fresh: tuple[str, ...] = ()


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
    weights: Path | None = None,
    may_replace_classifier: bool = False,
    features: Sequence[int] | None = None,
    seed: int | None = None,
) -> Built:
    """The network in training mode.

    Args:
        graph: the whole network.
        target: its device and dtype.
        spec: what the network was made from, for diagnostics.
        weights: a file to load all of the network's weights from.
        may_replace_classifier: initialise a classifier of a different size than the file's instead of failing.
        features: stages whose feature maps the network outputs instead of its classes; 0 is the stem.
        seed: the seed for fresh weights; by default torch's global generator is used.

    Raises:
        EnvironmentFault: there is no such file or stage, or the weights belong to a different network.
    """
    part = graph if features is None else select_features(graph, features)
    if weights is None:
        return Built(build_module(part, device=target.device, dtype=target.dtype, seed=seed))
    loaded = load_module(
        part,
        read_checkpoint(weights),
        file=str(weights),
        spec=spec,
        device=target.device,
        dtype=target.dtype,
        whole=graph,
        may_replace_classifier=may_replace_classifier,
        seed=seed,
    )
    return Built(loaded.module, loaded.fresh)
