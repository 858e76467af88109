"""The layers of a network, or their sums, in any of the formats."""

from collections.abc import Collection, Iterable, Mapping
from importlib import import_module

from ...analysis.memory_needs import OPTIMIZERS, Optimizer
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...graph.amounts import bytes_in
from ...graph.collector import paused_collector
from ...graph.graph import Graph
from . import EXTRAS, FORMATS, LEVELS, Extra, Level
from .rows import Request

_LACKING: Mapping[str, Collection[str]] = {
    "torchsummary": ("columns beside its own", "state of an optimizer", "memory under autocast", "largest batch"),
    "csv": ("state of an optimizer", "largest batch"),
}
"""Format -> what it cannot show, so that asking for it is a mistake. JSON and CSV always have all columns."""


@paused_collector()
def summary(
    graph: Graph,
    format_: str = "table",
    batch_size: int | None = None,
    *,
    by: Level = "layer",
    width: int | None = None,
    extras: Collection[Extra] = (),
    optimizer: Optimizer | None = None,
    autocast: bool = False,
    capacity: int | str | None = None,
) -> str:
    """The layers of a graph as text.

    Args:
        graph: the network.
        format_: `table` for people, `torchsummary` for that package's format, `json`, or `csv`.
        batch_size: the first dimension of every shape; by default none, or -1 in `torchsummary`.
        by: what a row is: a `layer`, or the sum of a `block` or a `stage`.
        width: columns that `table` has to fit; by default any number.
        extras: columns that `table` has beside the others: `flops`, `memory`, `receptive-field`.
        optimizer: whose state training holds: `sgd`, the default, `momentum`, `adam` or `adamw`.
        autocast: whether training runs in bfloat16 under autocast.
        capacity: bytes that training has to fit, or an amount such as `24GB`, if that is asked.

    With an optimizer, autocast or a capacity, `table` says below what training and evaluation take, as it does where
    the column is asked for.

    Raises:
        EnvironmentFault: there is no such format, level, column or optimizer, the format cannot show what is asked for,
            or the capacity is no amount.
        ValueError: the batch size is below 1.
    """
    _check(format_, FORMATS, "format")
    _check(by, LEVELS, "level")
    if optimizer is not None:
        _check(optimizer, OPTIMIZERS, "optimizer")
    for extra in extras:
        _check(extra, EXTRAS, "column")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"the batch size must be at least 1, found {batch_size:,}")
    size = _bytes(capacity)
    wanted = {
        "columns beside its own": bool(extras),
        "state of an optimizer": optimizer is not None,
        "memory under autocast": autocast,
        "largest batch": size is not None,
    }
    for what in _LACKING.get(format_, ()):
        if wanted[what]:
            having = _listed(name for name in FORMATS if what not in _LACKING.get(name, ()))
            raise _fault(f"the format `{format_}` has no {what}", f"formats with it are {having}")
    text: str = import_module(f".{FORMATS[format_]}", __package__).write(
        Request(graph, by, batch_size, width, extras, optimizer, autocast, size)
    )
    return text


def _bytes(capacity: int | str | None) -> int | None:
    """The bytes of a capacity, which may be an amount with a unit."""
    size = bytes_in(capacity) if isinstance(capacity, str) else capacity
    if capacity is not None and not (isinstance(size, int) and size >= 0):
        raise _fault(f"a capacity must be bytes or an amount such as `24GB` or `16GiB`, found `{capacity}`")
    return size


def _check(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        helps = did_you_mean(name, names, what) or (f"{what}s are {_listed(names)}",)
        raise _fault(f"unknown {what} `{name}`", *helps)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _fault(message: str, *helps: str) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD513", message=message, helps=helps))
