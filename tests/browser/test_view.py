"""A spec that is edited while a browser shows it."""

from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs the extra `test`")
pytest.importorskip("starlette", reason="needs the extra `view`")

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serving

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


def test_a_place_in_the_table_is_kept(page: Page, served: Path) -> None:
    """And so are those in the spec and in the column that both stand in."""
    page.get_by_role("radio", name="layers").check()
    for name, top in {"rows": 300, "keys": 200, "panels": 100}.items():
        page.evaluate(f"document.getElementById('{name}').scrollTop = {top}")
        assert page.evaluate(f"document.getElementById('{name}').scrollTop") == top
    save(served, "name: net\nextends: parent.yaml\nhead: {classes: 7}\n")
    expect(page.locator("body")).to_have_attribute("data-version", "2")
    tops = page.evaluate("['rows', 'keys', 'panels'].map((name) => document.getElementById(name).scrollTop)")
    assert tops == [300, 200, 100]


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


def test_the_difference_can_be_shown_and_hidden_by_keyboard(page: Page, served: Path) -> None:
    """The button keeps the focus."""
    save(served, "name: net\nextends: parent.yaml\nstages: {depths: [2, 2, 3, 2]}\n")
    button = page.get_by_role("button", name="Difference from the start")
    button.focus()
    for is_pressed in ("true", "false"):
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", is_pressed)
        expect(button).to_be_focused()


def test_a_page_follows_a_server_that_was_started_again(browser: Browser, tmp_path: Path) -> None:
    """It shows what the file is by now, although the new server counts versions from the start."""
    file = tmp_path / "net.yaml"
    file.write_text("name: net\nextends: resnet18\n")
    page = browser.new_page()
    facts, status = page.locator(".top dl"), page.locator("#status")
    with serving(file) as address:
        page.goto(address)
        expect(facts).to_contain_text("18")
    expect(status).to_have_text("the server has stopped")
    file.write_text("name: net\nextends: resnet34\n")
    with serving(file, address.split(":")[-1].strip("/")):
        expect(facts).to_contain_text("34", timeout=20_000)
        expect(status).to_have_text("follows the file")
        save(file, "name: net\nextends: resnet50\n")
        expect(facts).to_contain_text("50")
        page.close()


def test_only_a_lost_server_is_reported_as_one(browser: Browser, tmp_path: Path) -> None:
    """A fault of the script is an error of the page, which draws the next version all the same."""
    file = tmp_path / "net.yaml"
    file.write_text("name: net\nextends: resnet18\n")
    page = browser.new_page()
    with serving(file) as address:
        page.goto(address)
        page.evaluate("() => { whole = DOMParser; DOMParser = function () { throw new Error('a fault'); }; }")
        with page.expect_event("pageerror", timeout=10_000) as error:
            save(file, "name: net\nextends: resnet34\n")
        assert "a fault" in str(error.value)
        expect(page.locator("#status")).to_have_text("follows the file")
        page.evaluate("() => { DOMParser = whole; }")
        save(file, "name: net\nextends: resnet50\n")
        expect(page.locator(".top dl")).to_contain_text("50")
        page.close()


def test_a_page_of_another_site_learns_nothing(browser: Browser, page: Page, served: Path) -> None:
    """A page elsewhere cannot read this one, nor put it into a frame, nor lead to it."""
    address = page.url
    blank = browser.new_page()
    blank.route("http://other.test/*", lambda route: route.fulfill(body="<p>elsewhere</p>", content_type="text/html"))
    blank.goto("http://other.test/")
    for path in ("", "events", "difference"):
        outcome = blank.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address + path)
        assert outcome == "refused"
    with blank.expect_response(address) as led:
        blank.evaluate("address => { location = address; }", address)
    assert led.value.status == 403
    status = blank.request.get(address, headers={"Host": "other.test"}, fail_on_status_code=False).status
    assert status == 403
    blank.close()
