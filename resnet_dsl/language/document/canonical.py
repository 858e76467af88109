"""Expands short forms, so that later passes see one form of every value.

| short form | canonical form |
|---|---|
| `norm: batch`, `attention: se`, `stem.pool: max`, … | `{type: batch}`, `{type: se}`, `{type: max}`, … |
| one value for all stages | a list with that value for each stage |
| `stem.channels: 64` | `[64]` |
| `input.size: 224` | `[224, 224]` |
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..text.tree import Entry, Path, Scalar, Table, Tree, find
from ..text.tree import Sequence as SequenceTree

PER_STAGE: tuple[Path, ...] = (
    ("block", "type"),
    ("block", "expansion"),
    ("block", "groups"),
    ("block", "width_per_group"),
    ("block", "group_width"),
    ("block", "reduce_first"),
    ("block", "conv3x3"),
    ("attention",),
    ("stages", "widths"),
    ("stages", "strides"),
    ("stages", "dilations"),
)
"""The keys that take one value for all stages, or a list with one entry per stage."""

_ONE_TYPE: tuple[tuple[str, ...], ...] = (("stem", "pool"), ("conv",), ("norm",), ("head", "pool"))
_TYPE_PER_STAGE: tuple[tuple[str, ...], ...] = (("block", "conv3x3"), ("attention",))
TYPED = (*_ONE_TYPE, *_TYPE_PER_STAGE)
"""The keys whose value is a type alone, or a mapping of it and its settings."""
_DEPTHS: Path = ("stages", "depths")


def canonical(tree: Table) -> Table:
    """The document with every short form expanded; the expansion has the place of the short form.

    If `stages.depths` is missing, the number of stages is the length of the longest list.
    """
    return _changed(tree, _FORMS, _stage_count(tree))


def expanded(tree: Table, steps: tuple[str, ...], here: Path = ()) -> Iterator[Path]:
    """The paths of a key of the canonical document: one per stage or block if it, or what it is in, has one for each.

    `*` stands for the name of a block.
    """
    found = find(tree, here)
    if isinstance(found, SequenceTree):
        for index in range(len(found.items)):
            yield from expanded(tree, steps, (*here, index))
    elif not steps:
        yield here
    elif steps[0] == "*":
        for name in found.entries if isinstance(found, Table) else ():
            yield from expanded(tree, steps[1:], (*here, name))
    else:
        yield from expanded(tree, steps[1:], (*here, steps[0]))


def is_for_all_stages(tree: Tree | None) -> bool:
    """Whether this list was written as one value."""
    return isinstance(tree, SequenceTree) and bool(tree.items) and all(item.span == tree.span for item in tree.items)


def as_written(tree: Table, path: Path) -> Path:
    """A path into the canonical document mapped to the document as written.

    It is without indices into single values, and without the `type` of what is a type alone.
    """
    return tuple(step for length, step in enumerate(path) if not _is_implied(find(tree, path[:length]), step))


def _is_implied(tree: Tree | None, step: str | int) -> bool:
    if isinstance(step, int):
        return is_for_all_stages(tree)
    return isinstance(tree, Table) and step in tree.entries and tree.entries[step].value.span == tree.span


def collapsed(values: Sequence[Any]) -> Any:
    """The short form of a list with one value per stage: the value if all are equal, else the list."""
    return values[0] if values and all(value == values[0] for value in values) else list(values)


def shortened_settings(settings: Mapping[str, Any]) -> Any:
    """The short form of a mapping with a type and optional settings: the type alone if there are none."""
    return settings["type"] if len(settings) == 1 else dict(settings)


def _stage_count(tree: Table) -> int:
    depths = find(tree, _DEPTHS)
    if isinstance(depths, SequenceTree):
        return len(depths.items)
    lists = (find(tree, path) for path in PER_STAGE)
    return max((len(each.items) for each in lists if isinstance(each, SequenceTree)), default=1)


def _changed(tree: Table, forms: Mapping[str, Any], count: int) -> Table:
    """The document, or a section of it, with the values that have short forms changed."""
    entries = {**tree.entries}
    for key, form in forms.items():
        if (entry := entries.get(key)) is None:
            continue
        value = entry.value
        if callable(form):
            entries[key] = Entry(entry.key, form(value, count))
        elif isinstance(value, Table):
            entries[key] = Entry(entry.key, _changed(value, form, count))
    return Table(entries, tree.span)


def _for_all_stages(value: Tree, count: int) -> SequenceTree:
    return value if isinstance(value, SequenceTree) else SequenceTree((value,) * count, value.span)


def _repeated(value: Tree, count: int) -> Tree:
    return SequenceTree((value,) * count, value.span) if isinstance(value, Scalar) else value


def _typed(value: Tree, _count: int = 1) -> Tree:
    return Table({"type": Entry(value.span, value)}, value.span) if isinstance(value, Scalar) else value


def _each_typed(value: Tree, count: int) -> Tree:
    stages = _for_all_stages(value, count)
    return SequenceTree(tuple(map(_typed, stages.items)), stages.span)


def _single_blocks(blocks: Tree, count: int) -> Tree:
    assert isinstance(blocks, Table), blocks
    entries = {
        name: Entry(entry.key, _changed(entry.value, {"attention": _typed}, count))
        for name, entry in blocks.entries.items()
        if isinstance(entry.value, Table)
    }
    return Table(entries, blocks.span)


def _by_section(changes: Mapping[Path, Callable[[Tree, int], Tree]]) -> dict[str, Any]:
    """The changes of values, by the key of the document or of a section and a key in it."""
    forms: dict[str, Any] = {}
    for (*sections, key), change in changes.items():
        within = forms
        for section in sections:
            within = within.setdefault(str(section), {})
        within[str(key)] = change
    return forms


_FORMS = _by_section(
    {
        **dict.fromkeys(PER_STAGE, _for_all_stages),
        **dict.fromkeys(_ONE_TYPE, _typed),
        **dict.fromkeys(_TYPE_PER_STAGE, _each_typed),
        ("blocks",): _single_blocks,
        ("stem", "channels"): lambda value, _: _repeated(value, 1),
        ("input", "size"): lambda value, _: _repeated(value, 2),
    }
)
