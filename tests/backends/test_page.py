"""The page of a network: what it says, that it loads nothing, and that nothing in it is what a user made of it."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl.backends.page.data import COLUMNS
from resnet_dsl.backends.page.notice import notice
from resnet_dsl.backends.page.tiles import Tiles, tiles
from resnet_dsl.backends.tables.records import records
from resnet_dsl.backends.tables.rows import Request
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.page import format_shape
from tests.helpers import TINY, faults, lower
from tests.laws.shared import graph_of, same_documents
from tests.strategies import Document, documents

MEGABYTE = 10**6
LEVELS = ("layer", "block", "stage")
HOSTILE = "</script><script>alert(1)</script><img src=http://evil.test/ onerror=alert(1)>\"'&\u2028"


class Elements(HTMLParser):
    """The tags of a page with their attributes, and the texts inside some."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags:
            self.texts.append((self.tags[-1][0], data))

    def inside(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def row_of(record: dict[str, Any]) -> dict[str, Any]:
    """What a page says of a row, by the record that `summary --format json` writes."""
    numbers = {"parameters": record["parameters"], "macs": record["macs"], "kept": record["saved_for_backward"]}
    shapes = {"input": format_shape(record["input_shape"]), "output": format_shape(record["output_shape"])}
    names = {"path": record["path"], "kind": record["kind"], "whole": record["sees_whole_input"]}
    return {**names, **shapes, **numbers}


@same_documents
@given(documents())
def test_the_rows_are_those_of_the_table(document: Document) -> None:
    """At each level, the figures that `summary --format json` writes."""
    graph = graph_of(document)
    found = data_of(resnet_dsl.page(document))
    for level in LEVELS:
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in found["rows"][level]]
        expected = [row_of(record) for record in records(Request(graph, level))]  # type: ignore[arg-type]
        assert [{key: row[key] for key in expected[0]} for row in rows] == expected


def layers_in(image: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-layer="(\d+)"', image)]


def places(drawn: Tiles) -> list[int]:
    """The place of each operation that the images of layers show."""
    inside = [closed for entry in drawn.entries for closed in entry.inside]
    return [closed.first + number for closed in inside for number in layers_in(drawn.shared[closed.layers])]


@same_documents
@given(documents())
def test_every_operation_is_drawn_once_where_it_belongs(document: Document) -> None:
    """In the image of its block, beside its own label; images of closed blocks have none."""
    graph = graph_of(document)
    drawn = tiles(graph)
    assert sorted(places(drawn)) == list(range(len(graph.nodes) - 1))
    blocks = [closed for entry in drawn.entries if entry.stage for closed in entry.inside]
    for block, closed in zip(graph.blocks, blocks, strict=True):
        names = {graph.nodes[1 + closed.first + number].name for number in layers_in(drawn.shared[closed.layers])}
        assert names == {node.name for node in block.nodes}
        assert layers_in(drawn.shared[closed.image]) == []


def test_equal_blocks_share_their_images() -> None:
    """Of the 36 blocks of the third stage of ResNet-152, all but the first are equal."""
    third = tiles(lower("resnet152")).entries[3]
    assert len({(closed.image, closed.layers) for closed in third.inside}) == 2


@pytest.mark.parametrize(("name", "bound"), [("resnet152", 3 * MEGABYTE), ("resnet1202", 3 * MEGABYTE)])
def test_a_page_of_a_deep_network_is_small(name: str, bound: int) -> None:
    """ResNet-152 stays below three megabytes, and so does ResNet-1202."""
    assert len(resnet_dsl.page(name).encode()) < bound


def test_a_page_loads_nothing() -> None:
    """No element has an address but that of a part of the page, and its policy allows no source but its own texts."""
    page = resnet_dsl.page("resnet50x4_clip")
    elements = Elements(page)
    addresses = [
        value
        for _, attributes in elements.tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data", "poster", "style", "xlink:href")
    ]
    assert addresses == []
    style, script = (re.findall(f"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("style", "script"))
    assert re.findall(r"@import|url\((?!#arrow\))", style[0]) == []
    policy = next(attrs["content"] for tag, attrs in elements.tags if attrs.get("http-equiv"))
    assert policy is not None
    hashes = ["'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'" for (text,) in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; base-uri 'none'; form-action 'none'"
    )


def test_what_a_user_wrote_is_never_markup() -> None:
    """Whatever is in the description, the page has the same elements, and shows the text."""
    spec = {"name": "net", "block": {"type": "basic"}, "stages": {"depths": [1]}}
    plain, hostile = (Elements(resnet_dsl.page({**spec, "description": text})) for text in ("harmless", HOSTILE))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert all(not name.startswith("on") for _, attributes in hostile.tags for name in attributes)
    assert HOSTILE.replace("\u2028", "\\u2028") in hostile.inside("p")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=60))
def test_any_description_leaves_the_page_whole(text: str) -> None:
    """The data of the page is still read, and it has two scripts."""
    page = resnet_dsl.page({"name": "net", "description": text, "block": {"type": "basic"}, "stages": {"depths": [1]}})
    assert [tag for tag, _ in Elements(page).tags].count("script") == 2
    assert data_of(page)["rows"]["block"]


def test_the_spec_is_listed_with_its_origins() -> None:
    """Every value that `show --origins` prints, in its order, with the key that it is in."""
    child = resnet_dsl.Text("name: child\nextends: resnet18\n", "child.yaml")
    page = resnet_dsl.page(child, overrides=["head.classes=5"])
    row = r'<tr class="(\w+)"><th scope="row" class="depth\d">(\w+)</th><td>(.*?)</td><td>(.*?)</td>'
    found = re.findall(row, page)
    assert ("option", "classes", "5", "--set head.classes=5") in found
    assert ("parent", "depths", "[2, 2, 2, 2]", "resnet18, line 23") in found
    assert ("file", "name", "child", "child.yaml, line 1") in found
    assert ("default", "activation", "relu", "default") in found
    written = [key for kind, key, _, _ in found if kind == "written"]
    assert [key for key in written if key in ("stages", "head", "antialias")] == ["stages", "head"]


def marked(graph: Graph, before: Graph) -> list[str]:
    return re.findall(r'class="[^"]*marked', "".join(tiles(graph, before).shared))


def test_what_differs_from_a_network_before_is_marked() -> None:
    """And nothing where they are equal."""
    assert marked(lower("resnet34"), lower("resnet34")) == []
    assert marked(lower("seresnet34"), lower("resnet34"))


def test_a_notice_shows_faults_as_a_terminal_does() -> None:
    """The text of the diagnostics, with what is bold or in colour there in elements, and no other element."""
    found = faults(TINY + "description: '<img src=x>'\nnonsense: <b>1</b>\n")
    elements = Elements(notice(found, is_alone=False))
    text = "".join(each for tag, each in elements.texts if tag != "h2")
    assert text == "\n".join(str(fault) + "\n" for fault in found).rstrip()
    assert {tag for tag, _ in elements.tags} == {"section", "h2", "pre", "b", "strong", "i"}


def test_the_library_is_the_one_that_its_authors_published() -> None:
    """@panzoom/panzoom 4.6.2 from npm, unchanged, with its licence beside it."""
    assets = files("resnet_dsl.backends.page") / "assets"
    content = (assets / "panzoom.min.js").read_bytes()
    assert sha256(content).hexdigest() == "3ce354ef7b493efb62a4d4acaaf86fa2d6027eb629857a4e144041de1a112c1e"
    assert "Timmy Willison" in (assets / "panzoom.LICENSE.txt").read_text("utf-8")
