"""How soon a page is usable once it is opened, how large it is, and how soon a save is drawn, all in a real browser.

    python -m tests.benchmarks.pages [--rounds 9] [--spec resnet152]

Needs Chromium, and the development install.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import resnet_dsl
from tests.browser.chromium import BROWSER, FLAGS

USABLE = """() => new Promise(resolve => {
  const look = () => document.querySelector('#rows tbody tr') && document.querySelector('#canvas').style.transform
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))) : setTimeout(look);
  look();
})"""
"""Milliseconds from the start of the navigation until the tables and the drawing are there and painted."""
DRAWN = """() => { window.drawn = new Promise(resolve => new MutationObserver((_, observer) => {
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
}).observe(document.body, { attributes: true, attributeFilter: ['data-version'] })); }"""
"""When the next version is painted, by the clock."""


def opening(browser: Browser, file: Path, rounds: int) -> list[float]:
    """How long it takes until a page is usable, each time in a new window."""
    times = []
    for _ in range(rounds):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(file.as_uri(), wait_until="commit")
        times.append(page.evaluate(USABLE))
        page.close()
    return times


def redrawing(browser: Browser, folder: Path, spec: str, rounds: int) -> list[float]:
    """How long it takes from a save of a spec to the picture of its new version."""
    file = folder / "net.yaml"
    file.write_text(f"name: net\nextends: {spec}\n")
    command = [sys.executable, "-m", "resnet_dsl", "view", file.name, "--no-open"]
    environment = os.environ | {"PYTHONPATH": str(Path(resnet_dsl.__file__).parents[1])}
    times = []
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address[0])
        page.evaluate(USABLE)
        for turn in range(rounds):
            page.evaluate(DRAWN)
            draft = file.with_name("draft")
            draft.write_text(f"name: net\nextends: {spec}\nhead: {{classes: {10 + turn}}}\n")
            start = time.time()
            draft.replace(file)
            times.append(page.evaluate("window.drawn") - 1e3 * start)
            page.wait_for_timeout(300)
        page.close()
        server.terminate()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--spec", default="resnet152")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        file = Path(name) / "net.html"
        file.write_text(resnet_dsl.page(arguments.spec), "utf-8")
        print(f"page of {arguments.spec}: {file.stat().st_size:,} bytes")
        for title, times in (
            ("usable after opening", opening(browser, file, arguments.rounds)),
            ("drawn after a save", redrawing(browser, Path(name), arguments.spec, arguments.rounds)),
        ):
            print(f"{title}: {statistics.median(times):.0f} ms (median of {len(times)}, at most {max(times):.0f} ms)")
        browser.close()


if __name__ == "__main__":
    main()
