"""Adding nodes: shapes and costs, every fault with its place, and faults that are reported once."""

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.graph.builder import Builder, Impossible, Place, parents_of
from resnet_dsl.graph.graph import Node
from resnet_dsl.graph.ops import Add, BlurPool2d, Conv2d, GlobalPool2d, Input, InstanceNorm2d, Op, PaddingShortcut
from resnet_dsl.graph.shapes import Cause

TEXT = Source("test", "stem groups size other")


def span(word: str) -> Span:
    start = TEXT.text.index(word)
    return Span(TEXT, start, start + len(word))


def labels(cause: Cause) -> tuple[Label, ...]:
    """Each cause has its own place, but that of most is `other`."""
    return (Label(span(cause if cause in ("groups", "size") else "other"), cause),)


STEM = Place("the stem", span("stem"), labels, {"shortcut": ("write something else",)})


def start(shape: tuple[int, ...]) -> tuple[Builder, Node]:
    builder = Builder()
    return builder, builder.add("input", Input(shape), place=STEM)


def test_a_node_has_all_that_follows_from_its_operation() -> None:
    """Inputs by name, the shape, costs, and the place in the text."""
    builder, x = start((8, 7, 5))
    y = builder.add("a.conv", Conv2d(8, 4, 3, bias=True), x, place=STEM)
    assert y == Node("a.conv", Conv2d(8, 4, 3, bias=True), ("input",), (4, 5, 3), 4320, 292)
    assert (y.parameters, y.span) == (292, span("stem"))
    assert builder.nodes == [x, y]
    assert (builder.found, builder.faults, builder.containers) == ([], [], {})


@pytest.mark.parametrize(
    ("op", "shape", "code", "cause", "message", "notes", "helps", "assumed"),
    [
        (
            Conv2d(8, 4, 1, groups=3),
            (8, 7, 5),
            "RD401",
            "groups",
            "cannot divide 8 and 4 channels into 3 groups",
            (),
            ("use 2 or 4 groups for 8 and 4 channels",),
            (4, 7, 5),
        ),
        (
            BlurPool2d(8, 2),
            (8, 7, 1),
            "RD402",
            "size",
            "blur pooling cannot reflect the edges of a feature map of 7x1",
            ("this is in the stem",),
            (),
            (8, 4, 1),
        ),
        (
            PaddingShortcut(4, 2),
            (8, 7, 5),
            "RD403",
            "shortcut",
            "a padding shortcut cannot drop channels: 8 in, 4 out",
            (),
            ("write something else",),
            (4, 4, 3),
        ),
    ],
)
def test_an_operation_that_cannot_take_its_inputs_is_a_fault(
    op: Op,
    shape: tuple[int, ...],
    code: str,
    cause: Cause,
    message: str,
    notes: tuple[str, ...],
    helps: tuple[str, ...],
    assumed: tuple[int, ...],
) -> None:
    """The whole diagnostic; the node has the assumed shape and costs nothing."""
    builder, x = start(shape)
    y = builder.add("a", op, x, place=STEM)
    fault = Diagnostic(code=code, message=f"`a`: {message}", labels=labels(cause), notes=notes, helps=helps)
    assert builder.found == [(cause, fault)]
    assert builder.faults == [fault]
    assert builder.has(cause)
    assert not builder.has("norm")
    assert (y.shape, y.macs, builder.nodes) == (assumed, 0, [x, y])


def test_a_fault_is_reported_once_for_each_place_and_code() -> None:
    """Another code at the same place, and the same code at another place, are other faults."""
    builder, x = start((8, 1, 1))
    for number in range(2):
        builder.add(f"norm{number}", InstanceNorm2d(8), x, place=STEM)
        builder.add(f"shortcut{number}", PaddingShortcut(4, 2), x, place=STEM)
        builder.add(f"conv{number}", Conv2d(8, 4, 1, groups=3), x, place=STEM)
    builder.report("heads", "other heads", STEM)
    builder.report("halves", "as many halves", STEM, notes=("a note",), helps=("a help",))
    builder.found.append((None, Diagnostic(code="RD401", message="of no layer", labels=())))
    builder.report("norm", "nowhere", Place("", None, lambda cause: ()))
    assert [(fault.code, fault.message.partition(":")[0]) for fault in builder.faults] == [
        ("RD402", "`norm0`"),
        ("RD403", "`shortcut0`"),
        ("RD401", "`conv0`"),
        ("RD401", "other heads"),
        ("RD401", "as many halves"),
        ("RD401", "of no layer"),
        ("RD401", "nowhere"),
    ]
    assert (builder.faults[4].notes, builder.faults[4].helps) == (("a note",), ("a help",))


CODES: dict[Cause, str] = {
    "channels": "RD404",
    "size": "RD402",
    "groups": "RD401",
    "inner_width": "RD401",
    "norm": "RD401",
    "shortcut": "RD403",
    "standardization": "RD407",
    "heads": "RD401",
    "halves": "RD401",
    "group_width": "RD401",
}


@pytest.mark.parametrize(("cause", "code"), CODES.items())
def test_every_cause_has_its_code(cause: Cause, code: str) -> None:
    """Also where the network is given up."""
    builder = Builder()
    with pytest.raises(Impossible):
        builder.give_up(cause, "why", STEM)
    assert builder.found == [(cause, Diagnostic(code=code, message="why", labels=labels(cause)))]


@pytest.mark.parametrize(
    ("before", "op", "channels"),
    [
        (65_536, Conv2d(65_536, 65_536, 1), None),
        (65_535, Conv2d(65_535, 65_537, 1), "65,537 channels, 1 more than 65,536"),
        (65_536, GlobalPool2d("catavgmax"), "131,072 channels, 65,536 more than 65,536"),
    ],
)
def test_a_layer_that_is_too_wide_is_a_fault(before: int, op: Op, channels: str | None) -> None:
    """From one channel more than the limit on."""
    builder, x = start((before, 1, 1))
    builder.add("a", op, x, place=STEM)
    assert builder.faults == (
        [Diagnostic(code="RD404", message=f"`a` has {channels}", labels=labels("channels"))] if channels else []
    )


def test_layers_after_one_that_is_too_wide_are_not_reported() -> None:
    """If any of their inputs is."""
    builder, x = start((65_537, 1, 1))
    assert [fault.message for fault in builder.faults] == ["`input` has 65,537 channels, 1 more than 65,536"]
    builder.found.clear()
    builder.add("a", Add(), x, x, place=STEM)
    assert builder.faults == []
    builder.report_too_wide("b", 65_538, STEM, "one", "two")
    (fault,) = builder.faults
    assert (fault.message, fault.notes) == ("`b` has 65,538 channels, 2 more than 65,536", ("one", "two"))


def test_parents_are_all_paths_above_nodes() -> None:
    """Without the root, and without the nodes themselves."""
    nodes = [Node(name, Add(), (), (1,), 0, 0) for name in ("a", "b.c", "b.d.e.f", "b.d.g", "h.i.j")]
    assert parents_of(nodes) == {"b", "b.d", "b.d.e", "h", "h.i"}
    assert parents_of(nodes[:1]) == set()
