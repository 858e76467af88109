"""The web application: the page, and the events that tell of a new one; only this file imports starlette."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .board import Board

HOSTS = ("127.0.0.1", "localhost")
"""The names under which a browser may ask for the page; another one may lead here by a trick of its name server."""
COMPARED = "/difference"
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def application(board: Board) -> ASGIApp:
    """The page, the same with what differs from the start, and the events that tell of a new one.

    Nothing that a browser sends is ever used as a path or a value.
    """

    async def page(request: Request) -> HTMLResponse:
        is_compared = request.url.path == COMPARED
        return HTMLResponse(await asyncio.to_thread(board.state.page, is_compared=is_compared), headers=_HEADERS)

    async def events(_: Request) -> StreamingResponse:
        return StreamingResponse(_versions(board), media_type="text/event-stream", headers=_HEADERS)

    return _Guard(Starlette(routes=[Route("/", page), Route(COMPARED, page), Route("/events", events)]))


async def _versions(board: Board) -> AsyncIterator[str]:
    """Server-sent events: the version that there is, and each one after it."""
    version = -1
    while True:
        version = (await board.newer_than(version)).version
        yield f"data: {version}\n\n"


class _Guard:
    """Refuses requests that other sites make a browser send."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_own(Headers(scope=scope)):
            refusal = PlainTextResponse("refused: this page is for this machine alone\n", 403, headers=_HEADERS)
            await refusal(scope, receive, send)
        else:
            await self._inner(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    """Whether a request names this machine, and comes from no page or from one of this server.

    Images, scripts and links of other sites come without an origin; browsers tell the relation of the sites instead.
    """
    hosts, origins, sites = map(headers.getlist, ("host", "origin", "sec-fetch-site"))
    is_here = len(hosts) == 1 and hosts[0].partition(":")[0] in HOSTS
    return is_here and set(origins) <= {f"http://{hosts[0]}"} and set(sites) <= {"none", "same-origin"}
