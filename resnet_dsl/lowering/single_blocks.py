"""What single blocks have instead of their stage's values, merged key by key."""

from dataclasses import dataclass, fields, replace

from ..language.spec import Block, SingleBlock, Spec
from .names import block as block_path
from .names import every_block

_KEYS = tuple(field.name for field in fields(SingleBlock) if field.name != "name")


@dataclass(frozen=True, slots=True)
class Single:
    """The values of one block, and the names in the spec that state them, the one that wins first."""

    values: SingleBlock
    names: tuple[str, ...] = ()

    def applied(self, block: Block) -> Block:
        """The stage's block with this one's groups, attention and dropout."""
        own = {key: getattr(self.values, key) for key in ("groups", "attention", "dropout")}
        stated = {key: value for key, value in own.items() if value is not None}
        if "groups" in stated:
            stated["group_width"] = 0
        return replace(block, **stated) if stated else block


class SingleBlocks:
    """All single blocks of a spec."""

    def __init__(self, spec: Spec) -> None:
        self._by_name = {each.name: each for each in spec.blocks}

    def at(self, stage: int, position: int) -> Single:
        """The values of a block: its stage counted from 1, its position from 0; its own name wins over `layerN.*`."""
        path = block_path(stage, position)
        found = [self._by_name[name] for name in (path, every_block(stage)) if name in self._by_name]
        values = {
            key: next((value for each in found if (value := getattr(each, key)) is not None), None) for key in _KEYS
        }
        return Single(SingleBlock(name=path, **values), tuple(each.name for each in found))
