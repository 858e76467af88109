"""Where the text specifies each part of a network, and what to point at for each possible fault in it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..graph.builder import Place
from ..graph.shapes import Cause
from ..language.spec import Origins
from ..language.text.tree import Path

_Causes: TypeAlias = Mapping[Cause, tuple[Path, ...]]
"""The candidate keys for each cause; the first one present in the text is pointed at."""

_COMMON: _Causes = {
    "size": (("input", "size"), ("antialias",), ("norm",)),
    "norm": (("norm", "group_width"), ("norm", "groups")),
    "standardization": (("conv", "type"), ("conv",)),
}

_HELPS: Mapping[Cause, tuple[str, ...]] = {
    "shortcut": ("write `projection`",),
}


def input_place(origins: Origins) -> Place:
    return _place(origins, "the input", ("input",), dict)


def stem_place(origins: Origins) -> Place:
    return _place(origins, "the stem", ("stem",), lambda: {**_COMMON, "channels": (("stem", "channels"),)})


def head_place(origins: Origins) -> Place:
    causes: _Causes = {
        "channels": (("head", "conv"), ("head", "pool")),
        "heads": (("head", "pool", "heads"), ("head", "pool", "type"), ("head", "pool")),
    }
    return _place(origins, "the head", ("head",), lambda: {**_COMMON, **causes})


def block_place(origins: Origins, index: int, names: tuple[str, ...] = ()) -> Place:
    """The place of a block in a stage, numbered from 0, that `blocks` states under these names."""

    def own(*keys: str) -> tuple[Path, ...]:
        paths = (("blocks", name, key) for key in keys for name in names)
        return tuple(path for path in paths if path in origins.spans)

    def causes() -> _Causes:
        return {
            **_COMMON,
            "channels": (
                *own("first", "inner"),
                ("stages", "widths", index),
                ("stages", "widths"),
                ("block", "expansion", index),
                ("block", "expansion"),
            ),
            "groups": (
                *own("groups", "inner", "first"),
                ("block", "reduce_first", index),
                ("block", "reduce_first"),
                ("block", "groups", index),
            ),
            "group_width": (*own("inner"), ("block", "group_width", index), ("block", "group_width")),
            "inner_width": (("block", "width_per_group", index),),
            "halves": (*own("first", "inner"), ("block", "conv3x3", index, "split"), ("block", "conv3x3", "split")),
            "shortcut": (("shortcut", "type"),),
        }

    return _place(origins, f"stage {index + 1}", ("stages", "depths", index), causes)


def _place(origins: Origins, name: str, key: Path, causes: Callable[[], _Causes]) -> Place:
    return Place(name, origins.span(*key), lambda cause: origins.first_labels(causes()[cause]), _HELPS)
