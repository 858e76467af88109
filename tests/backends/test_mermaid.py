"""Drawings as Mermaid's flowcharts."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from resnet_dsl.backends.drawing.drawing import Detail, draw
from tests.backends.pictures import LEVELS, resnet
from tests.backends.test_drawing import HOSTILE
from tests.helpers import load, lower
from tests.strategies.documents import small_documents

LINE = re.compile(
    r"flowchart (TD|LR)"
    r"|    classDef \w+ fill:[#\w]+,stroke:[#\w]+(,color:#\w+)?"
    r'|    \w+(\["[^"]*"\]|\(\("[^"]*"\)\)):::\w+'
    r'|    subgraph \w+\["[^"]*"\]|    end'
    r"|    style \w+ [\w:#,-]+|    linkStyle [\d,]+ [\w:-]+"
    r"|    \w+ (-->|-\.->|~~~) \w+"
)
"""Every kind of line."""


def test_a_flowchart_says_what_the_drawing_does() -> None:
    """Two blocks, the second of which projects."""
    lines = draw(resnet("[1, 1]", "basic")).mermaid().splitlines()
    nodes = [line.strip() for line in lines if ":::" in line]
    assert nodes == [
        'n0["<b>net</b><br/>443 k parameters, 529 M multiply-accumulates<br/>batch norm, ReLU"]:::text',
        'n0p0i0["3×224×224"]:::text',
        'n0p1i0["7×7 conv, 64, /2<br/>3×3 max pool, /2<br/><i>stem, 64×56×56</i>"]:::stage0',
        'n0p2i0["3×3 conv, 64<br/>3×3 conv, 64<br/><i>layer1.0, 64×56×56</i>"]:::stage1',
        'n0p2i1(("+")):::plain',
        'n0p3i0["3×3 conv, 128, /2<br/>3×3 conv, 128<br/><i>layer2.0, 128×28×28</i>"]:::stage2',
        'n0p3i1(("+")):::plain',
        'n0p3w0i0["1×1 conv, 128, /2"]:::plain',
        'n0p4i0["global average pool<br/>fc 1000<br/><i>head, 1000</i>"]:::stage0',
    ]
    links = [line.strip() for line in lines if "--" in line or "-." in line or "~~~" in line]
    assert links == [
        *("n0 ~~~ n0p0i0", "n0p0i0 --> n0p1i0"),
        *("n0p1i0 --> n0p2i0", "n0p2i0 --> n0p2i1", "n0p1i0 --> n0p2i1"),
        *("n0p2i1 --> n0p3i0", "n0p3i0 --> n0p3i1", "n0p2i1 -.-> n0p3w0i0", "n0p3w0i0 -.-> n0p3i1"),
        "n0p3i1 --> n0p4i0",
    ]


def test_a_run_of_blocks_is_a_subgraph() -> None:
    """Its shortcut starts inside it, so that it goes around one block."""
    text = draw(resnet("[4]", "basic")).mermaid()
    assert '    subgraph n0p2["×4"]\n    n0p2s((" ")):::point\n' in text
    assert "n0p1i0 --> n0p2s\n    n0p2s --> n0p2i0\n    n0p2i0 --> n0p2i1\n    n0p2s --> n0p2i1\n" in text


def test_a_row_flows_to_the_right() -> None:
    """And a column down."""
    assert draw(resnet("[1]"), layout="row").mermaid().startswith("flowchart LR\n")
    assert draw(resnet("[1]"), layout="wrap").mermaid().startswith("flowchart TD\n")


def test_differences_and_the_legend_are_in_it() -> None:
    """Heavy outlines and links, bold type, and what they mean."""
    graphs = [resnet("[1]", "basic"), resnet("[1]", "basic", "shortcut: {when: always}\nactivation: silu\n")]
    text = draw(*graphs, legend=True).mermaid()
    assert "<b>batch norm, SiLU</b>" in text
    assert "    style n1p2w0i0 stroke-width:3px\n" in text
    assert "    linkStyle 10,11 stroke-width:3px\n" in text
    assert "heavy outline: differs from net" in text


@pytest.mark.parametrize("detail", LEVELS)
@settings(max_examples=30)
@given(document=small_documents())
def test_every_line_is_of_a_known_kind_and_names_what_is_there(detail: Detail, document: Any) -> None:
    """Mermaid reports nothing else than faults of its syntax, so this reads every line."""
    graph = lower(load(document))
    lines = draw(graph, graph, detail=detail, legend=True).mermaid().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    names = {match[1] for line in lines if (match := re.match(r"    (\w+)(?:\[|\(\()", line))}
    ends = {name for line in lines if (match := re.match(r"    (\w+) \S+ (\w+)$", line)) for name in match.groups()}
    assert {name for name in ends if name not in ("style", "linkStyle", "classDef", "subgraph")} <= names


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_flowchart(name: str) -> None:
    """Everything that Mermaid or HTML may interpret is an entity."""
    graph = resnet("[1]", "basic")
    graph = replace(graph, name=name, blocks=tuple(replace(block, name=name) for block in graph.blocks))
    for detail in LEVELS:
        lines = draw(graph, detail=detail).mermaid().splitlines()
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert not any(word in line for word in ("script>", "<i>x</i></i>", "<b>bold") for line in lines)
