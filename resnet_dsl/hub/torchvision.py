"""The names of the weights that torchvision publishes for its ResNets, and their addresses, in `torchvision.json`."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ..diagnostics.similar import similar
from .faults import fault, listed

_PREFIX = "torchvision:"


def names() -> list[str]:
    """Every reference to weights of torchvision."""
    return [f"{_PREFIX}{each}.{value}" for each, values in _table()["weights"].items() for value in values]


def address(name: str) -> str:
    """The address of weights by the name that torchvision's `get_weight` takes, such as `ResNet18_Weights.DEFAULT`.

    Raises:
        EnvironmentFault: there are no such weights; the help gives names that exist.
    """
    table: Mapping[str, Mapping[str, str]] = _table()["weights"]
    kind, _, value = name.partition(".")
    if kind in table and value in table[kind]:
        return f"{_table()['folder']}{table[kind][value]}"
    spellings = {each.removesuffix("_Weights"): each for each in table} | {each: each for each in table}
    meant = spellings.get(kind) or spellings.get(similar(kind, spellings) or "")
    message = f"torchvision publishes no weights called `{name}`"
    if meant is None:
        raise fault(
            message,
            notes=(f"those of its ResNets belong to {', '.join(f'`{each}`' for each in table)}",),
            helps=(f"write one of them with its weights, such as `{names()[0]}`",),
        )
    if value in table[meant]:
        raise fault(message, helps=(f"write `{_PREFIX}{meant}.{value}`",))
    raise fault(message, helps=(f"write {listed([f'{_PREFIX}{meant}.{each}' for each in table[meant]])}",))


@cache
def _table() -> Mapping[str, Any]:
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("torchvision.json").read_text("utf-8"))
    return loaded
