"""The direction that networks flow in, and the sizes that all tiles share, so that they line up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from . import style
from .figure import Point
from .parts import Item, Network
from .text import text_width, widest

Direction: TypeAlias = Literal["down", "right"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Lengths from the axis that a network flows along; ways are on its positive side, notes on the other."""

    direction: Direction
    width: float
    """The width of every box on the axis."""
    way_width: float
    """The width of every box on a way."""
    half: float
    """From the axis to the edge of the widest or highest box on it."""
    notes: float
    """From the axis to the near end of the margin, if the network flows to the right, else to the far end."""
    margin: float
    """From the axis to the far end of the margin."""

    def at(self, along: float, across: float) -> Point:
        """A point by its distance along the axis and from it."""
        return (across, along) if self.direction == "down" else (along, -across)

    def along(self, item: Item, width: float) -> float:
        """The length along the axis of a box of this width."""
        return box_height(item) if self.direction == "down" else width

    def across(self, item: Item, width: float) -> float:
        """The length across the axis of a box of this width."""
        return width if self.direction == "down" else box_height(item)

    def around(self, item: Item, length: float) -> float:
        """How much farther than usual its neighbours on the axis must be, for notes that are longer than the item."""
        notes = widest((note.text for note in item.notes), style.SMALL)
        return max(0, (notes + 6 - length - style.GAP) / 2) if self.direction == "right" else 0


def scale_of(networks: Sequence[Network], direction: Direction) -> Scale:
    """The sizes that fit every part of the networks."""
    parts = [part for network in networks for part in network.parts]
    items = [item for part in parts for item in part.items]
    boxes = [item for part in parts if part.is_boxed for item in part.items if not item.is_circle]
    width = max(map(box_width, boxes), default=0)
    way_width = max((box_width(item) for part in parts for way in part.ways for item in way.items), default=0)
    frame = style.FRAME if any(part.is_framed for part in parts) else 0
    if direction == "down":
        half = width / 2
        texts = (note.text for item in items for note in item.notes)
        notes = margin = half + frame + 6 + widest(texts, style.SMALL)
    else:
        half = max(map(box_height, boxes), default=0) / 2
        notes = half + frame + (style.NOTE if any(part.title for part in parts) else 0)
        margin = notes + style.NOTE * max((len(item.notes) for item in items), default=0)
    return Scale(direction, width, way_width, half, notes, margin)


def box_width(item: Item) -> float:
    """The width that the text of a box needs."""
    name = text_width(item.name, style.NAME)
    text = widest(item.lines, style.SIZE)
    return (max(text, name) if item.is_aside else text + (name + 10 if name else 0)) + 2 * style.INSET


def box_height(item: Item) -> float:
    """The height that the lines of a box need."""
    return style.LINE * len(item.lines) + style.PAD + (style.NOTE if item.is_aside and item.name else 0)
