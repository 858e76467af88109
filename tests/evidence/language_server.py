"""A client of a language server: what an editor asks, over the server's standard input and output."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

SECONDS = 300.0
"""After this time the server is killed, and whoever waits for it gets an `EOFError`."""


class LanguageServer:
    """A running language server. Lines and columns count from 0."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> None:
        """Start the server, and tell it what editors tell it first.

        Args:
            command: the program and its arguments.
            folder: the folder that the editor has open.
            settings: the editor's settings, by section.
        """
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._alarm = Timer(SECONDS, self._process.kill)
        self._alarm.start()
        self._settings = settings
        self._is_configured = False
        self._requests = 0
        self._faults: dict[str, list[str]] = {}
        item = {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
        }
        start = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
        self._request("initialize", start)
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})
        while not self._is_configured:
            self._receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._request("shutdown", None)
            self._send({"method": "exit"})
        else:
            self._process.kill()
        self._alarm.cancel()
        self._process.wait()

    def open(self, path: Path, text: str) -> list[str]:
        """Open a document; the messages about it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while path.as_uri() not in self._faults:
            self._receive()
        return self._faults.pop(path.as_uri())

    def completions(self, path: Path, line: int, column: int) -> dict[str, str]:
        """What the server offers at a place of an open document: label -> the text that it would insert."""
        result = self._request("textDocument/completion", _place(path, line, column))
        items = result["items"] if isinstance(result, dict) else result or []
        return {item["label"]: item.get("insertText", item["label"]) for item in items}

    def hover(self, path: Path, line: int, column: int) -> str:
        """What the server shows about a place of an open document, as Markdown."""
        result = self._request("textDocument/hover", _place(path, line, column))
        return str(result["contents"]["value"]) if result else ""

    def _request(self, method: str, params: Any) -> Any:
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == self._requests:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message, remembered if it is about faults, and answered if it is a request."""
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) != b"\r\n":
            if not line:
                raise EOFError("the language server has ended")
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        match message:
            case {"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": faults}}:
                self._faults[uri] = [fault["message"] for fault in faults]
            case {"method": "workspace/configuration", "id": request, "params": {"items": items}}:
                self._send({"id": request, "result": [self._settings.get(item.get("section")) for item in items]})
                self._is_configured = True
            case {"method": _, "id": request}:
                self._send({"id": request, "result": None})
        return message


def _place(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
