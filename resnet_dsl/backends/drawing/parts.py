"""A network as its drawing tells it: a header, and parts with items in a row and ways around them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from ...graph.graph import Block

Key: TypeAlias = tuple[int, int]
"""A stage, numbered from 1, and the place of a block in it. Parts of several networks with equal keys correspond."""

INPUT, STEM, HEAD = (-2, 0), (-1, 0), (2**31, 0)
"""The keys of the parts outside the stages, before and after those of the blocks."""


class Note(NamedTuple):
    """A line in the margin."""

    text: str
    is_marked: bool = False
    """Whether it differs from its counterpart in the network that this one is compared with."""


WayKind: TypeAlias = Literal["identity", "projection", "padding", "bypass"]
"""What a way around a part of the branch is: a shortcut, or a value that passes by other operations."""


@dataclass(frozen=True, slots=True)
class Item:
    """A box with lines of text, or one character in a circle."""

    lines: tuple[str, ...]
    name: str = ""
    """Small text in the box: the name of a layer."""
    notes: tuple[Note, ...] = ()
    is_detail: bool = False
    """Whether the box is left without the colour of its stage."""
    is_aside: bool = False
    """Whether it is on a way, where boxes are narrow and names have a line of their own."""
    is_fed: bool = True
    """Whether it takes the output of the item before; all of its inputs come on ways otherwise."""
    tooltip: str = ""
    is_marked: bool = False

    @property
    def is_circle(self) -> bool:
        return len(self.lines) == 1 and len(self.lines[0]) == 1


@dataclass(frozen=True, slots=True)
class Way:
    """A line beside the items, from the output of one to another."""

    kind: WayKind
    start: int
    """The index of the item whose output it takes; -1 for the input of the part."""
    end: int
    """The index of the item that takes it."""
    items: tuple[Item, ...] = ()
    """What it passes through."""
    is_boxed: bool = False
    """Whether its items have boxes, as at the level of layers."""
    is_marked: bool = False

    @property
    def is_dashed(self) -> bool:
        return self.kind in ("projection", "padding")


@dataclass(frozen=True, slots=True)
class Part:
    """The input, the stem, a block or a run of equal blocks, or the head."""

    key: Key
    items: tuple[Item, ...]
    ways: tuple[Way, ...] = ()
    title: str = ""
    """The name on its frame, if it has one."""
    times: int = 1
    """How many equal blocks it stands for; more than one are framed."""
    is_boxed: bool = True
    """Whether its items have boxes."""
    is_marked: bool = False

    @property
    def stage(self) -> int:
        """The stage, numbered from 1, or 0 for everything outside the stages."""
        return 0 if self.key in (INPUT, STEM, HEAD) else self.key[0]

    @property
    def is_framed(self) -> bool:
        return bool(self.title) or self.times > 1


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a network."""

    title: str
    size: str
    """Parameters and cost."""
    shared: str
    """What all layers share."""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that a drawing says of a network."""

    header: Header
    parts: tuple[Part, ...]

    @property
    def lines(self) -> Iterator[str]:
        """Every line of text in a box, or beside a shortcut without boxes."""
        for part in self.parts:
            for item in (*part.items, *(item for way in part.ways for item in way.items)):
                yield from item.lines


def keys_of(blocks: Sequence[Block]) -> list[Key]:
    """The key of each block."""
    counts = Counter[int]()
    keys = []
    for block in blocks:
        keys.append((block.stage, counts[block.stage]))
        counts[block.stage] += 1
    return keys
