"""The layers of a network, or their sums, in any of the formats."""

from collections.abc import Collection
from importlib import import_module

from ...analysis.memory_needs import OPTIMIZERS, Optimizer
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...graph.graph import Graph
from . import EXTRAS, FORMATS, LEVELS, Extra, Level
from .rows import Request


def summary(
    graph: Graph,
    format_: str = "table",
    batch_size: int | None = None,
    *,
    by: Level = "layer",
    width: int | None = None,
    extras: Collection[Extra] = (),
    optimizer: Optimizer = "sgd",
    autocast: bool = False,
    capacity: int | None = None,
) -> str:
    """The layers of a graph as text.

    Args:
        graph: the network.
        format_: `table` for people, `torchsummary` for that package's format, `json`, or `csv`.
        batch_size: the first dimension of every shape; by default none, or -1 in `torchsummary`.
        by: what a row is: a `layer`, or the sum of a `block` or a `stage`.
        width: columns that `table` has to fit; by default any number.
        extras: columns that `table` has beside the others: `flops`, `memory`, `receptive-field`.
        optimizer: whose state training holds: `sgd`, `momentum`, `adam` or `adamw`.
        autocast: whether training runs in bfloat16 under autocast.
        capacity: bytes that training has to fit, if that is asked.

    Raises:
        EnvironmentFault: there is no such format or level, or the format does not have the level.
    """
    _check(format_, FORMATS, "format")
    _check(by, LEVELS, "level")
    _check(optimizer, OPTIMIZERS, "optimizer")
    for extra in extras:
        _check(extra, EXTRAS, "column")
    text: str = import_module(f".{FORMATS[format_]}", __package__).write(
        Request(graph, by, batch_size, width, extras, optimizer, autocast, capacity)
    )
    return text


def _check(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        listed = ", ".join(f"`{each}`" for each in names)
        helps = did_you_mean(name, names, what) or (f"{what}s are {listed}",)
        raise EnvironmentFault(Diagnostic(code="RD513", message=f"unknown {what} `{name}`", helps=helps))
