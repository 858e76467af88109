"""Marks what differs between a network and the one that it is compared with."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import zip_longest

from .parts import Item, Network, Note, Part, Way


def compared(networks: Sequence[Network]) -> tuple[Network, ...]:
    """The networks; in all but the first, what differs from the first is marked."""
    first, *others = networks
    return first, *(_marked(network, first) for network in others)


def _marked(network: Network, first: Network) -> Network:
    counterparts = {part.key: part for part in first.parts}
    header = replace(network.header, is_marked=network.header.shared != first.header.shared)
    parts = tuple(_marked_part(part, counterparts.get(part.key)) for part in network.parts)
    return replace(network, header=header, parts=parts)


def _marked_part(part: Part, counterpart: Part | None) -> Part:
    """The part; what its counterpart has and it lacks is marked at the item that comes next."""
    other = counterpart or Part(part.key, ())
    items = _marked_items(part.items, other.items)
    ways = [_way_content(way) for way in part.ways]
    others = [_way_content(way) for way in other.ways]
    if len(ways) < len(others):
        items = (replace(items[0], is_marked=True), *items[1:])
    return replace(
        part,
        items=items,
        ways=tuple(
            replace(way, items=_marked_items(way.items, () if content not in others else way.items), is_marked=True)
            if content not in others
            else way
            for way, content in zip(part.ways, ways, strict=True)
        ),
        is_marked=part.times != other.times,
    )


def _marked_items(items: Sequence[Item], others: Sequence[Item]) -> tuple[Item, ...]:
    result: list[Item] = []
    matcher = SequenceMatcher(None, [_content(item) for item in others], [_content(item) for item in items], False)
    is_missing = False
    for operation, start, end, first, last in matcher.get_opcodes():
        counterparts = others[start:end] if operation in ("equal", "replace") else ()
        for item, other in zip_longest(items[first:last], counterparts[: last - first]):
            is_marked = operation != "equal" or is_missing
            result.append(replace(item, is_marked=is_marked, notes=_marked_notes(item, other)))
            is_missing = False
        is_missing |= operation == "delete"
    if is_missing and result:
        result[-1] = replace(result[-1], is_marked=True)
    return tuple(result)


def _marked_notes(item: Item, other: Item | None) -> tuple[Note, ...]:
    others = [note.text for note in other.notes] if other else []
    pairs = zip_longest(item.notes, others[: len(item.notes)])
    return tuple(Note(note.text, note.text != text) for note, text in pairs)


def _content(item: Item) -> tuple[tuple[str, ...], str]:
    return item.lines, item.name


def _way_content(way: Way) -> tuple[str, tuple[tuple[tuple[str, ...], str], ...]]:
    return way.kind, tuple(map(_content, way.items))
