"""Web servers on loopback: of single files, and of repositories as the Hugging Face Hub serves them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    withheld: int = 0
    """How many bytes of the body are announced and never sent."""


Silence = Event
"""An answer that never comes, until the event is set."""


@dataclass
class Server:
    """Answers by the path asked for; it counts what it was asked."""

    answer: Callable[[str], Answer | Silence]
    address: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[str], Answer | Silence]) -> Iterator[Server]:
    """A server that runs until the end of the block."""
    server = Server(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            server.asked.append(f"{self.command} {path}")
            given = server.answer(path)
            if isinstance(given, Event):
                given.wait()
                return
            self.send_response(given.status)
            for name, value in {"Content-Length": str(len(given.body) + given.withheld), **given.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(given.body)
            self.close_connection = bool(given.withheld)

        do_HEAD = do_GET  # noqa: N815 -- http.server calls it so

        def log_message(self, *_: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Repositories: name -> files. Each has one commit, the branch `main` and the tag `v1.0`."""

    repositories: Mapping[str, Mapping[str, bytes]]
    refused: Mapping[str, Answer | Silence] = field(default_factory=dict)
    """Paths that are answered with something else."""
    port: str = ""

    def answer(self, path: str) -> Answer | Silence:
        if path in self.refused:
            return self.refused[path]
        match path.split("/"):
            case ["", "cdn", digest]:
                return self._blob(digest)
            case ["", "api", "models"]:
                return _json([{"id": name} for name in self.repositories])
            case ["", "api", "models", owner, name, *rest]:
                return self._of_repository(f"{owner}/{name}", rest)
            case ["", owner, name, "resolve", revision, *file] if f"{owner}/{name}" in self.repositories:
                return self._file(f"{owner}/{name}", revision, "/".join(file))
        return _refusal(404, "RepoNotFound")

    def _of_repository(self, name: str, rest: list[str]) -> Answer:
        if name not in self.repositories:
            return _refusal(401, "RepoNotFound")
        if rest == ["refs"]:
            refs = {kind: [{"name": each, "ref": each, "targetCommit": COMMIT}] for kind, each in _REFS.items()}
            return _json({**refs, "converts": []})
        if rest[1:] and "/".join(rest[1:]) not in (*_REFS.values(), COMMIT):
            return _refusal(404, "RevisionNotFound")
        siblings = [{"rfilename": file} for file in self.repositories[name]]
        return _json({"id": name, "modelId": name, "sha": COMMIT, "siblings": siblings, "tags": []})

    def _file(self, name: str, revision: str, file: str) -> Answer:
        """Small texts come at once, the rest from another host, as large files do."""
        if file not in self.repositories[name]:
            return _refusal(404, "EntryNotFound")
        body = self.repositories[name][file]
        digest = hashlib.sha256(body).hexdigest()
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{digest}"'}
        if file.endswith(".json"):
            return Answer(body=body, headers=headers)
        more = {"X-Linked-Size": str(len(body)), "X-Linked-Etag": f'"{digest}"'}
        return Answer(302, b"", {**headers, **more, "Location": f"http://localhost:{self.port}/cdn/{digest}"})

    def _blob(self, digest: str) -> Answer:
        bodies = (body for files in self.repositories.values() for body in files.values())
        return Answer(body=next(body for body in bodies if hashlib.sha256(body).hexdigest() == digest))


_REFS = {"branches": "main", "tags": "v1.0"}


@contextmanager
def serving_hub(hub: Hub) -> Iterator[Server]:
    with serving(hub.answer) as server:
        hub.port = server.address.rpartition(":")[2]
        yield server


def _json(data: object) -> Answer:
    return Answer(body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


def _refusal(status: int, code: str) -> Answer:
    return Answer(status, b"{}", {"X-Error-Code": code, "Content-Type": "application/json"})
