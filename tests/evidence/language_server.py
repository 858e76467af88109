"""A client of a language server, over its standard input and output."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SECONDS = 20.0
"""How long the server may take to say what is wrong with a document."""


class LanguageServer:
    """A running language server: what an editor asks it, and what it answers."""

    def __init__(self, command: Sequence[str], folder: Path, settings: dict[str, Any]) -> None:
        """Start the server.

        Args:
            command: the program and its arguments.
            folder: the folder that the editor has open.
            settings: what the server is told when it asks for the editor's settings, by section.
        """
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._settings = settings
        self._requests = 0
        self._faults: dict[str, list[dict[str, Any]]] = {}
        item = {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}
        capabilities = {
            "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
            "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
        }
        root = folder.as_uri()
        folders = [{"uri": root, "name": folder.name}]
        self._request(
            "initialize",
            {"processId": None, "rootUri": root, "capabilities": capabilities, "workspaceFolders": folders},
        )
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def open(self, path: Path, text: str) -> list[str]:
        """Open a document; what the server finds wrong with it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while path.as_uri() not in self._faults:
            self._receive()
        return [fault["message"] for fault in self._faults.pop(path.as_uri())]

    def completions(self, path: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What the server offers at a place; lines and columns count from 0."""
        result = self._request("textDocument/completion", _place(path, line, column))
        items: list[dict[str, Any]] = result["items"] if isinstance(result, dict) else result or []
        return items

    def hover(self, path: Path, line: int, column: int) -> str:
        """What the server shows about a place, as Markdown."""
        result = self._request("textDocument/hover", _place(path, line, column))
        return str(result["contents"]["value"]) if result else ""

    def _request(self, method: str, params: dict[str, Any]) -> Any:
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._requests and "method" not in message:
                return message.get("result")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message, after answering it if it is a request."""
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) != b"\r\n":
            if not line:
                raise EOFError("the language server has ended")
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._faults[message["params"]["uri"]] = message["params"]["diagnostics"]
        if "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, request: dict[str, Any]) -> Any:
        if request["method"] == "workspace/configuration":
            return [self._settings.get(item.get("section")) for item in request["params"]["items"]]
        return None


def _place(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
