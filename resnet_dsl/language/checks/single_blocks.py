"""Names in `blocks` of blocks that the network does not have."""

from collections.abc import Iterator

from ...diagnostics.diagnostic import Diagnostic, Label
from ..document.lineage import Lineage
from ..spec import position
from ..text.tree import Sequence, Table, Tree, find, find_value, key_span
from .changes import change
from .wording import counted


def single_blocks(depths: Tree | None, tree: Table, lineage: Lineage) -> Iterator[Diagnostic]:
    """A diagnostic for each name of a block that is not there.

    Args:
        depths: the value of `stages.depths`, if it is known.
        tree: the document in canonical form.
        lineage: the texts that the document inherits from.
    """
    blocks = find(tree, ("blocks",))
    if not isinstance(depths, Sequence) or not isinstance(blocks, Table):
        return
    counts = find_value(depths, ())
    for name in blocks.entries:
        stage, number = position(name)
        if stage > len(counts) or number >= counts[stage - 1]:
            yield _missing(tree, name, counts, depths, lineage)


def _missing(tree: Table, name: str, counts: list[int], depths: Sequence, lineage: Lineage) -> Diagnostic:
    span = key_span(tree, ("blocks", name))
    assert span is not None
    stage, _ = position(name)
    if stage > len(counts):
        there = f"the network has {counted(len(counts), 'stage')}"
    else:
        count = counts[stage - 1]
        names = f"`layer{stage}.0`" if count == 1 else f"`layer{stage}.0` to `layer{stage}.{count - 1}`"
        there = f"stage {stage} has {counted(count, 'block')}, {names}"
    is_older = lineage.age(span) > lineage.age(depths.span)
    labels = (Label(span, there), Label(depths.span))
    is_inherited = is_older and lineage.inherits(span)
    helps = change(tree, {("blocks", name): None}, is_option=lineage.age(depths.span) == 0) if is_older else ()
    return Diagnostic(
        code="RD307",
        message=f"{'the inherited ' * is_inherited}`blocks` names `{name}`, which is not there",
        labels=labels[::-1] if is_older else labels,
        helps=helps,
    )
