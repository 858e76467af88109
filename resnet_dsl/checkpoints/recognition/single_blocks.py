"""What single blocks have instead of their stage's values, in as few entries as say it."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeAlias

from ...language.spec import SingleBlock
from ...lowering.names import every_block

Entries: TypeAlias = dict[str, dict[str, Any]]
"""Values by key, by the name of a block, or of all blocks of a stage."""


def own(entries: Mapping[str, Mapping[str, Any]], stage: int, name: str) -> dict[str, Any]:
    """The values that entries give a block: key by key, its own name wins over that of all blocks of its stage."""
    return {**entries.get(every_block(stage), {}), **entries.get(name, {})}


def exceptions(
    stage: int, names: Sequence[str], key: str, values: Sequence[Hashable], usual: Sequence[Hashable]
) -> Entries:
    """The fewest entries of one key that give blocks these values where they would have the usual ones.

    Args:
        stage: the stage's number.
        names: the names of its blocks.
        key: the key.
        values: the value of each block.
        usual: what each would have without an entry.
    """
    each = {name: {key: value} for name, value, other in zip(names, values, usual, strict=True) if value != other}
    ((most, _),) = Counter(values).most_common(1)
    others = {name: {key: value} for name, value in zip(names, values, strict=True) if value != most}
    return min(each, {every_block(stage): {key: most}} | others, key=len)


def merged(*every: Mapping[str, Mapping[str, Any]]) -> Entries:
    """All entries in the order of the network, those of all blocks of a stage first; without empty ones."""
    found: Entries = {}
    for entries in every:
        for name, values in entries.items():
            found[name] = found.get(name, {}) | dict(values)
    keys = [field.name for field in fields(SingleBlock)]
    return {
        name: dict(sorted(found[name].items(), key=lambda item: keys.index(item[0])))
        for name in sorted(found, key=_place)
        if found[name]
    }


def picked(entries: Mapping[str, Mapping[str, Any]] | None, keys: Collection[str]) -> Entries:
    """The entries with these keys only."""
    kept = {
        name: {key: value for key, value in (values or {}).items() if key in keys and value is not None}
        for name, values in (entries or {}).items()
    }
    return merged(kept)


def existing(entries: Mapping[str, Mapping[str, Any]] | None, stages: Mapping[int, Collection[str]]) -> Entries:
    """The entries of blocks that are there.

    Args:
        entries: all entries.
        stages: the names of the blocks of each stage, by its number.
    """
    names = {name for number, blocks in stages.items() for name in (every_block(number), *blocks)}
    return {name: dict(values) for name, values in (entries or {}).items() if name in names and values}


def _place(name: str) -> tuple[int, int]:
    stage, _, number = name.removeprefix("layer").partition(".")
    return int(stage), -1 if number == "*" else int(number)
