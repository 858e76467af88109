"""Where in the text each part of a network is asked for, and where to point at for what may be wrong with it."""

from collections.abc import Mapping
from typing import TypeAlias

from ..graph.builder import Place
from ..graph.shapes import Cause
from ..language.spec import Origins
from ..language.text.tree import Path

_Causes: TypeAlias = Mapping[Cause, tuple[Path, ...]]
"""For each cause the keys in question; the first one that is written is pointed at."""

_COMMON: _Causes = {"size": (("input", "size"), ("antialias",), ("norm",)), "norm": (("norm", "groups"),)}


def input_place(origins: Origins) -> Place:
    return _place(origins, "the input", ("input",), {})


def stem_place(origins: Origins) -> Place:
    return _place(origins, "the stem", ("stem",), {**_COMMON, "channels": (("stem", "channels"),)})


def head_place(origins: Origins) -> Place:
    return _place(origins, "the head", ("head",), {**_COMMON, "channels": (("head", "pool"),)})


def stage_place(origins: Origins, index: int) -> Place:
    """That of a stage, counted from 0."""
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
    return Place(name, origins.span(*key), labels)
