"""Runs the web application on this machine; only this file imports uvicorn."""

import asyncio
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from .board import Board
from .server import HOSTS, application
from .state import State


def serve(state: State, port: int, *, opens_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve the page of a spec and follow its files, until the process is interrupted.

    Args:
        state: the spec as it has been read.
        port: the port on the loopback interface; any free one for 0.
        opens_browser: whether to open the page in the user's browser.
        tell: is told the address once the server accepts connections.

    Raises:
        EnvironmentFault: the port is taken, or not allowed.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOSTS[0], port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"cannot serve a page on port {port}: {reason}"
            helps = ("leave out the port, and a free one is chosen",)
            raise EnvironmentFault(Diagnostic(code="RD513", message=message, helps=helps)) from None
        listener.listen()
        address = f"http://{HOSTS[0]}:{listener.getsockname()[1]}/"
        tell(address)
        if opens_browser:
            threading.Thread(target=_open, args=(address,), daemon=True).start()  # the server's end is not kept waiting
        asyncio.run(_serve(state, listener))


def _open(address: str) -> None:
    """Open the page in the user's browser; if that fails, for whatever reason, they have the address."""
    with suppress(Exception):
        webbrowser.open(address)


async def _serve(state: State, listener: socket.socket) -> None:
    board = Board(state)
    config = uvicorn.Config(
        application(board), log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=0
    )
    async with asyncio.TaskGroup() as tasks:  # a failure of one ends the other
        following = tasks.create_task(board.follow())
        await uvicorn.Server(config).serve(sockets=[listener])
        following.cancel()
