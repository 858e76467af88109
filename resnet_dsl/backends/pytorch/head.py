"""The layers after the neck of a network, when they change: another pooling, another classifier."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from torch import Tensor, nn

from ...analysis.anatomy import ATTENTION, Anatomy
from ...graph.ops import Flatten, GlobalPool2d, GlobalPooling
from .container import Called
from .functions import function
from .layers import layer


def with_head(parts: Anatomy, classes: int, pooling: str | None) -> Anatomy:
    """The anatomy with another number of classes, and another pooling unless it is None; `""` is none at all.

    Raises:
        ValueError: there is no such pooling or number, or the pooling cannot take the place of the present one.
    """
    if type(classes) is not int or classes < 0:
        raise ValueError(f"the number of classes is an integer from 0, found {classes!r}")
    pooling = parts.pooling if pooling is None else pooling
    choices = {parts.pooling, ""} if parts.takes_one_size else {*get_args(GlobalPooling), ""}
    if pooling not in choices:
        names = ", ".join(f'"{name}"' for name in sorted(choices))
        raise ValueError(f"this network's pooling can be one of {names}, not {pooling!r}")
    factor = 2 if pooling == "catavgmax" else 1
    return replace(parts, pooling=pooling, classes=classes, pooled_features=factor * parts.map_shape[0])


def new_head(
    parts: Anatomy, before: Anatomy, present: Mapping[str, nn.Module | None], *, like: Tensor
) -> tuple[dict[str, nn.Module], list[Called]]:
    """The modules of a head with a fresh classifier, by name, and its calls in order.

    Args:
        parts: what the network has afterwards.
        before: what it has now.
        present: its modules, of which pooling and dropout stay if they are the same.
        like: a parameter with the device and dtype of the classifier.
    """
    modules: dict[str, nn.Module] = {}
    calls: list[Called] = []
    if parts.pooling:
        pool = present[parts.pool] if parts.pooling == before.pooling else None
        modules[parts.pool] = pool or layer(GlobalPool2d(_global(parts.pooling)), inplace=False)
        calls += [parts.pool] if parts.pooling == ATTENTION else [parts.pool, function(Flatten(), inplace=False)]
    if parts.dropout and (dropout := present[parts.dropout]):
        modules[parts.dropout] = dropout
        calls.append(parts.dropout)
    if parts.classes:
        modules[parts.classifier] = _classifier(parts, like)
        calls.append(parts.classifier)
    return modules, calls


def _global(pooling: str) -> GlobalPooling:
    return next(name for name in get_args(GlobalPooling) if name == pooling)


def _classifier(parts: Anatomy, like: Tensor) -> nn.Module:
    """A linear layer, or one for each pixel where nothing is pooled."""
    placed: Any = {"device": like.device, "dtype": like.dtype}
    if parts.pooling:
        return nn.Linear(parts.pooled_features, parts.classes, **placed)
    return nn.Conv2d(parts.pooled_features, parts.classes, 1, **placed)


def changed_spec(spec: Any, parts: Anatomy) -> Any:
    """The spec of a network whose head has become this one; None if no spec describes it.

    It expects nothing any more, because what was expected was expected of another network.
    """
    if spec is None or not parts.pooling:
        return None
    pool = spec.head.pool
    if pool.type != parts.pooling:
        pool = replace(pool, type=parts.pooling)
    return replace(spec, head=replace(spec.head, classes=parts.classes, pool=pool), expect=type(spec.expect)())
