"""What entries that no spec describes look like: other families of networks, and what is no network at all."""

import re
from collections.abc import Callable

from .comparison import Comparison, State

_ANCHORS: tuple[tuple[str, str], ...] = ()

_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})(\.\w+)", re.ASCII | re.DOTALL)


def likeness(state: State) -> str:
    """What the entries look like, in words; empty if they tell nothing."""
    if not state:
        return "it has no entries"
    return ""


def shard(file: str) -> str:
    """That the file is one of several, if its name says so, else nothing."""
    match = _SHARD.fullmatch(file)
    if match is None:
        return ""
    index = f"{match[1]}{match[4]}.index.json"
    return f"the file is shard {int(match[2])} of {int(match[3])}; `{index}` stands for all of them"


def first_difference(comparison: Comparison, shown: Callable[[str], str] = str) -> str:
    """The first entry that no network has so."""
    if comparison.unexpected:
        return f"none has an entry `{shown(comparison.unexpected[0])}`"
    if comparison.missing:
        return f"it has no `{shown(comparison.missing[0])}`"
    return f"none has `{shown(comparison.reshaped[0])}` in this shape"
