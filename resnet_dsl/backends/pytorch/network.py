"""A network on a device, with fresh weights or those of a checkpoint: what Python and the command line both build."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ...graph.features import select_features
from ...graph.graph import Graph
from ...language.spec import Origins
from .build import build_module
from .checkpoint import read_checkpoint
from .device import resolve_device, resolve_dtype
from .load import load_module


@dataclass(frozen=True, slots=True)
class Target:
    """Where a network goes, and the dtype of its weights and buffers."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class Built:
    """A network, and the layers of it whose weights are new although a file gave the others."""

    module: nn.Module
    fresh: tuple[str, ...] = ()


def resolve_target(device: torch.device | str | None, dtype: torch.dtype | str | None) -> Target:
    """The device and dtype of these names; torch's defaults where there is none.

    Raises:
        EnvironmentFault: there is no such device or dtype here.
    """
    if device is None:
        target = torch.get_default_device()
    else:
        target = resolve_device(device) if isinstance(device, str) else device
    kind = resolve_dtype(dtype, target) if isinstance(dtype, str) else dtype
    return Target(target, kind or torch.get_default_dtype())


def build_network(
    graph: Graph,
    target: Target,
    *,
    origins: Origins,
    weights: Path | None = None,
    may_replace_classifier: bool = False,
    features: Sequence[int] | None = None,
    seed: int | None = None,
) -> Built:
    """The network in training mode.

    Args:
        graph: the whole network.
        target: where it goes.
        origins: where the spec's keys stand, for diagnostics.
        weights: a file whose weights the network takes, all of them.
        may_replace_classifier: let a classifier of another size than the file's start afresh.
        features: stages whose feature maps the network gives instead of its output, 0 the stem.
        seed: of fresh weights; without it torch's global generator goes on.

    Raises:
        EnvironmentFault: there is no such file or stage, or the weights are of another network.
    """
    part = graph if features is None else select_features(graph, features)
    if weights is None:
        return Built(build_module(part, device=target.device, dtype=target.dtype, seed=seed))
    loaded = load_module(
        part,
        read_checkpoint(weights),
        file=str(weights),
        origins=origins,
        device=target.device,
        dtype=target.dtype,
        whole=graph,
        may_replace_classifier=may_replace_classifier,
        seed=seed,
    )
    return Built(loaded.module, loaded.fresh)
