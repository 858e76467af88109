"""Valid specs with exactly one planted fault, and where it must be reported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .documents import Document, documents, stage_count
from .formatting import MARK, Raw, formatted

Planted: TypeAlias = tuple[str, str, int]
"""Text, code and line."""

_STRINGS = ("'3'", "010", "0x10", "1:30", "1_000", "2001-01-01", "no", "~", ".5", "+1", "0o7")
_NON_INTEGERS = (*_STRINGS, "3.0", "1e3", "true", "false")

_BAD_VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "RD001": {"extends": ("./no/such/spec.yaml", "'./no such'")},
    "RD004": {"description": ('"a\\x07"', '"\\ud800"', "a\x07", "'\x00'", "[\x7f]")},
    "RD005": {"head.classes": ("@x", "`x`", "%x", "[1}")},
    "RD006": {"description": ("[" * 32 + "]" * 32, "{a: " * 32 + "}" * 32)},
    "RD008": {"head.classes": ("&a 10", "!!int 10", "*a", "!local 10", "! 10"), "init": ("&a {}", "!!map {}")},
    "RD011": {"head.dropout": ("1e999", "-1e999", "9" * 401, "0." + "1" * 5000)},
    "RD201": {
        **dict.fromkeys(("input.channels", "stem.kernel", "stem.stride", "expect.macs", "version"), _NON_INTEGERS),
        **dict.fromkeys(("input.size", "stem.channels", "stages.widths", "block.expansion"), _NON_INTEGERS),
        **dict.fromkeys(("stages.dilations", "block.reduce_first", "stages.output_stride"), _NON_INTEGERS),
        **dict.fromkeys(("head.dropout", "drop_path"), ("'0.1'", ".5", "1.", "yes", "1e", "[0.1]", "false")),
        **dict.fromkeys(("init.zero_residual", "block.preactivation"), ("yes", "True", "1", "'true'", "on", "0.0")),
        "shortcut.kernel": ("3.0", "3x3", "[3]"),
        "head.classes": ("[1]", "[]"),
        "stages.depths": ("3", "'[1, 2]'", "x"),
        "name": ("5", "true", "[a]", "null", "1.5"),
        "description": ("5", "false", "[a]", "1e3"),
        "stem": ("5", "[]", "x"),
        "norm": ("5", "[batch]", "{type: batch, eps: small}", "{type: group, groups: 3.0}"),
        "attention": ("5", "true", "{type: se, ratio: half}"),
    },
    "RD202": {"norm": ("{}", "{eps: 0.1}"), "attention": ("{}", "{ratio: 0.5}")},
    "RD203": {"norm": ("{type: batch, epsilon: 1}",), "attention": ("{type: se, Ratio: 1}", "{type: none, x: 1}")},
    "RD204": {
        **dict.fromkeys(("stem.pool", "block.type", "block.stride_in"), ("Max", "bottelneck", "'3x3 '", "''", "no")),
        **dict.fromkeys(("shortcut.type", "shortcut.when", "head.pool"), ("projektion", "Always", "NONE", "1", "[]")),
        **dict.fromkeys(("activation", "antialias", "shortcut.pool"), ("Relu", "swish", "''", "false")),
        **dict.fromkeys(("norm", "attention"), ("batchnorm", "''", "ese", "{type: sse}")),
        "shortcut.kernel": ("0", "2", "5"),
        "stages.output_stride": ("0", "3", "32768", "-8"),
        "version": ("0", "2", "-1"),
    },
    "RD205": {
        "input.channels": ("0", "-1", "65537"),
        "input.size": ("0", "16385", "-0", "[1, 0]", "[16385, 1]"),
        "stem.channels": ("0", "65537", "9" * 400, "[64, 0, 64]"),
        "stem.kernel": ("2", "30", "33", "-1"),
        "stem.stride": ("0", "65"),
        **dict.fromkeys(("block.expansion", "stages.widths", "block.reduce_first"), ("0", "65537")),
        **dict.fromkeys(("stages.strides", "stages.dilations"), ("0", "65")),
        **dict.fromkeys(("head.dropout", "drop_path"), ("1", "1.0", "-0.1", "1e300", "-1e-300", "9" * 400)),
        "norm": ("{type: batch, eps: 0}", "{type: batch, momentum: 1.1}", "{type: group, groups: 0}"),
        "attention": ("{type: se, ratio: 0}", "{type: se, ratio: 1.5}"),
        "head.classes": ("-1", "65537"),
        "expect.params": ("-1", str(2**63)),
    },
    "RD206": {
        "name": ("''", "1a", "a b", "é", "-a", "a" * 65, '"a\\n"', "a/b", "no!", "0x10", "1_000", "~", "2001-01-01"),
        "extends": ("''", '""'),
    },
    "RD207": {
        "input.size": ("[1]", "[1, 2, 3]", "[]"),
        "stages.depths": ("[]", f"[{'1, ' * 17}]"),
        "stem.channels": ("[]",),
        "expect.output": ("[]", "[1, 2, 3, 4]"),
    },
    "RD208": {
        **dict.fromkeys(("input", "input.size", "block", "block.type", "stages.depths", "version"), ("null",)),
        **dict.fromkeys(("norm", "attention", "activation", "stages.output_stride", "expect"), ("null",)),
    },
    "RD301": dict.fromkeys(("stages.widths", "attention"), ("[]",)),
    "RD302": {
        "attention": ("{type: eca, ratio: 0.5}", "{type: none, ratio: 0.5}"),
        "norm": ("{type: layer, momentum: 0.5}", "{type: batch, groups: 8}", "{type: group, groups: 1, momentum: 0}"),
    },
    "RD303": {
        "expect.params": ("0",),
        "expect.macs": ("0",),
        "expect.depth": ("1",),
        "expect.output": ("[1, 1]", "[131072]"),
    },
}
"""Code -> keys and the values that are invalid for them in every document."""

_PROJECTION: Document = {"shortcut": {"type": "projection"}}
_BASIC = (
    _PROJECTION
    | {  # a padding shortcut cannot drop channels, as it would have to if bottlenecks become basic blocks
        "block.type": "basic",
        "block.groups": 1,
        "block.width_per_group": 64,
        "block.stride_in": "3x3",
    }
)
_PLAIN: Document = {"init.zero_residual": False, "drop_path": 0}
_PLAIN |= {"shortcut": {"type": "none", "when": "shape_change", "kernel": 1, "pool": "none"}}
_PADDING = {"shortcut": {"type": "padding", "when": "shape_change", "kernel": 1, "pool": "none"}}
_NO_LIMIT: Document = {"stages.output_stride": None}
_TINY = {"name": "a", "block": {"type": "basic"}}
_BOTTLENECK: Document = _PROJECTION | {
    "block.type": "bottleneck",
    "block.groups": 2,
    "block.width_per_group": 64,
    "norm": "batch",
}

_BAD_COMBINATIONS: list[tuple[str, Document]] = [
    ("RD302", _BASIC | {"block.groups": Raw("32")}),
    ("RD302", _BASIC | {"block.width_per_group": Raw("4")}),
    ("RD302", _BASIC | {"block.stride_in": Raw("1x1")}),
    ("RD302", _PLAIN | {"shortcut.when": Raw("always")}),
    ("RD302", _PLAIN | {"shortcut.pool": Raw("avg")}),
    ("RD302", _PLAIN | {"init.zero_residual": Raw("true")}),
    ("RD302", _PLAIN | {"drop_path": Raw("0.5")}),
    ("RD302", _PADDING | {"shortcut.when": Raw("always")}),
    ("RD302", _PADDING | {"shortcut.kernel": Raw("3")}),
    ("RD302", _PROJECTION | {"shortcut.pool": "avg", "shortcut.kernel": Raw("3")}),
    ("RD302", _PROJECTION | {"norm": "none", "init.zero_residual": Raw("true")}),
    ("RD302", _PROJECTION | {"norm": {"type": "instance"}, "init.zero_residual": Raw("true")}),
    ("RD401", _BOTTLENECK | {"stages.widths": 1, "block.width_per_group": Raw("63")}),
    ("RD401", _BOTTLENECK | {"stages.widths": 3, "block.reduce_first": Raw("2")}),
    ("RD401", _BASIC | {"stages.widths": 4, "block.reduce_first": Raw("5")}),
    ("RD401", _PROJECTION | {"init.zero_residual": False, "norm": Raw("{type: group, groups: 65536}")}),
    (
        "RD402",
        {"stem.stride": 1, "stem.pool": "max", "antialias": "avg", "norm": "batch", "input.size": Raw("1")} | _NO_LIMIT,
    ),
    ("RD403", _PADDING | {"stem.channels": 65536, "norm": "batch", "shortcut.type": Raw("padding")}),
]
"""Values that are invalid only in combination, by dotted key; `None` removes the key."""

_ALONE: list[tuple[str, Document]] = [
    ("RD304", _TINY | {"stages": {"depths": Raw("[10000, 1]")}}),
    ("RD305", _TINY | {"stages": {"depths": [40], "widths": Raw("65536")}}),
    ("RD404", _TINY | {"block": {"type": "basic", "expansion": 2}, "stages": {"depths": [1], "widths": Raw("65536")}}),
    ("RD404", _TINY | {"stages": {"depths": [1], "widths": 65536}, "head": {"pool": Raw("catavgmax")}}),
    ("RD405", _TINY | {"stages": {"depths": [1], "output_stride": Raw("8")}}),
    ("RD405", _TINY | {"stages": {"depths": [1, 1], "output_stride": Raw("2")}}),
    ("RD405", _TINY | {"stages": {"depths": [1, 1], "strides": [3, 2], "output_stride": Raw("8")}}),
    ("RD406", _TINY | {"stages": {"depths": [1, 1], "strides": [2, 64], "dilations": 2, "output_stride": Raw("8")}}),
]
"""Complete specs with one fault."""

_REQUIRED = {"name": "nmae", "block": "blokc", "stages": "stage", "block.type": "tpye", "stages.depths": "Dephts"}
"""The required keys and misspellings of them."""


@dataclass(frozen=True)
class _Fault:
    document: Document
    code: str
    is_last_mark: bool = False
    """Whether the last of several marks, rather than the first, is the place."""
    tail: str = ""
    """Text after the document."""


def planted_faults() -> SearchStrategy[Planted]:
    """Texts with one fault, the code of its diagnostic, and the line that the diagnostic must point at."""
    kinds = [*_BAD_VALUES, *_PLANTERS, *("combination",) * 4, *("alone",) * 2]
    return st.sampled_from(kinds).flatmap(_planted)


@st.composite
def _planted(draw: DrawFn, kind: str) -> Planted:
    document = draw(documents())
    if kind in _BAD_VALUES:
        path = draw(st.sampled_from(sorted(_BAD_VALUES[kind])))
        fault = _replaced(document, {path: Raw(draw(st.sampled_from(_BAD_VALUES[kind][path])))}, kind)
    elif kind == "combination":
        code, values = draw(st.sampled_from(_BAD_COMBINATIONS))
        fault = _replaced(document, values, code)
    elif kind == "alone":
        code, document = draw(st.sampled_from(_ALONE))
        fault = _Fault(document, code)
    else:
        fault = _PLANTERS[kind](draw, document)
    text = draw(formatted(fault.document)) + fault.tail
    place = text.rindex(MARK) if fault.is_last_mark else text.index(MARK)
    return text.replace(MARK, ""), fault.code, text.count("\n", 0, place) + 1


def _replaced(document: Document, values: Document, code: str) -> _Fault:
    for path, value in values.items():
        *parents, key = path.split(".")
        table = document
        for parent in parents:
            table[parent] = dict(table.get(parent, {}))
            table = table[parent]
        table[key] = value
        if value is None:
            del table[key]
    return _Fault(document, code)


def _rename(table: Document, old: str, new: Any) -> None:
    entries = [(new if key == old else key, value) for key, value in table.items()]
    table.clear()
    table.update(entries)


def _required(draw: DrawFn, document: Document) -> tuple[Document, str, str]:
    """A mapping, one of its required keys, and a misspelling of the key."""
    path, misspelt = draw(st.sampled_from(sorted(_REQUIRED.items())))
    *parents, key = path.split(".")
    return document[parents[0]] if parents else document, key, misspelt


def _unknown_key(draw: DrawFn, document: Document) -> _Fault:
    owner = draw(st.sampled_from([None, "input", "stem", "block", "shortcut", "stages", "head", "init", "expect"]))
    table = document if owner is None else document.setdefault(owner, {})
    table[Raw(draw(st.sampled_from(["colour", "'x y'", '"\\u00e9"', "Depth", "''"])))] = 1
    return _Fault(document, "RD203")


def _misspelt_key(draw: DrawFn, document: Document) -> _Fault:
    table, key, misspelt = _required(draw, document)
    _rename(table, key, Raw(misspelt))
    return _Fault(document, "RD203")


def _missing_key(draw: DrawFn, document: Document) -> _Fault:
    table, key, _ = _required(draw, document)
    del table[key]
    for name in list(document):
        if table is document or document[name] is table:  # the first key of the spec, or the key of the mapping
            _rename(document, name, Raw(name))
    return _Fault(document, "RD202")


def _duplicate_key(draw: DrawFn, document: Document) -> _Fault:
    table = draw(
        st.sampled_from([document, *(value for value in document.values() if isinstance(value, dict) and value)])
    )
    key = draw(st.sampled_from(sorted(table)))
    value = table[key]
    _rename(table, key, Raw(key))
    table[Raw(f'"{key}"')] = value  # either may come first in the text, and the value of the first is used
    return _Fault(document, "RD009", is_last_mark=True)


def _merge_key(draw: DrawFn, document: Document) -> _Fault:
    document[Raw("<<")] = draw(st.sampled_from([{}, [], 1]))
    return _Fault(document, "RD008")


def _non_string_key(draw: DrawFn, document: Document) -> _Fault:
    table = draw(st.sampled_from([document, document["block"], document["stages"]]))
    table[Raw(draw(st.sampled_from(["1", "true", "null", "1.5", "[a]", "{a: 1}", "-0"])))] = 1
    return _Fault(document, "RD010")


def _second_document(draw: DrawFn, document: Document) -> _Fault:
    return _Fault(document, "RD007", tail=f"\n{MARK}---{draw(st.sampled_from(['', ' a: 1', ' [']))}\n")


def _wrong_number_of_stages(draw: DrawFn, document: Document) -> _Fault:
    stages = stage_count(document)
    count = draw(st.sampled_from([length for length in (stages - 1, stages + 1) if 1 <= length <= 16]))
    neutral: Document = {"stages.widths": 64, "stages.strides": 1, "stages.dilations": 1, "attention": "se"}
    neutral |= {"block.expansion": 2, "block.groups": 1, "block.width_per_group": 64, "block.reduce_first": 1}
    path, value = draw(st.sampled_from(sorted(neutral.items())))
    return _replaced(document, {path: Raw(str([value] * count))}, "RD301")


def _item_out_of_bounds(draw: DrawFn, document: Document) -> _Fault:
    path, least, most = draw(
        st.sampled_from(
            [
                ("stages.depths", 1, 10_000),
                ("stages.widths", 1, 65_536),
                ("stages.strides", 1, 64),
                ("block.expansion", 1, 65_536),
            ]
        )
    )
    values: list[Any] = [least] * stage_count(document)
    values[draw(st.integers(0, len(values) - 1))] = Raw(str(draw(st.sampled_from([least - 1, most + 1]))))
    return _replaced(document, {path: values}, "RD205")


def _item_without_effect(draw: DrawFn, document: Document) -> _Fault:
    groups: list[Any] = [1] * stage_count(document)
    groups[draw(st.integers(0, len(groups) - 1))] = Raw("2")
    return _replaced(document, _BASIC | {"block.groups": groups}, "RD302")


_PLANTERS: dict[str, Callable[[DrawFn, Document], _Fault]] = {
    planter.__name__: planter
    for planter in (
        _unknown_key,
        _misspelt_key,
        _missing_key,
        _duplicate_key,
        _merge_key,
        _non_string_key,
        _second_document,
        _wrong_number_of_stages,
        _item_out_of_bounds,
        _item_without_effect,
    )
}
