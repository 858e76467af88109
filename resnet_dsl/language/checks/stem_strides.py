"""`stem.strides` with another length than the stem has convolutions."""

from collections.abc import Iterator

from ...diagnostics.diagnostic import Diagnostic, Label
from ..document.lineage import Lineage
from ..text.tree import Plain, Sequence, Table, find, to_plain
from .changes import change
from .wording import counted


def stem_strides(tree: Table, lineage: Lineage) -> Iterator[Diagnostic]:
    """A diagnostic if the length is wrong; it points first at what was written last.

    Args:
        tree: the document in canonical form.
        lineage: the texts that the document inherits from.
    """
    strides, channels = find(tree, ("stem", "strides")), find(tree, ("stem", "channels"))
    count = len(channels.items) if isinstance(channels, Sequence) else 1
    if not isinstance(strides, Sequence) or len(strides.items) == count:
        return
    values: list[Plain] = [to_plain(item) for item in strides.items]
    labels = [Label(strides.span, counted(len(values), "value"))]
    is_older = False
    if channels is not None:
        labels.append(Label(channels.span, counted(count, "convolution")))
        is_older = lineage.age(strides.span) > lineage.age(channels.span)
    is_inherited = is_older and lineage.inherits(strides.span)
    fitting = [*values[:count], *[1] * (count - len(values))]
    is_option = 0 in (lineage.age(label.span) for label in labels)
    yield Diagnostic(
        code="RD301",
        message=f"{'the inherited ' * is_inherited}`stem.strides` has {counted(len(values), 'value')}"
        f" for {counted(count, 'convolution')}",
        labels=tuple(labels[::-1] if is_older else labels),
        helps=change(tree, {("stem", "strides"): fitting}, is_option=is_option),
    )
