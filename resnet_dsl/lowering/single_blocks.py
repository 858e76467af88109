"""What single blocks have instead of their stage's values, merged key by key."""

from dataclasses import dataclass, fields, replace

from ..language.spec import Block, SingleBlock, Spec
from ..language.spec import position as position_of
from .names import block as block_path
from .names import every_block

_KEYS = tuple(field.name for field in fields(SingleBlock) if field.name != "name")


@dataclass(frozen=True, slots=True)
class Single:
    """The values of one block, and the names in the spec that state them, the one that wins first."""

    values: SingleBlock
    """Without a name, so that equal values are equal."""
    names: tuple[str, ...] = ()

    def applied(self, block: Block) -> Block:
        """The stage's block with this one's groups, attention and dropout."""
        own = {key: getattr(self.values, key) for key in ("groups", "attention", "dropout")}
        stated = {key: value for key, value in own.items() if value is not None}
        if "groups" in stated:
            stated["group_width"] = 0
        return replace(block, **stated) if stated else block


_NONE = Single(SingleBlock(name=""))


class SingleBlocks:
    """All single blocks of a spec."""

    def __init__(self, spec: Spec) -> None:
        self._by_name = {each.name: each for each in spec.blocks}
        self._merged: dict[tuple[str, ...], Single] = {(): _NONE}

    def positions(self, stage: int) -> set[int]:
        """The blocks of a stage that have a name of their own, counted from 0."""
        places = map(position_of, self._by_name)
        return {position for number, position in places if number == stage and position >= 0}

    def at(self, stage: int, position: int) -> Single:
        """The values of a block: its stage counted from 1, its position from 0; its own name wins over `layerN.*`."""
        if not self._by_name:
            return _NONE
        names = tuple(name for name in (block_path(stage, position), every_block(stage)) if name in self._by_name)
        if names not in self._merged:
            self._merged[names] = self._merge(names)
        return self._merged[names]

    def _merge(self, names: tuple[str, ...]) -> Single:
        found = [self._by_name[name] for name in names]
        values = {
            key: next((value for each in found if (value := getattr(each, key)) is not None), None) for key in _KEYS
        }
        return Single(SingleBlock(name="", **values), names)
