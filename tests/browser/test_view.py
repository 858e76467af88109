"""A spec that is edited while a browser shows it."""

from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs the extra `test`")
pytest.importorskip("starlette", reason="needs the extra `view`")

from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow


def save(file: Path, text: str) -> None:
    """As many editors do: a new file takes the name of the old one."""
    draft = file.with_name(f"{file.name}~")
    draft.write_text(text)
    draft.replace(file)


def test_an_edit_a_mistake_and_its_repair(page: Page, served: Path) -> None:
    """A save is drawn; a mistake is explained over the last good drawing, and gone once it is mended."""
    facts = page.locator(".top dl")
    expect(facts).to_contain_text("18")
    served.write_text("name: net\nextends: parent.yaml\nstages: {depths: [2, 2, 3, 2]}\n")
    expect(facts).to_contain_text("20")
    save(served, "name: net\nextends: parent.yaml\nstagez: {depths: [2, 2, 3, 2]}\n")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("error[RD203]: unknown key `stagez`")
    expect(notice).to_contain_text("net.yaml:3:1")
    expect(facts).to_contain_text("20")
    save(served, "name: net\nextends: parent.yaml\n")
    expect(notice).to_have_count(0)
    expect(facts).to_contain_text("18")


def test_what_the_file_extends_is_followed_too(page: Page, served: Path) -> None:
    """Even a parent that it did not have at the start."""
    facts = page.locator(".top dl")
    save(served.with_name("parent.yaml"), "name: parent\nextends: resnet34\n")
    expect(facts).to_contain_text("34")
    served.with_name("other.yaml").write_text("name: other\nextends: resnet18\n")
    save(served, "name: net\nextends: other.yaml\n")
    expect(facts).to_contain_text("18")
    save(served.with_name("other.yaml"), "name: other\nextends: resnet50\n")
    expect(facts).to_contain_text("50")


def test_what_is_open_stays_open(page: Page, served: Path) -> None:
    """And so do the focus, the order of the table, and the place in the drawing."""
    page.locator("#tree > [role=treeitem]").nth(2).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.get_by_role("columnheader", name="MACs").get_by_role("button").click()
    page.locator("[role=treeitem][aria-label^='layer2.0,']").focus()
    save(served, "name: net\nextends: parent.yaml\nhead: {classes: 7}\n")
    expect(page.locator("body")).to_have_attribute("data-version", "2")
    expect(page.locator("[role=treeitem][aria-label^='layer2.0.conv1,']")).to_be_visible()
    expect(page.get_by_role("columnheader", name="MACs")).to_have_attribute("aria-sort", "descending")
    assert page.evaluate("document.activeElement.row.path") == "layer2.0"


def test_the_difference_from_the_start_is_one_click(page: Page, served: Path) -> None:
    """The values, the figures, and marks in the drawing; it follows further edits, and ends where nothing differs."""
    button = page.get_by_role("button", name="Difference from the start")
    expect(button).to_have_count(0)
    save(served, "name: net\nextends: parent.yaml\nstages: {depths: [2, 2, 3, 2]}\n")
    button.click()
    change = page.get_by_role("region", name="Difference from the start")
    expect(change).to_contain_text("[2, 2, 2, 2]")
    expect(change).to_contain_text("[2, 2, 3, 2]")
    assert page.locator("#tree .marked").count() > 0
    save(served, "name: net\nextends: parent.yaml\nstages: {depths: [2, 2, 4, 2]}\n")
    expect(change).to_contain_text("[2, 2, 4, 2]")
    button.click()
    expect(change).to_have_count(0)
    assert page.locator("#tree .marked").count() == 0
    save(served, "name: net\nextends: parent.yaml\n")
    expect(button).to_have_count(0)


def test_a_page_of_another_site_learns_nothing(browser: Browser, page: Page, served: Path) -> None:
    """A page elsewhere cannot read this one, nor put it into a frame."""
    address = page.url
    blank = browser.new_page()
    blank.route("http://other.test/*", lambda route: route.fulfill(body="<p>elsewhere</p>", content_type="text/html"))
    blank.goto("http://other.test/")
    for path in ("", "events", "difference"):
        outcome = blank.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address + path)
        assert outcome == "refused"
    status = blank.request.get(address, headers={"Host": "other.test"}, fail_on_status_code=False).status
    assert status == 403
    blank.close()
