"""What `print(graph)` and a notebook show of a network."""

import re
from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl.graph.page import aligned


@pytest.fixture(scope="module")
def graph() -> resnet_dsl.Graph:
    return resnet_dsl.lower("resnet50")


def test_a_page_has_one_line_a_block_and_the_totals(graph: resnet_dsl.Graph) -> None:
    """Stem and head have one each, too."""
    title, _, columns, _, *rows, _, total = str(graph).splitlines()
    assert title == "resnet50: depth 50, input 3×224×224"
    assert columns.split() == ["path", "kind", "shortcut", "output", "shape", "parameters", "MACs"]
    assert [row.split()[0] for row in rows] == ["stem", *(block.name for block in graph.blocks), "head"]
    assert rows[1].split() == ["layer1.0", "Bottleneck", "projection", "256×56×56", "75,008", "231,211,008"]
    assert total.split() == ["total", "1000", "25,557,032", "4,089,184,256"]
    assert len(str(graph)) < 3000


@pytest.mark.parametrize("name", ["resnet50", "seresnet50", "ecaresnet50d", "plain20", "resnet50_v1"])
def test_the_lines_of_a_page_add_up_to_its_totals(name: str) -> None:
    """Every node is in one of them."""
    *rows, total = [line for line in str(resnet_dsl.lower(name)).splitlines()[4:] if not line.startswith("--")]
    for column in (-1, -2):
        numbers = [int(row.split()[column].replace(",", "")) for row in rows]
        assert sum(numbers) == int(total.split()[column].replace(",", ""))


def test_a_block_with_attention_says_so() -> None:
    """In the words of drawings."""
    assert "Bottleneck, squeeze and excitation" in str(resnet_dsl.lower("seresnet50"))


def test_a_graph_that_is_cut_down_has_a_page_without_a_head() -> None:
    """Nothing comes after its last block."""
    from resnet_dsl.graph.features import select_features

    page = str(select_features(resnet_dsl.lower("resnet18"), [1]))
    assert [line.split()[0] for line in page.splitlines()[4:]] == [
        "stem",
        "layer1.0",
        "layer1.1",
        page.splitlines()[1],
        "total",
    ]


def test_the_repr_of_a_graph_is_one_short_line(graph: resnet_dsl.Graph) -> None:
    """In a debugger, a list or an assertion."""
    assert repr(graph) == "<Graph resnet50: depth 50, 16 blocks, 25,557,032 parameters>"
    assert (
        repr(resnet_dsl.lower({"name": "a", "block": {"type": "basic"}, "stages": {"depths": [1]}})).count("1 block,")
        == 1
    )


def test_a_notebook_shows_the_page_as_a_table(graph: resnet_dsl.Graph) -> None:
    """The same rows, numbers aligned to the right."""
    text = graph._repr_html_()
    cells = re.findall(r'<t[dh] style="text-align: (left|right)">(.*?)</t[dh]>', text)
    words = [word for line in str(graph).splitlines()[1:] if not line.startswith("--") for word in line.split()]
    assert [word for _, cell in cells for word in cell.split()] == words
    assert {align for align, cell in cells if cell in ("25,557,032", "4,089,184,256")} == {"right"}
    assert text.count("<tr>") == len(graph.blocks) + 4


TINY = {
    "name": "tiny",
    "input": {"size": 32},
    "stem": {"channels": 8},
    "block": {"type": "basic"},
    "attention": ["none", "se"],
    "stages": {"depths": [1, 1], "widths": [8, 16]},
    "head": {"classes": 10},
}

PAGE = """\
tiny: depth 6, input 3×32×32
-------------------------------------------------------------------------------------------
path      kind                                shortcut    output shape  parameters     MACs
-------------------------------------------------------------------------------------------
stem                                                             8×8×8       1,192  301,056
layer1.0  BasicBlock                          identity           8×8×8       1,184   73,728
layer2.0  BasicBlock, squeeze and excitation  projection        16×4×4       3,960   57,600
head                                                                10         170      160
-------------------------------------------------------------------------------------------
total                                                               10       6,506  432,544"""


def test_the_page_is_exact() -> None:
    """Every column as wide as its longest cell, numbers on the right."""
    assert str(resnet_dsl.lower(TINY)) == PAGE


def test_the_table_of_a_notebook_is_exact() -> None:
    """The same cells as the page, with the name escaped."""
    graph = replace(resnet_dsl.lower(TINY), name="a<b")
    aligns = ("left", "left", "left", "right", "right", "right")
    rows = [
        ("path", "kind", "shortcut", "output shape", "parameters", "MACs"),
        ("stem", "", "", "8×8×8", "1,192", "301,056"),
        ("layer1.0", "BasicBlock", "identity", "8×8×8", "1,184", "73,728"),
        ("layer2.0", "BasicBlock, squeeze and excitation", "projection", "16×4×4", "3,960", "57,600"),
        ("head", "", "", "10", "170", "160"),
        ("total", "", "", "10", "6,506", "432,544"),
    ]
    head, *body, foot = (
        "<tr>"
        + "".join(f'<{tag} style="text-align: {align}">{text}</{tag}>' for align, text in zip(aligns, row, strict=True))
        + "</tr>"
        for row, tag in zip(rows, ("th", "td", "td", "td", "td", "th"), strict=True)
    )
    assert graph._repr_html_() == (
        "<table><caption>a&lt;b: depth 6, input 3×32×32</caption>"
        f"<thead>{head}</thead><tbody>{''.join(body)}</tbody><tfoot>{foot}</tfoot></table>"
    )


def test_a_table_without_totals_ends_with_its_rows() -> None:
    """An empty last row stands for none."""
    assert aligned([("a", "bb"), ("ccc", "1"), ("", "")], numbers=1) == "-------\na    bb\n-------\nccc   1"
    assert aligned([("a", "bb"), ("ccc", "1"), ("d", "")], numbers=0) == "-------\na    bb\n-------\nccc  1\n-------\nd"
