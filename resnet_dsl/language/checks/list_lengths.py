"""Lists with one value per stage that have another length than `stages.depths`."""

from collections.abc import Iterator

from ...diagnostics.diagnostic import Diagnostic, Label
from ..by_rule import DEPTHS, RULE
from ..document.canonical import PER_STAGE, is_for_all_stages
from ..document.lineage import Lineage
from ..text.tree import Path, Plain, Sequence, Table, Tree, dotted, find, key_span, to_plain
from .schema import is_required
from .wording import counted


def list_lengths(depths: Tree | None, tree: Table, lineage: Lineage) -> Iterator[Diagnostic]:
    """A diagnostic for each list whose length is not the number of stages.

    Args:
        depths: the value of `stages.depths`, if it is known.
        tree: the document in canonical form.
        lineage: the texts that the document inherits from.
    """
    if not isinstance(depths, Sequence):
        return
    for path in PER_STAGE:
        found = find(tree, path)
        if isinstance(found, Sequence) and len(found.items) != len(depths.items) and not is_for_all_stages(found):
            yield _wrong_length(tree, path, found, depths, lineage)


def _wrong_length(tree: Table, path: Path, values: Sequence, depths: Sequence, lineage: Lineage) -> Diagnostic:
    """The diagnostic; it points first at what was written last, and blames what was there before."""
    count, stages = len(values.items), len(depths.items)
    is_older = lineage.age(values.span) > lineage.age(depths.span)
    is_inherited = is_older and lineage.inherits(values.span)
    is_by_rule = key_span(tree, DEPTHS) == depths.span
    there = f"gives {counted(stages, 'stage')}" if is_by_rule else counted(stages, "value")
    labels = (Label(values.span, counted(count, "value")), Label(depths.span, there))
    notes: tuple[str, ...] = ()
    if count < stages:
        notes = ("give one value for all stages, or a list with one entry per stage",)
    if lineage.age(depths.span) > lineage.age(values.span):
        notes = (
            f"`{dotted(RULE if is_by_rule else DEPTHS)}` was there before: to change the number of stages, set it too",
        )
    return Diagnostic(
        code="RD301",
        message=f"{'the inherited ' * is_inherited}`{dotted(path)}` has {counted(count, 'value')}"
        f" for {counted(stages, 'stage')}",
        labels=labels[::-1] if is_older else labels,
        notes=notes,
        helps=_helps(tree, path, values, stages, lineage.age(depths.span) if is_older else None),
    )


def _helps(tree: Table, path: Path, values: Sequence, stages: int, age: int | None) -> tuple[str, ...]:
    """What to write instead of the list; `age` is that of `stages.depths` if the list was there before it."""
    from .vocabulary.lines import lines_help, options_help, values_help  # only once a mistake has been made

    fitting: list[Plain] = [to_plain(item) for item in values.items[:stages]]
    better: list[Plain] = [fitting] if len(values.items) > stages else fitting if len(fitting) == 1 else []
    if age is None:
        return values_help(fitting if len(fitting) == 1 else [])
    better += [] if is_required(path) else [None]
    if age == 0:
        return options_help(path, better)
    section = key_span(tree, path[:1])
    is_there = len(path) > 1 and section is not None and section.source == tree.span.source
    lines = [{path[-1]: value} if len(path) == 1 or is_there else {path[0]: {path[-1]: value}} for value in better]
    return lines_help(lines, where=f" under `{path[0]}`" * is_there)
