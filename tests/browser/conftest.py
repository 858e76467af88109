"""Pages in a real browser that is installed already; the tests are skipped where there is none."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import resnet_dsl
from tests.browser.chromium import BROWSER, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Of a module, because no other test can run an event loop while it is open."""
    from playwright.sync_api import sync_playwright

    if BROWSER is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A window in which nothing goes wrong, and that asks for nothing outside of this machine."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file://", "http://127.0.0.1:", "blob:"))] == []


Opener = Callable[[str], None]


@pytest.fixture
def open_page(page: "Page", tmp_path: Path) -> Opener:
    """Opens the page of a bundled network, or of a text, from a file."""

    def open_(source: str) -> None:
        file = tmp_path / "net.html"
        file.write_text(resnet_dsl.page(resnet_dsl.Text(source) if "\n" in source else source), "utf-8")
        page.goto(file.as_uri())
        page.wait_for_selector("#rows tbody tr")

    return open_


@pytest.fixture
def served(page: "Page", tmp_path: Path) -> Iterator[Path]:
    """A file whose page is open, served by `resnet-dsl view`."""
    file = tmp_path / "net.yaml"
    file.write_text("name: net\nextends: parent.yaml\n")
    (tmp_path / "parent.yaml").write_text("name: parent\nextends: resnet18\n")
    with serving(file) as address:
        page.goto(address)
        page.wait_for_selector("#rows tbody tr")
        yield file
        page.goto("about:blank")


@contextmanager
def serving(file: Path, port: str = "0") -> Iterator[str]:
    """The address at which `resnet-dsl view` serves the page of a file meanwhile."""
    command = [sys.executable, "-m", "resnet_dsl", "view", file.name, "--no-open", "--port", port]
    paths = os.pathsep.join(filter(None, (str(Path(resnet_dsl.__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": paths}
    with subprocess.Popen(command, cwd=file.parent, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        try:
            yield address[0]
        finally:
            server.terminate()
        server.wait(20)
