"""Files of a git repository as they were at a revision, such as `git:HEAD~1:specs/net.yaml`.

Git is asked for contents only: no name is ever an option, and nothing that a repository configures is run.
"""

import os
import posixpath
import re
from dataclasses import dataclass, replace
from errno import ENAMETOOLONG
from typing import TYPE_CHECKING

from ...limits import MAX_PATH

if TYPE_CHECKING:
    from subprocess import Popen

PREFIX = "git:"

_ENVIRONMENT = {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"}
"""Messages in English, and no connection to fetch what a partial clone lacks."""
_OBJECT = re.compile(r"(?P<name>[0-9a-f]{40,64}) (?P<kind>blob|tree|commit|tag) [0-9]+")
"""What git says of an object that exists; of others it repeats the name, which may look like anything."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file or folder at a revision."""

    revision: str
    path: str
    """From the root of the repository, or from the working directory if it starts with `./` or `../`."""

    def __str__(self) -> str:
        return f"{PREFIX}{self.revision}:{self.path}"

    @property
    def parent(self) -> "Snapshot":
        return replace(self, path=posixpath.dirname(self.path))

    def __truediv__(self, reference: str) -> "Snapshot":
        """The file that a path relative to this folder denotes.

        Raises:
            OSError: it is not inside the repository.
        """
        path = posixpath.normpath(posixpath.join(self.path, reference))
        if posixpath.isabs(path) or path == ".." or path.startswith("../"):
            raise OSError(f"it is not in the repository at revision `{self.revision}`")
        return replace(self, path=path)

    def read(self, limit: int) -> bytes:
        """The first bytes of the file.

        Raises:
            OSError: git or the repository, the revision or the file does not exist.
            ValueError: no file can have this name.
        """
        tree, *found = map(_OBJECT.fullmatch, _ask(f"{self.revision}^{{tree}}", str(self).removeprefix(PREFIX)))
        if tree is None:
            raise OSError(f"there is no revision `{self.revision}`")
        if found[0] is None or found[0]["kind"] not in ("blob", "tree"):
            raise FileNotFoundError(f"there is no such file at revision `{self.revision}`")
        if found[0]["kind"] == "tree":
            raise OSError("it is a directory")
        with _start("cat-file", "blob", found[0]["name"]) as process:
            assert process.stdout is not None
            data = process.stdout.read(limit)
            if len(data) == limit:
                process.kill()
            else:
                _finish(process)
        return data


def snapshot(reference: str) -> Snapshot:
    """The file that `git:REV:path` denotes.

    Raises:
        OSError: the reference has another form or is too long, or the path leads out of the repository.
    """
    if len(reference) > MAX_PATH:
        raise OSError(os.strerror(ENAMETOOLONG))
    revision, colon, path = reference.removeprefix(PREFIX).partition(":")
    if not (revision and colon and path):
        raise OSError(f"a file at a revision is written `{PREFIX}REVISION:PATH`")
    start = ""
    if path.startswith(("./", "../")):
        start = os.fsdecode(_finish(_start("rev-parse", "--show-prefix"))).removesuffix("\n")
    return Snapshot(revision, start) / path


def _ask(*names: str) -> list[str]:
    """What git says each name is, following links within the repository."""
    if any(set(name) & {"\n", "\0"} for name in names):
        raise ValueError("its name contains a line break or a null character")
    text = b"".join(os.fsencode(f"{name}\n") for name in names)
    answer = _finish(_start("cat-file", "--batch-check", "--follow-symlinks"), text)
    return os.fsdecode(answer).splitlines()


def _start(*arguments: str) -> "Popen[bytes]":
    from subprocess import PIPE, Popen  # which nothing else needs

    try:
        return Popen(["git", *arguments], stdin=PIPE, stdout=PIPE, stderr=PIPE, env=os.environ | _ENVIRONMENT)
    except FileNotFoundError:
        raise OSError("git is not installed") from None


def _finish(process: "Popen[bytes]", text: bytes = b"") -> bytes:
    """What git prints, given this text."""
    output, errors = process.communicate(text)
    if process.returncode:
        message = os.fsdecode(errors).strip().splitlines()
        raise OSError(message[0].removeprefix("fatal: ") if message else "git failed")
    return output
