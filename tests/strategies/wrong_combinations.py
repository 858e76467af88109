"""Values that are wrong only beside others, by dotted key; `None` removes the key."""

from .documents import Document
from .formatting import Raw

_PROJECTION: Document = {"shortcut": {"type": "projection"}}
_ALIKE: Document = _PROJECTION | {
    "block.conv3x3": None,
    "block.group_width": None,
    "block.reduce_first": None,
    "block.pool": None,
    "conv": None,
    "norm": "batch",
    "blocks": None,
}
"""Blocks of any width that fit: a padding shortcut could not drop channels, nor some norm divide them."""
BASIC: Document = _ALIKE | {
    "block.type": "basic",
    "block.groups": 1,
    "block.width_per_group": 64,
    "block.stride_in": "3x3",
}
_BOTTLENECK: Document = _ALIKE | {
    "block.type": "bottleneck",
    "block.groups": 2,
    "block.width_per_group": 64,
    "stages.widths": 8,
}
_PLAIN: Document = {"init.zero_residual": False, "drop_path": 0}
_PLAIN |= {"shortcut": {"type": "none", "when": "shape_change", "kernel": 1, "pool": "none"}}
_PADDING: Document = {"shortcut": {"type": "padding", "when": "shape_change", "kernel": 1, "pool": "none"}}
_POSTACTIVATION: Document = {"block.preactivation": False, "head.norm": None, "head.activation": None}
_PREACTIVATION: Document = {"block.preactivation": True}
_NORMLESS: Document = {"norm": "none", "init.zero_residual": False}
_NO_LIMIT: Document = {"stages.output_stride": None}
_NO_STRIDES: Document = {"stem.strides": None}


def _within(path: str, **values: object) -> Document:
    """A mapping with a type that is no default."""
    return {path: values}


COMBINATIONS: list[tuple[str, Document]] = [
    ("RD205", _BOTTLENECK | {"block.conv3x3": {"type": "res2", "scale": Raw("0")}}),
    ("RD205", _BOTTLENECK | {"block.conv3x3": {"type": "split", "radix": Raw("33")}}),
    ("RD302", BASIC | {"block.groups": Raw("32")}),
    ("RD302", BASIC | {"block.group_width": Raw("32")}),
    ("RD302", BASIC | {"block.width_per_group": Raw("4")}),
    ("RD302", BASIC | {"block.stride_in": Raw("1x1")}),
    ("RD302", BASIC | {"block.conv3x3": Raw("res2")}),
    ("RD302", BASIC | {"block.conv3x3": {"type": Raw("split"), "radix": 1}}),
    ("RD302", BASIC | {"blocks": {"layer1.*": {"inner": Raw("8")}}}),
    ("RD302", BASIC | {"blocks": {"layer1.0": {"groups": Raw("2")}}}),
    ("RD302", _BOTTLENECK | _within("block.conv3x3", type="res2", radix=Raw("4"))),
    ("RD302", _BOTTLENECK | _within("block.conv3x3", type="split", scale=Raw("2"), radix=1)),
    ("RD302", _BOTTLENECK | _within("block.conv3x3", type="selective", radix=Raw("1"))),
    ("RD302", _BOTTLENECK | _within("block.conv3x3", type="plain", split=Raw("true"))),
    ("RD302", _BOTTLENECK | {"block.conv3x3": "res2", "block.reduce_first": Raw("2")}),
    ("RD302", _BOTTLENECK | {"block.conv3x3": "res2", "blocks": {"layer1.0": {"first": Raw("8")}}}),
    ("RD302", _PLAIN | {"shortcut.when": Raw("always")}),
    ("RD302", _PLAIN | {"shortcut.pool": Raw("avg")}),
    ("RD302", _PLAIN | {"shortcut.norm": Raw("false")}),
    ("RD302", _PLAIN | {"shortcut.zeros": Raw("both")}),
    ("RD302", _PLAIN | _PREACTIVATION | {"shortcut.source": Raw("activation")}),
    ("RD302", _PLAIN | {"init.zero_residual": Raw("true")}),
    ("RD302", _PLAIN | {"drop_path": Raw("0.5")}),
    ("RD302", _PROJECTION | {"shortcut.zeros": Raw("both")}),
    ("RD302", _PROJECTION | _POSTACTIVATION | {"shortcut.source": Raw("activation")}),
    ("RD302", _PROJECTION | _PREACTIVATION | {"shortcut.norm": Raw("false")}),
    ("RD302", _POSTACTIVATION | {"head.norm": Raw("false")}),
    ("RD302", _POSTACTIVATION | {"head.activation": Raw("false")}),
    ("RD302", _within("head.pool", type="max", heads=Raw("2"))),
    ("RD302", _PROJECTION | _NORMLESS | {"conv": {"type": "plain", "bias": Raw("true")}}),
    ("RD302", _PROJECTION | {"norm": "none", "init.zero_residual": Raw("true"), "conv": None}),
    ("RD306", _BOTTLENECK | {"block.groups": Raw("2"), "block.group_width": 4}),
    ("RD306", _BOTTLENECK | {"block.stride_in": Raw("1x1"), "block.pool": "before"}),
    ("RD306", _ALIKE | _within("norm", type="group", groups=Raw("1"), group_width=1)),
    ("RD306", {"stem.pool": {"type": "max", "kernel": 2}, "antialias": Raw("blur")}),
    ("RD306", {"stem.pool": {"type": "max", "padding": "zero"}, "antialias": Raw("avg")}),
    ("RD401", _BOTTLENECK | {"stages.widths": 1, "block.width_per_group": Raw("63")}),
    ("RD401", _BOTTLENECK | {"stages.widths": 3, "block.reduce_first": Raw("2")}),
    ("RD401", _BOTTLENECK | {"block.groups": 1, "block.group_width": Raw("3")}),
    ("RD401", _BOTTLENECK | {"blocks": {"layer1.0": {"inner": Raw("7")}}}),
    ("RD401", BASIC | {"stages.widths": 4, "block.reduce_first": Raw("5")}),
    ("RD401", _ALIKE | {"init.zero_residual": False, "norm": Raw("{type: group, groups: 65536}")}),
    ("RD401", _ALIKE | {"init.zero_residual": False, "norm": Raw("{type: group, group_width: 65521}")}),
    (
        "RD402",
        _NO_STRIDES
        | _NO_LIMIT
        | {"stem.stride": 1, "stem.pool": "max", "antialias": "avg", "norm": "batch", "input.size": Raw("1")},
    ),
    ("RD402", _NO_STRIDES | {"stem.stride": 1, "stem.pool": {"type": "max", "kernel": 2}, "input.size": Raw("1")}),
    ("RD403", _PADDING | {"stem.channels": 65536, "norm": "batch", "shortcut.type": Raw("padding")}),
    ("RD407", {"input.channels": 1, "stem.kernel": 1, "conv": Raw("standardized")}),
]
"""In any document."""

_TINY: Document = {"name": "a", "block": {"type": "basic"}}
_TWO: Document = _TINY | {"stages": {"depths": [2, 2]}}
_WIDE: Document = {"name": "a", "block": {"type": "basic", "expansion": 25}}
_RULE = {"depth": 13, "initial": 24, "slope": 36.44, "multiplier": 2.49}

ALONE: list[tuple[str, Document]] = [
    ("RD203", _TWO | {"block": {"type": "bottleneck", "conv3x3": Raw("{type: res2, x: 1}")}}),
    ("RD202", _TINY | {"stages": {"regnet": Raw("{depth: 13, initial: 24, slope: 1}")}}),
    ("RD203", _TINY | {"stages": {"regnet": _RULE | {Raw("step"): 1}}}),
    ("RD204", _TINY | {"stages": {"regnet": _RULE | {"rounding": Raw("up")}}}),
    ("RD205", _TINY | {"stages": {"regnet": _RULE | {"initial": Raw("23")}}}),
    ("RD205", _TINY | {"stages": {"regnet": _RULE | {"slope": Raw("-1")}}}),
    ("RD205", _TINY | {"stages": {"regnet": _RULE | {"multiplier": Raw("1.0")}}}),
    ("RD301", _TINY | {"stages": {"regnet": _RULE, "strides": Raw("[1, 2, 2]")}}),
    ("RD302", _TWO | {"shortcut": {"pool": "avg", "kernel": Raw("3")}}),
    ("RD302", _TWO | {"shortcut": {"type": "padding", "when": Raw("always")}}),
    ("RD302", _TWO | {"shortcut": {"type": "padding", "when": Raw("first")}}),
    ("RD302", _TWO | {"shortcut": {"type": "padding", "kernel": Raw("3")}}),
    ("RD302", _TWO | {"shortcut": {"type": "padding", "norm": Raw("false")}}),
    ("RD302", _TWO | {"stem": {"pool": {"type": "avg", "padding": Raw("zero")}}}),
    ("RD302", _TWO | {"stem": {"pool": {"type": "max", "kernel": 2, "padding": Raw("same")}}}),
    ("RD302", _TWO | {"norm": "instance", "init": {"zero_residual": Raw("true")}}),
    ("RD304", _TINY | {"stages": {"depths": Raw("[10000, 1]")}}),
    ("RD305", _TINY | {"stages": {"depths": [40], "widths": Raw("65536")}}),
    ("RD306", _TINY | {"stages": {"regnet": Raw("{depth: 13, initial: 24, slope: 0, multiplier: 2}"), "depths": [13]}}),
    ("RD306", _TINY | {"stages": {"regnet": Raw("{depth: 13, initial: 24, slope: 0, multiplier: 2}"), "widths": 24}}),
    ("RD308", _TINY | {"stages": {"regnet": _RULE | {"depth": 100, "slope": 100, "multiplier": Raw("1.01")}}}),
    ("RD308", _TINY | {"stages": {"regnet": _RULE | {"multiplier": 10, "slope": Raw("65536")}}}),
    (
        "RD308",
        _WIDE | {"stages": {"regnet": _RULE | {"initial": Raw("24")}}},
    ),
    ("RD404", _TINY | {"block": {"type": "basic", "expansion": 2}, "stages": {"depths": [1], "widths": Raw("65536")}}),
    ("RD404", _TINY | {"stages": {"depths": [1], "widths": 65536}, "head": {"pool": Raw("catavgmax")}}),
    ("RD405", _TINY | {"stages": {"depths": [1], "output_stride": Raw("8")}}),
    ("RD405", _TINY | {"stages": {"depths": [1, 1], "output_stride": Raw("2")}}),
    ("RD405", _TINY | {"stages": {"depths": [1, 1], "strides": [3, 2], "output_stride": Raw("8")}}),
    ("RD406", _TINY | {"stages": {"depths": [1, 1], "strides": [2, 64], "dilations": 2, "output_stride": Raw("8")}}),
    ("RD401", _TINY | {"stages": {"depths": [1]}, "head": {"pool": {"type": "attention", "heads": Raw("3")}}}),
    ("RD407", _TWO | {"block": {"type": "bottleneck"}, "stem": {"channels": 1}, "conv": Raw("standardized")}),
]
"""Complete specs with one fault."""
