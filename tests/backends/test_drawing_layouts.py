"""Columns, rows and pages, the legend, and what marks a difference."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl.backends.drawing.drawing import Detail, Drawing, draw
from resnet_dsl.backends.drawing.figure import Box, Line, Text, spline
from resnet_dsl.backends.drawing.legend import entries
from resnet_dsl.backends.drawing.page import PAGES
from resnet_dsl.backends.drawing.text import text_width
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from tests.backends.pictures import LEVELS, around, boxes, resnet
from tests.helpers import load, lower
from tests.strategies.documents import small_documents

levels = pytest.mark.parametrize("detail", LEVELS)


def marked(drawing: Drawing) -> list[str]:
    """The texts of heavy boxes, and those in bold type that are no titles."""
    heavy = [line for box in boxes(drawing.figure) if box.is_heavy for line in box.lines]
    bold = [shape for shape in drawing.figure.shapes if isinstance(shape, Text) and shape.is_bold]
    return heavy + [shape.text for shape in bold if shape.size < 10]


def test_text_is_as_wide_as_in_helvetica() -> None:
    """In thousandths of its size, by the metrics that Adobe published."""
    assert text_width("3×3 conv, 64", 1000) == 556 + 584 + 556 + 278 + 500 + 556 + 556 + 500 + 278 + 278 + 556 + 556
    assert text_width("a", 1000, bold=True) > text_width("a", 1000)
    assert text_width("網", 1000) == 1000


def test_a_row_is_wide_and_a_column_high() -> None:
    """And both have the same boxes, in the order of the flow."""
    graph = resnet("[3, 4, 6, 3]")
    down, right = draw(graph).figure, draw(graph, layout="row").figure
    assert down.height > 2 * down.width
    assert right.width > 5 * right.height
    assert [box.lines for box in boxes(down)] == [box.lines for box in boxes(right)]
    middles = [box.center[0] for box in boxes(right, "box")]
    assert middles == sorted(middles)


@pytest.mark.parametrize("page", PAGES)
@levels
def test_a_wrapped_drawing_has_the_size_of_the_page(page: str, detail: Detail) -> None:
    """However small that makes it, and never larger than its natural size."""
    figure = draw(resnet("[3, 4, 6, 3]"), detail=detail, page=page, legend=True).figure
    assert figure.width * figure.scale == pytest.approx(PAGES[page].width)
    assert figure.height * figure.scale == pytest.approx(PAGES[page].height)
    assert figure.scale <= 1


@pytest.mark.parametrize(("page", "least"), [("a4", 0.6), ("a4-landscape", 0.59), ("a3", 0.85)])
def test_every_block_of_resnet_152_is_readable_on_a_page(page: str, least: float) -> None:
    """Letters of 10 points stay above 6."""
    assert draw(resnet("[3, 8, 36, 3]"), detail="block", page=page).figure.scale > least


def test_wrapping_takes_the_number_of_columns_that_makes_the_drawing_largest() -> None:
    """A few blocks need one column; the more there are, the more columns."""
    numbers = []
    for depth in (1, 8, 60, 200):
        figure = draw(resnet(f"[{depth}]"), detail="block", page="a4").figure
        numbers.append(len({box.center[0] for box in boxes(figure, "circle")}))
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


def test_a_small_drawing_is_not_enlarged() -> None:
    """It stands at the top of its page."""
    figure = draw(resnet("[1]", "basic"), page="a4").figure
    assert figure.scale == 1
    assert max(around(box)[3] for box in boxes(figure)) < figure.height / 2


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=6))
def test_curves_start_and_end_where_their_lines_do(points: list[tuple[float, float]]) -> None:
    """With three control points for each segment and each corner."""
    curve = spline(points, 6)
    assert (curve[0], curve[-1]) == (points[0], points[-1])
    assert len(curve) == 1 + 3 * (2 * len(points) - 3)


def test_networks_side_by_side_are_aligned() -> None:
    """What is in both stands at the same height; where one has no such block, its line runs on."""
    one, other = draw(resnet("[2, 2]", "basic"), resnet("[2, 1, 3]", "basic"), detail="block").networks
    drawing = draw(resnet("[2, 2]", "basic"), resnet("[2, 1, 3]", "basic"), detail="block")
    places = {box.name: box.center[1] for box in boxes(drawing.figure)}
    heights = [
        {part.key: places[f"n{number}p{index}i0"] for index, part in enumerate(network.parts)}
        for number, network in enumerate((one, other))
    ]
    both = heights[0].keys() & heights[1].keys()
    assert len(both) == 6
    assert all(heights[0][key] == heights[1][key] for key in both)


@levels
@settings(max_examples=30)
@given(small_documents())
def test_nothing_is_marked_beside_an_equal_network(detail: Detail, document: Any) -> None:
    """Nor in a drawing of one network."""
    graph = lower(load(document))
    assert marked(draw(graph, graph, detail=detail)) == []
    assert marked(draw(graph, detail=detail)) == []


@levels
@settings(max_examples=60)
@given(small_documents(), small_documents())
def test_something_is_marked_beside_a_different_network(detail: Detail, first: Any, second: Any) -> None:
    """A box, a line, a frame, or what all layers share; only the name may differ without a mark."""
    one, other = lower(load(first)), lower(load(second | {"name": first["name"]}))
    drawing = draw(one, other, detail=detail)
    heavy = [shape for shape in drawing.figure.shapes if isinstance(shape, Box | Line) and shape.is_heavy]
    lacks = drawing.networks[0].parts[len(drawing.networks[1].parts) :]
    assert (one == other) == (not marked(drawing) and not heavy and not lacks)


def test_what_differs_from_the_first_network_is_marked() -> None:
    """ResNet-34 has longer runs than ResNet-18, and group norm is shared by all layers."""
    longer = draw(*map(resnet_dsl.lower, ("resnet18", "resnet34")))
    assert marked(longer) == ["layer1.0–2", "layer2.1–3", "layer3.1–5", "layer4.1–2"]
    assert [box.is_heavy for box in boxes(longer.figure, "frame")] == [False, True, True, True, True]
    assert marked(draw(*map(resnet_dsl.lower, ("resnet50", "resnet50_gn")))) == [
        "group norm, 32 groups, ReLU, zero-initialised residuals"
    ]


def test_a_different_shortcut_is_marked_and_its_branch_is_not() -> None:
    """The boxes of the branch are the same."""
    pooled = resnet_dsl.lower("resnet50", overrides={"shortcut.pool": "avg"})
    drawing = draw(resnet_dsl.lower("resnet50"), pooled)
    assert not any(item.is_marked for part in drawing.networks[1].parts for item in part.items)
    assert any(way.is_marked for part in drawing.networks[1].parts for way in part.ways)


def test_added_layers_are_marked_and_the_others_are_not() -> None:
    """Squeeze and excitation in the middle of a block."""
    plain, attention = resnet("[1]", "basic"), resnet("[1]", "basic", "attention: se\n")
    added = ["global average pool", "1×1 conv, 8", "ReLU", "1×1 conv, 64", "Sigmoid", "×"]
    found = draw(plain, attention, detail="layer")
    assert added == [line for box in boxes(found.figure) if box.is_heavy for line in box.lines]


def test_a_box_that_lacks_what_the_first_has_is_marked() -> None:
    """A plain network beside a residual one."""
    drawing = draw(resnet("[1]", "basic"), resnet("[1]", "basic", "shortcut: {type: none}\n"))
    assert marked(drawing) == ["3×3 conv, 64", "3×3 conv, 64"]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (
            "",
            [
                "identity shortcut",
                "projection shortcut",
                "channels × height × width",
                "stride 2",
                "2 equal blocks in a row",
            ],
        ),
        ("shortcut: {type: none}\n", ["channels × height × width", "stride 2", "2 equal blocks in a row"]),
        (
            "shortcut: {type: padding}\n",
            [
                "identity shortcut",
                "padding shortcut",
                "channels × height × width",
                "stride 2",
                "2 equal blocks in a row",
            ],
        ),
    ],
)
def test_the_legend_explains_what_occurs(rest: str, expected: list[str]) -> None:
    """And nothing else."""
    graph = resnet("[2, 3]", "basic", rest)
    drawing = draw(graph, legend=True)
    assert expected == [entry.meaning for entry in entries(drawing.networks)]
    texts = [shape.text for shape in drawing.figure.shapes if isinstance(shape, Text)]
    assert all(meaning in texts for meaning in expected)
    assert expected[0] not in [shape.text for shape in draw(graph).figure.shapes if isinstance(shape, Text)]


def test_the_legend_of_several_networks_explains_heavy_outlines() -> None:
    """With the name of the first."""
    graphs = [resnet("[2]", "basic"), resnet("[3]", "basic")]
    assert [entry.meaning for entry in entries(draw(*graphs).networks)][-1] == "differs from net"


@pytest.mark.parametrize(
    ("options", "message", "help_"),
    [
        (
            {"detail": "blok"},
            "unknown level of detail `blok`",
            "a level of detail with a similar name exists: `block`",
        ),
        ({"detail": "x"}, "unknown level of detail `x`", "levels of detail are `stage`, `block`, `layer`"),
        ({"layout": "rows"}, "unknown layout `rows`", "a layout with a similar name exists: `row`"),
        ({"page": "leter"}, "unknown page `leter`", "a page with a similar name exists: `letter`"),
        (
            {"page": "a4", "layout": "row"},
            "a page has no effect on the layout `row`",
            "use the layout `wrap`, or leave out the page",
        ),
    ],
)
def test_options_that_do_not_exist_are_faults(options: dict[str, Any], message: str, help_: str) -> None:
    """With what exists."""
    with pytest.raises(EnvironmentFault) as caught:
        draw(resnet("[1]"), **options)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message, fault.helps) == ("RD513", message, (help_,))
