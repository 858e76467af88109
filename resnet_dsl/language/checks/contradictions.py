"""Keys that contradict each other: the one that was there before is blamed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ..by_rule import DEPTHS, RULE, WIDTHS
from ..document.canonical import as_written, expanded
from ..document.lineage import Lineage
from ..spec import default
from ..text.tree import Path, Plain, Scalar, Table, dotted, find, find_value, value_span
from .changes import change
from .wording import joined, quoted


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two keys of which only one may have another value than its default."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    reason: str
    only: tuple[tuple[str, ...], str] | None = None
    """The value that a key must have for this to be so."""


_BOTH_STRIDES = "both are the strides of the stem"
_BY_RULE = "a rule says depths and widths"
_GROUPS = "both say how many groups there are"
_BORDER = "the filter belongs to 3x3 max pooling that ignores its border"
_MAX = (("stem", "pool", "type"), "max")
_PAIRS: tuple[_Pair, ...] = (
    _Pair(("block", "groups"), ("block", "group_width"), _GROUPS),
    _Pair(("norm", "groups"), ("norm", "group_width"), _GROUPS),
    _Pair(("block", "stride_in"), ("block", "pool"), "the pooling takes the stride of the 3x3 convolution"),
    _Pair(("antialias",), ("stem", "pool", "kernel"), _BORDER, _MAX),
    _Pair(("antialias",), ("stem", "pool", "padding"), _BORDER, _MAX),
)


def contradictions(tree: Table, lineage: Lineage, ineffective: Collection[Span | None]) -> Iterator[Diagnostic]:
    """A diagnostic for all keys that contradict each other.

    Args:
        tree: the document in canonical form, still with the rule of its stages if it has one.
        lineage: the texts that it inherits from.
        ineffective: the places of values that have no effect anyway.
    """
    both: list[Path] = [path for path in (("stem", "stride"), ("stem", "strides")) if find(tree, path) is not None]
    if len(both) > 1:
        yield contradiction(tree, both, _BOTH_STRIDES, lineage)
    stated = [path for path in (DEPTHS, WIDTHS) if find(tree, path) is not None]
    if stated and find(tree, RULE) is not None:
        yield contradiction(tree, [RULE, *stated], _BY_RULE, lineage)
    for pair in _PAIRS:
        for paths in _places(tree, pair):
            if {value_span(tree, path) for path in paths}.isdisjoint(ineffective):
                yield contradiction(tree, paths, pair.reason, lineage)
                break


def _places(tree: Table, pair: _Pair) -> Iterator[list[Path]]:
    """The places of two values that contradict each other; of one stage, if each stage has its own."""
    if pair.only is not None and find_value(tree, pair.only[0]) != pair.only[1]:
        return
    if not (ones := _differing(tree, pair.one)):
        return
    for one, other in product(ones, _differing(tree, pair.other)):
        stages = {step for path in (one, other) for step in path if isinstance(step, int)}
        if len(stages) < 2:
            yield [one, other]


def _differing(tree: Table, key: tuple[str, ...]) -> list[Path]:
    """The places where a value of the key is written that is not the default."""
    found = ((path, find(tree, path)) for path in expanded(tree, key))
    return [path for path, value in found if isinstance(value, Scalar) and value.value != default(key)]


def contradiction(
    tree: Table, paths: list[Path], reason: str, lineage: Lineage, instead: Mapping[Path, Plain] | None = None
) -> Diagnostic:
    """The diagnostic; it points first at what was written last, and its help takes away what was there before.

    Args:
        tree: the document in canonical form.
        paths: the places of the values; the first contradicts all others.
        reason: why they do.
        lineage: the texts that the document inherits from.
        instead: values that solve it, if none is to be taken away.
    """
    newest, *others = sorted(paths, key=lambda path: lineage.age(value_span(tree, path)))
    labels = (Label(value_span(tree, newest), reason), *(Label(value_span(tree, each)) for each in others))
    is_option = instead is not None and lineage.age(value_span(tree, newest)) == 0
    return Diagnostic(
        code="RD306",
        message=f"{quoted([dotted(as_written(tree, path)) for path in paths])} contradict each other",
        labels=labels,
        helps=_helps(tree, paths, newest, lineage) if instead is None else change(tree, instead, is_option=is_option),
    )


def _helps(tree: Table, paths: list[Path], newest: Path, lineage: Lineage) -> tuple[str, ...]:
    """Take away what was there before, or either side if both came at once."""
    first, *others = paths
    ages = {path: lineage.age(value_span(tree, path)) for path in paths}
    is_newest, is_older = ages[first] == ages[newest], any(ages[path] > ages[first] for path in others)
    sides = [[first], others]
    if (first == RULE and DEPTHS not in others) or (is_newest and is_older):  # without a rule, there must be depths
        sides = [others]
    elif not is_newest:
        sides = [[first]]
    is_inherited = any(lineage.inherits(value_span(tree, path)) for path in sides[0])
    is_option = ages[newest] == 0 and any(ages[path] for path in sides[0])
    keys = [[_key(tree, path) for path in side] for side in sides]
    if is_inherited or is_option:
        return change(tree, dict.fromkeys(keys[0]), is_option=is_option)
    alternatives = [joined([f"`{dotted(key)}`" for key in side]) for side in keys]
    return (f"remove {(', or ' if len(paths) > 2 else ' or ').join(alternatives)}",)


def _key(tree: Table, path: Path) -> Path:
    """The key of a value: that of the list if it is an item of one."""
    return tuple(step for step in as_written(tree, path) if isinstance(step, str))
