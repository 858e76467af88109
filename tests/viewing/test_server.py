"""The server of a page: what it answers, and whom it refuses."""

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra `view`")
pytest.importorskip("uvicorn", reason="needs the extra `view`")
pytest.importorskip("watchfiles", reason="needs the extra `view`")

from resnet_dsl.viewing.board import Board
from resnet_dsl.viewing.server import application
from resnet_dsl.viewing.state import State, refreshed
from tests.helpers import TINY

HOST = ("host", "127.0.0.1:8000")


@pytest.fixture
def board(tmp_path: Path) -> Board:
    (tmp_path / "tiny.yaml").write_text(TINY)
    return Board(refreshed(State(str(tmp_path / "tiny.yaml"))))


def ask(
    board: Board, *headers: tuple[str, str], path: str = "/", method: str = "GET"
) -> tuple[int, dict[str, str], str]:
    """The status, the headers and the body with which the server answers a request."""
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    asyncio.run(application(board)(scope, receive, send))  # type: ignore[arg-type]
    start, *rest = messages
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(each.get("body", b"") for each in rest).decode()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost"])
def test_the_page_is_for_this_machine(board: Board, host: str) -> None:
    """Under either of its names, and from its own origin."""
    status, headers, body = ask(board, ("host", host), ("origin", f"http://{host}"))
    assert status == 200
    assert "<title>tiny</title>" in body
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_who_types_the_address_is_answered(board: Board, site: str) -> None:
    """As is the page itself; browsers say that no other site has a part in it."""
    assert ask(board, HOST, ("sec-fetch-site", site))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("host", "evil.test"),),
        (("host", "evil.test:8000"),),
        (("host", "127.0.0.1.evil.test:8000"),),
        (("host", "localhost.evil.test"),),
        (("host", ""),),
        (HOST, ("host", "evil.test")),
        (HOST, ("origin", "http://evil.test")),
        (HOST, ("origin", "https://127.0.0.1:8000")),
        (HOST, ("origin", "http://127.0.0.1:9000")),
        (HOST, ("origin", "http://localhost:8000")),
        (HOST, ("origin", "null")),
        (HOST, ("origin", "http://127.0.0.1:8000"), ("origin", "http://evil.test")),
        (HOST, ("sec-fetch-site", "cross-site")),
        (HOST, ("sec-fetch-site", "same-site")),
        (HOST, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")),
    ],
)
@pytest.mark.parametrize("path", ["/", "/difference", "/events", "/missing"])
def test_foreign_hosts_and_origins_are_refused(board: Board, headers: tuple[tuple[str, str], ...], path: str) -> None:
    """A name that leads here by a trick, no name, two names, and pages of others, whose images, scripts and links have
    no origin; nothing of the network is said.
    """
    status, _, body = ask(board, *headers, path=path)
    assert (status, "tiny" in body) == (403, False)


@pytest.mark.parametrize(
    "path",
    ["/tiny.yaml", "/etc/passwd", "/../tiny.yaml", "/..%2ftiny.yaml", "//etc/passwd", "/difference/x", "/events/1"],
)
def test_no_path_leads_to_a_file(board: Board, path: str) -> None:
    """There are three addresses, and no other."""
    assert ask(board, HOST, path=path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/difference", "/events"])
def test_nothing_can_be_sent(board: Board, path: str, method: str) -> None:
    """The pages are only read."""
    assert ask(board, HOST, path=path, method=method)[0] == 405


def test_who_waits_hears_of_each_new_version(board: Board) -> None:
    """At once if there is one already, otherwise when it comes, however many wait."""

    async def story() -> list[int]:
        first = await board.newer_than(-1)
        waiting = [asyncio.create_task(board.newer_than(first.version)) for _ in range(2)]
        following = asyncio.create_task(board.follow())
        await asyncio.sleep(0.1)
        (path,) = first.contents
        draft = path.with_suffix(".tmp")
        draft.write_text(TINY.replace("[1]", "[2]"))
        draft.replace(path)
        found = await asyncio.wait_for(asyncio.gather(*waiting), 20)
        following.cancel()
        return [first.version, *(state.version for state in found)]

    assert asyncio.run(story()) == [1, 2, 2]
