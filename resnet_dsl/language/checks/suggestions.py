"""What to write instead of a value that the schema does not allow, as far as the intent is clear."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...diagnostics.similar import did_you_mean
from ...limits import MAX_STAGES
from ..spec import default, default_stride, default_width
from ..text.missing_space import missing_space_help
from ..text.tree import Path, Plain, Scalar, Table, Tree, to_plain
from .schema import enumerated, is_required, name_like, part_at, properties, sections
from .validator import is_valid
from .vocabulary.conversions import image_shape
from .vocabulary.lines import example_help, line_help, lines_help, option_help, options_help, values_help
from .vocabulary.meaning import meaning, translated
from .vocabulary.notations import readings
from .vocabulary.numbers import is_number
from .vocabulary.values import line_for, note_on
from .wording import quoted

_NULLS = ("~", "null")
_PROSE: tuple[Path, ...] = (("description",), ("reference",))
_PROBABILITIES: tuple[Path, ...] = (("drop_path",), ("head", "dropout"), ("block", "dropout"))
_BLOCKS: Path = ("blocks",)
"""Elsewhere, this is the number of blocks of each stage."""
_RULE: Mapping[str, Plain] = {"depth": 13, "initial": 24, "slope": 36.44, "multiplier": 2.49}
"""That of RegNetX-200MF."""


def suggestions(found: Tree, path: Path, document: Mapping[str, Any], *, is_option: bool) -> tuple[str, ...]:
    """A help that says what to write instead of `found`, if the intent is clear.

    Args:
        found: the value at `path`, which the schema does not allow.
        path: its path.
        document: the document as plain data.
        is_option: whether it is the value of `--set`.
    """
    value, is_child = to_plain(found), is_option or "extends" in document
    if isinstance(found, Scalar) and str(value).casefold() in _NULLS and path not in _PROSE:
        return ("write `null`",) if is_child else ("remove the key",)
    if isinstance(found, Scalar) and found.span.start == found.span.end:
        return _instead_of_nothing(path, document, is_option=is_option, is_child=is_child)
    if path == _BLOCKS and (meant := meaning((), "blocks", value, document)) is not None and meant.fragment is not None:
        return option_help(meant.fragment, {}) if is_option else line_help(meant.fragment, {}, (), document)
    shape = image_shape(value, {}) if path == ("input", "size") and isinstance(value, list) and len(value) > 2 else None
    if (line := shape or line_for(path, value) or _instead_of_list(path, value)) is not None:
        return _lines(path, [line], is_option=is_option)
    if better := [*_better(found, path)]:
        return _written(path, better, is_whole=isinstance(found, Table), is_option=is_option)
    if note_on(path, value) is not None:
        return ()
    if isinstance(value, str):
        known = [*map(str, enumerated(path))]
        if helps := missing_space_help(value) or did_you_mean(value, known, "value"):
            return helps
    return () if is_child or not (isinstance(found, Scalar) or value == []) else _example(path, is_option=is_option)


def _instead_of_list(path: Path, value: Plain) -> Mapping[str, Any] | None:
    """The key that is a list, where another one is a list that cannot be one."""
    is_strides = path == ("stem", "stride") and isinstance(value, list) and is_valid(("stem", "strides"), value)
    return {"strides": value} if is_strides else None


def _instead_of_nothing(path: Path, document: Mapping[str, Any], *, is_option: bool, is_child: bool) -> tuple[str, ...]:
    """What to do about a key without a value, whose keys may have been written too far to the left."""
    if len(path) == 1 and path[0] in sections():
        strays = [key for key in document if key in properties(path) and key not in properties(())]
        if strays:
            return (f"indent {quoted(strays)} below it",)
    if is_required(path):
        return () if is_child else _example(path, is_option=is_option)
    return () if is_option else ("remove the key",)


def _example(path: Path, *, is_option: bool) -> tuple[str, ...]:
    values = examples(path)
    if is_option:
        return options_help(path, values)
    return example_help({str(path[-1]): value} for value in values)


def _lines(path: Path, lines: list[Mapping[str, Any]], *, is_option: bool) -> tuple[str, ...]:
    """The help with keys and values that replace the key at a path."""
    return option_help({str(path[0]): lines[0]} if len(path) > 1 else lines[0], {}) if is_option else lines_help(lines)


def remarks(found: Tree, path: Path) -> tuple[str, ...]:
    """What to know about a value: a word that has no counterpart here, or a list that is none."""
    value = to_plain(found)
    if (note := note_on(path, value)) is not None:
        return (note.text,)
    if path == ("blocks",) and not isinstance(value, dict):
        return ("`blocks` has what is different in single blocks, such as `blocks: {layer4.0: {dilation: 2}}`",)
    if path == ("stages", "depths") and not isinstance(value, list):
        return ("a list in brackets has the number of blocks of each stage: `[3, 4, 6, 3]` is that of ResNet-50",)
    return ()


def _written(path: Path, values: Iterable[Plain], *, is_whole: bool, is_option: bool) -> tuple[str, ...]:
    """The help with one of these values at a path: with its key if the path is a section or the value was a mapping."""
    if is_option:
        return options_help(path, values)
    if isinstance(path[-1], str) and (is_whole or (len(path) == 1 and path[0] in sections())):
        return lines_help({path[-1]: value} for value in values)
    return values_help(values)


def choices(path: Path) -> list[Plain]:
    """The values to choose from where one is needed: the default, or all but `none` if that is the default."""
    usual: Any = default([step for step in path if isinstance(step, str)])
    listed = dict.fromkeys(enumerated(path))
    return [value for value in listed if value != "none"] if usual in (None, "none") else [usual]


def examples(path: Path) -> list[Plain]:
    """Values of a required key, or a part of the spec that has one."""
    match path:
        case ("block",):
            return [{"type": type_} for type_ in choices(("block", "type"))]
        case ("block", "type"):
            return choices(path)
        case ("stages",):
            return [{"depths": [2, 2, 2, 2]}]
        case ("stages", "depths"):
            return [[2, 2, 2, 2]]
        case ("stages", "regnet", key) if key in _RULE:
            return [_RULE[str(key)]]
        case _:
            return []


def _better(found: Tree, path: Path) -> Iterator[Plain]:
    """The values that may have been meant, of which each is valid."""
    value: Any = to_plain(found)
    if path == ("stages",) and isinstance(value, list) and 0 < len(value) <= MAX_STAGES:
        value = _stages_of(value)
    if path == ("input", "size") and isinstance(value, list) and len(value) < 3:
        value = (image_shape(value, {}) or {}).get("size")
    if path == ("input",):
        shapes = [value, *readings(value)]
        value = next((image_shape(shape, {}) for shape in shapes if isinstance(shape, list)), None) or value
    if path == ("attention",) and value is True:
        yield from choices(("attention", "type"))
    elif path in _PROSE and isinstance(value, int | float) and isinstance(found, Scalar):
        yield found.span.text
    elif path == ("name",):
        is_like_one = isinstance(value, str | int) and not isinstance(value, bool)
        yield from filter(None, [name_like(str(value))] if is_like_one else [])
    elif (meant := translated(path, value, {})) is not None:
        yield meant
    elif is_number(value):
        yield from filter(lambda number: is_valid(path, number), _nearby(path, value))


def _nearby(path: Path, number: float) -> Iterator[int | float]:
    """Numbers near one that is not allowed: the next ones that are, or what it would be as a fraction."""
    allowed = [value for value in enumerated(path) if isinstance(value, int)]
    below, above = ([each for each in allowed if each < number], [each for each in allowed if each > number])
    yield from [*below[-1:], *above[:1]]
    if path in _PROBABILITIES and number > 1:
        yield number / 100
    if path[-1] == "ratio" and number > 1:
        yield 1 / number
    part = part_at(path)
    if "multipleOf" in part.get("if", {}) and isinstance(number, int):
        yield from (number - 1, number + 1)
    if (factor := part.get("multipleOf")) is not None and isinstance(number, int):
        yield from (number // factor * factor, -(-number // factor) * factor)


def _stages_of(items: list[Any]) -> Plain:
    """`stages` from a list with one mapping per stage; where one says less than others, it has the default."""
    if not all(isinstance(item, dict) for item in items):
        return [*items]
    names = {key: [*_columns_like(key)] for item in items for key in item}
    if any(len(meant) != 1 for meant in names.values()):
        return None
    columns: dict[str, list[Plain]] = {meant[0]: [] for meant in names.values()}
    for index, item in enumerate(items):
        named = {names[key][0]: value for key, value in item.items()}
        for column, values in columns.items():
            values.append(named.get(column, _default(column, index)))
    return {**columns} if "depths" in columns else None


def _default(column: str, index: int) -> Plain:
    """The value of a key of `stages` for one stage; None for the depth, which has no default."""
    return {"widths": default_width(index), "strides": default_stride(index), "dilations": 1}.get(column)


def _columns_like(key: str) -> Iterator[str]:
    """The key of `stages` that has one value per stage for what a key of a single stage says."""
    if key in properties(("stages",)):
        yield key
        return
    found = meaning(("stages",), key, [1], {"stages": {"depths": [1]}})
    if found is not None and found.path is not None and found.path[0] == "stages":
        yield found.path[1]
