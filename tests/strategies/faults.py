"""Valid specs with exactly one planted fault, and where it must be reported."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .attentions import attention
from .choices import flip, integer, one_of
from .documents import Document, depths_of, documents, stage_count, without_ineffective_keys, without_rule
from .formatting import MARK, Raw, formatted
from .wrong_combinations import ALONE, BASIC, COMBINATIONS
from .wrong_values import WRONG_VALUES

Planted: TypeAlias = tuple[str, str, int]
"""Text, code and line."""

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
    kinds = [*WRONG_VALUES, *_PLANTERS, *("combination",) * 4, *("alone",) * 2]
    return st.sampled_from(kinds).flatmap(_planted)


@st.composite
def _planted(draw: DrawFn, kind: str) -> Planted:
    document = draw(documents())
    if kind in WRONG_VALUES:
        path = one_of(draw, sorted(WRONG_VALUES[kind]))
        if path == "blocks":  # or keys that had an effect on single blocks alone lose it
            document = without_ineffective_keys({key: value for key, value in document.items() if key != path})
        fault = _replaced(document, {path: Raw(one_of(draw, WRONG_VALUES[kind][path]))}, kind)
    elif kind == "combination":
        code, values = one_of(draw, COMBINATIONS)
        fault = _replaced(without_rule(document), values, code)
    elif kind == "alone":
        code, document = one_of(draw, ALONE)
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
    path, misspelt = one_of(draw, sorted(_REQUIRED.items()))
    *parents, key = path.split(".")
    return document[parents[0]] if parents else document, key, misspelt


def _unknown_key(draw: DrawFn, document: Document) -> _Fault:
    owner = one_of(draw, [None, "input", "stem", "block", "shortcut", "stages", "head", "init", "expect"])
    table = document if owner is None else document.setdefault(owner, {})
    table[Raw(one_of(draw, ["colour", "'x y'", '"\\u00e9"', "Depth", "''"]))] = 1
    return _Fault(document, "RD203")


def _misspelt_key(draw: DrawFn, document: Document) -> _Fault:
    document = without_rule(document)
    table, key, misspelt = _required(draw, document)
    _rename(table, key, Raw(misspelt))
    return _Fault(document, "RD203")


def _missing_key(draw: DrawFn, document: Document) -> _Fault:
    document = without_rule(document)
    table, key, _ = _required(draw, document)
    del table[key]
    for name in list(document):
        if table is document or document[name] is table:  # the first key of the spec, or the key of the mapping
            _rename(document, name, Raw(name))
    return _Fault(document, "RD202")


def _duplicate_key(draw: DrawFn, document: Document) -> _Fault:
    table = one_of(draw, [document, *(value for value in document.values() if isinstance(value, dict) and value)])
    key = one_of(draw, sorted(table))
    value = table[key]
    _rename(table, key, Raw(key))
    table[Raw(f'"{key}"')] = value  # either may come first in the text, and the value of the first is used
    return _Fault(document, "RD009", is_last_mark=True)


def _merge_key(draw: DrawFn, document: Document) -> _Fault:
    document[Raw("<<")] = one_of(draw, [{}, [], 1])
    return _Fault(document, "RD008")


def _non_string_key(draw: DrawFn, document: Document) -> _Fault:
    table = one_of(draw, [document, document["block"], document["stages"]])
    table[Raw(one_of(draw, ["1", "true", "null", "1.5", "[a]", "{a: 1}", "-0"]))] = 1
    return _Fault(document, "RD010")


def _second_document(draw: DrawFn, document: Document) -> _Fault:
    return _Fault(document, "RD007", tail=f"\n{MARK}---{one_of(draw, ['', ' a: 1', ' ['])}\n")


def _wrong_number_of_stages(draw: DrawFn, document: Document) -> _Fault:
    stages = stage_count(document)
    count = one_of(draw, [length for length in (stages - 1, stages + 1) if 1 <= length <= 16])
    neutral: Document = {"stages.widths": 64, "stages.strides": 1, "stages.dilations": 1, "attention": "se"}
    neutral |= {"block.expansion": 2, "block.groups": 1, "block.width_per_group": 64, "block.reduce_first": 1}
    neutral |= {"block.group_width": 0, "block.conv3x3": "plain"}
    path, value = one_of(draw, sorted(neutral.items()))
    return _replaced(without_rule(document), {path: Raw(json.dumps([value] * count))}, "RD301")


def _wrong_number_of_strides(draw: DrawFn, document: Document) -> _Fault:
    channels = document.get("stem", {}).get("channels", 64)
    count = len(channels) if isinstance(channels, list) else 1
    length = one_of(draw, [each for each in (count - 1, count + 1) if each])
    return _replaced(document, {"stem.stride": None, "stem.strides": Raw(str([1] * length))}, "RD301")


def _two_strides(draw: DrawFn, document: Document) -> _Fault:
    channels = document.get("stem", {}).get("channels", 64)
    strides = [integer(draw, 1, 3) for _ in (channels if isinstance(channels, list) else [channels])]
    return _replaced(document, {"stem.stride": Raw("2"), "stem.strides": strides}, "RD306")


def _missing_block(draw: DrawFn, document: Document) -> _Fault:
    depths = depths_of(document)
    index = integer(draw, 0, len(depths) - 1)
    names = [f"layer{index + 1}.{depths[index]}", f"layer{len(depths) + 1}.0", f"'layer{len(depths) + 1}.*'"]
    values = {key: value for key, value in {"dilation": 2, "attention": attention(draw)}.items() if flip(draw)}
    document["blocks"] = {**document.get("blocks", {}), Raw(one_of(draw, names)): values}
    return _Fault(document, "RD307")


def _item_out_of_bounds(draw: DrawFn, document: Document) -> _Fault:
    bounds = [
        ("stages.depths", 1, 10_000),
        ("stages.widths", 1, 65_536),
        ("stages.strides", 1, 64),
        ("block.expansion", 1, 65_536),
        ("block.group_width", 0, 65_536),
    ]
    path, least, most = one_of(draw, bounds)
    values: list[Any] = [least] * stage_count(document)
    values[integer(draw, 0, len(values) - 1)] = Raw(str(one_of(draw, [least - 1, most + 1])))
    return _replaced(document, {path: values}, "RD205")


def _item_without_effect(draw: DrawFn, document: Document) -> _Fault:
    groups: list[Any] = [1] * stage_count(document)
    groups[integer(draw, 0, len(groups) - 1)] = Raw("2")
    return _replaced(without_rule(document), BASIC | {"block.groups": groups}, "RD302")


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
        _wrong_number_of_strides,
        _two_strides,
        _missing_block,
        _item_out_of_bounds,
        _item_without_effect,
    )
}
