"""Which places of a document are inherited."""

from resnet_dsl.diagnostics.diagnostic import Label
from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.language.document.lineage import Lineage

CHILD, PARENT, STRANGER = Source("child", "extends: parent"), Source("parent", "name: parent"), Source("--set", "a=1")
EXTENDS = Span(CHILD, 9, 15)


def test_a_place_in_a_parent_is_labelled_at_the_extends() -> None:
    """A place in any ancestor gets a label at the child's `extends`."""
    for parents in ((PARENT,), (STRANGER, PARENT)):
        lineage = Lineage(EXTENDS, parents)
        assert lineage.labels(Span(PARENT, 6, 12)) == (Label(EXTENDS, "inherited here"),)


def test_no_other_place_is_labelled_as_inherited() -> None:
    """Places in the child or in an option, a missing place, and places without `extends` get no label."""
    lineage = Lineage(EXTENDS, (PARENT,))
    assert [lineage.labels(span) for span in (EXTENDS, Span(STRANGER, 0, 1), None)] == [(), (), ()]
    assert Lineage(None, (PARENT,)).labels(Span(PARENT, 0, 4)) == ()
    assert Lineage().labels(Span(PARENT, 0, 4)) == ()
