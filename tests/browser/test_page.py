"""The page of a network in a browser: opened, clicked, hovered over, sorted, read by keyboard, printed."""

import re

import pytest

pytest.importorskip("playwright", reason="needs the extra `test`")

from playwright.sync_api import Page, expect

from resnet_dsl.analysis.receptive_field import receptive_field
from tests.browser.conftest import Opener
from tests.helpers import lower

pytestmark = pytest.mark.slow

HOSTILE = "<img src=http://evil.test/x onerror=\"document.title='run'\">"


def test_a_click_opens_a_stage_and_another_a_block(page: Page, open_page: Opener) -> None:
    """A stage opens into its blocks, a block into its layers, and the mark beside them closes them again."""
    open_page("resnet152")
    third = page.locator("#tree > [role=treeitem]").nth(3)
    third.locator("> .closed").click(position={"x": 150, "y": 20})
    blocks = third.locator("> ul > [role=treeitem]")
    expect(blocks).to_have_count(36)
    blocks.nth(1).locator("> .closed").click(position={"x": 150, "y": 20})
    layers = blocks.nth(1).locator("[role=treeitem]")
    nodes = next(block for block in lower("resnet152").blocks if block.name == "layer3.1").nodes
    expect(layers).to_have_count(len(nodes))
    names = [label.split(",")[0] for label in layers.evaluate_all("items => items.map(item => item.ariaLabel)")]
    assert sorted(names) == sorted(node.name for node in nodes)
    expect(blocks.nth(1).locator("text.path").last).to_have_text("layer3.1")
    blocks.nth(1).locator("> .gutter").click()
    expect(layers).to_have_count(0)
    third.locator("> .gutter").click()
    expect(blocks).to_have_count(0)


def test_what_the_pointer_is_on_is_told(page: Page, open_page: Opener) -> None:
    """Shapes, parameters, multiply-accumulates, memory and the receptive field of a layer."""
    open_page("resnet18")
    graph = lower("resnet18")
    page.locator("#tree > [role=treeitem]").nth(1).press("ArrowRight")
    page.get_by_role("treeitem", name="layer1.1,").locator("> .gutter").click()
    page.locator("[role=treeitem][aria-label^='layer1.1.conv2,']").hover()
    node = graph["layer1.1.conv2"]
    details = page.locator("#details")
    expect(details.locator("h2")).to_contain_text("layer1.1.conv2")
    expect(details).to_contain_text("64×56×56")
    expect(details).to_contain_text("3×3, padding 1")
    expect(details).to_contain_text(f"{node.parameters:,}")
    expect(details).to_contain_text(f"{node.macs:,}")
    expect(details).to_contain_text(f"{receptive_field(graph)[node.name].size[0]} pixels")


def test_the_keyboard_leads_everywhere(page: Page, open_page: Opener) -> None:
    """Arrows open, close and move; one item at a time is reached by Tab; what has the focus is in the pane."""
    open_page("resnet18")
    items = page.locator("[role=treeitem]")
    items.first.focus()

    def focused() -> str:
        name: str = page.evaluate("document.activeElement.row.path")
        box, pane = page.locator(":focus").bounding_box(), page.locator("#pane").bounding_box()
        assert box is not None
        assert pane is not None
        assert pane["y"] - 1 <= box["y"] <= pane["y"] + pane["height"]
        assert page.locator("[role=treeitem][tabindex='0']").count() == 1
        return name

    steps = {
        "ArrowDown": "layer1",
        "Enter": "layer1",
        "ArrowRight": "layer1.0",
        " ": "layer1.0",
        "End": "head",
        "Home": "stem",
    }
    for key, expected in steps.items():
        page.keyboard.press(key)
        assert focused() == expected, key
    for key, expected in (("ArrowDown", "layer1"), ("ArrowDown", "layer1.0"), ("ArrowDown", "layer1.0.conv1")):
        page.keyboard.press(key)
        assert focused() == expected
    for expected in ("layer1.0", "layer1.0", "layer1", "layer1"):
        page.keyboard.press("ArrowLeft")
        assert focused() == expected
    assert page.locator("[aria-expanded=true]").count() == 0


def test_tab_leads_to_the_tree_after_everything_is_closed(page: Page, open_page: Opener) -> None:
    """To what the item that it led to was in, and the button keeps the focus."""
    open_page("resnet18")
    page.get_by_role("button", name="Open everything").click()
    page.get_by_role("treeitem", name="layer1.0.conv1,").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Close everything").click()
    reached = page.locator("[role=treeitem][tabindex='0']")
    expect(reached).to_have_count(1)
    expect(reached).to_have_attribute("aria-label", re.compile("^layer1,"))
    expect(page.get_by_role("button", name="Close everything")).to_be_focused()


def test_a_screen_reader_finds_names_and_roles(page: Page, open_page: Opener) -> None:
    """A tree whose items say their figures, charts with a summary, a table with sorted columns, and headings."""
    open_page("resnet18")
    expect(page.get_by_role("tree", name="resnet18, from input to output")).to_be_visible()
    label = page.get_by_role("treeitem", name="layer2,").get_attribute("aria-label")
    assert label is not None
    for words in ("2 blocks", "from 64×56×56 to 128×28×28", "525,568 parameters", "multiply-accumulates", "receptive"):
        assert words in label
    assert page.get_by_role("img").count() == 3
    expect(page.get_by_role("img", name="Parameters along the depth: 11.7 M in all")).to_be_visible()
    for name in ("Zoom in", "Zoom out", "Fit the drawing", "Open everything", "Close everything"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    assert page.get_by_role("heading", level=1).all_text_contents() == ["resnet18"]
    assert {"Along the depth", "Table", "Spec"} <= set(page.get_by_role("heading", level=2).all_text_contents())


def test_the_table_sorts_and_leads_to_the_drawing(page: Page, open_page: Opener) -> None:
    """By any column, numbers from the largest; a name opens the drawing there."""
    open_page("resnet18")
    page.get_by_role("radio", name="layers").check()
    header = page.get_by_role("columnheader", name="parameters")
    header.get_by_role("button").click()
    expect(page.get_by_role("columnheader", name="parameters")).to_have_attribute("aria-sort", "descending")
    rows = page.locator("#rows tbody tr")
    expected = sorted(lower("resnet18").nodes[1:], key=lambda node: -node.parameters)
    assert rows.locator("th").all_text_contents() == [node.name for node in expected]
    page.get_by_role("columnheader", name="path").get_by_role("button").click()
    expect(rows.first.locator("th")).to_have_text("act1")
    page.locator("#rows").get_by_role("button", name="layer4.1.conv2", exact=True).click()
    expect(page.locator("[role=treeitem].chosen")).to_have_attribute("aria-label", re.compile(r"^layer4\.1\.conv2,"))
    assert page.evaluate("document.activeElement.row.path") == "layer4.1.conv2"


def test_bars_show_each_level(page: Page, open_page: Opener) -> None:
    """As many as there are stages, blocks or layers; a click on one opens the drawing there."""
    open_page("resnet18")
    for label, count in (("stages", 6), ("blocks", 10), ("layers", len(lower("resnet18").nodes) - 1)):
        page.get_by_role("radio", name=label).check()
        expect(page.locator("#bars svg").first).to_have_attribute("viewBox", f"0 0 {count} 100")
    page.get_by_role("radio", name="blocks").check()
    page.locator("#bars svg").first.click(position={"x": 5, "y": 20})
    assert page.evaluate("document.activeElement.row.path") == "stem"


def test_pan_zoom_and_fit(page: Page, open_page: Opener) -> None:
    """The wheel scrolls and zooms, a drag moves and opens nothing, and the whole fits again."""
    open_page("resnet152")
    canvas = page.locator("#canvas")

    def place() -> str:
        page.wait_for_timeout(100)
        found: str = page.evaluate("getComputedStyle(document.getElementById('canvas')).transform")
        return found

    fitted = place()
    assert fitted != "none"
    page.locator("#zoom-in").click()
    expect(canvas).not_to_have_css("transform", fitted)
    zoomed = place()
    page.mouse.move(300, 600)
    page.mouse.down()
    page.mouse.move(340, 500, steps=4)
    page.mouse.up()
    expect(canvas).not_to_have_css("transform", zoomed)
    assert page.locator("[aria-expanded=true]").count() == 0
    dragged = place()
    page.mouse.wheel(0, 80)
    expect(canvas).not_to_have_css("transform", dragged)
    page.locator("#fit").click()
    expect(canvas).to_have_css("transform", fitted)


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_is_dark_where_its_reader_is(page: Page, open_page: Opener, scheme: str, is_dark: bool) -> None:
    """The ground is dark and the text light, or the other way round; on paper it is always light."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    open_page("resnet18")
    shade = "name => getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
    assert (page.evaluate(f"({shade})('color')") > page.evaluate(f"({shade})('backgroundColor')")) == is_dark
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    assert page.evaluate(f"({shade})('color')") < page.evaluate(f"({shade})('backgroundColor')")


def test_the_page_prints(page: Page, open_page: Opener) -> None:
    """To a few pages of paper, without what only a screen is for."""
    open_page("resnet18")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 6
    page.emulate_media(media="print")
    for selector in (".tools", "#details", ".gutter"):
        expect(page.locator(selector).first).to_be_hidden()


def test_a_narrow_screen_shows_everything(page: Page, open_page: Opener) -> None:
    """One below the other, and the page is no wider than the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page("resnet50x4_clip")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tops = [page.locator(each).bounding_box() for each in ("#drawing", "#details", "#depth", "#table", "#spec")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)


def test_what_a_user_wrote_never_runs(page: Page, open_page: Opener) -> None:
    """It is shown, and asks for nothing."""
    open_page(f"name: net\ndescription: |-\n  {HOSTILE}\nblock: {{type: basic}}\nstages: {{depths: [1]}}\n")
    expect(page.locator(".description")).to_have_text(HOSTILE)
    assert page.title() == "net"
    assert page.locator("img").count() == 0
