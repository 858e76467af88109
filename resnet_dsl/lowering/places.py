"""Where the text specifies each part of a network, and what to point at for each possible fault in it."""

from collections.abc import Mapping
from typing import TypeAlias

from ..graph.builder import Place
from ..graph.shapes import Cause
from ..language.spec import Origins
from ..language.text.tree import Path

_Causes: TypeAlias = Mapping[Cause, tuple[Path, ...]]
"""The candidate keys for each cause; the first one present in the text is pointed at."""

_COMMON: _Causes = {"size": (("input", "size"), ("antialias",), ("norm",)), "norm": (("norm", "groups"),)}

_HELPS: Mapping[Cause, tuple[str, ...]] = {
    "shortcut": ("write `projection`",),
}


def input_place(origins: Origins) -> Place:
    return _place(origins, "the input", ("input",), {})


def stem_place(origins: Origins) -> Place:
    return _place(origins, "the stem", ("stem",), {**_COMMON, "channels": (("stem", "channels"),)})


def head_place(origins: Origins) -> Place:
    return _place(origins, "the head", ("head",), {**_COMMON, "channels": (("head", "pool"),)})


def stage_place(origins: Origins, index: int) -> Place:
    """The place of a stage, numbered from 0."""
    causes: _Causes = {
        **_COMMON,
        "channels": (
            ("stages", "widths", index),
            ("stages", "widths"),
            ("block", "expansion", index),
            ("block", "expansion"),
        ),
        "groups": (("block", "reduce_first", index), ("block", "reduce_first")),
        "inner_width": (("block", "width_per_group", index),),
        "shortcut": (("shortcut", "type"),),
    }
    return _place(origins, f"stage {index + 1}", ("stages", "depths", index), causes)


def _place(origins: Origins, name: str, key: Path, causes: _Causes) -> Place:
    labels = {cause: origins.first_labels(paths) for cause, paths in causes.items()}
    return Place(name, origins.span(*key), labels, _HELPS)
