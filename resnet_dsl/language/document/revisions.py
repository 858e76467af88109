"""Files of a git repository as they were at a revision, such as `git:HEAD~1:specs/net.yaml`.

Git is asked for contents only: no name is ever an option, and nothing that a repository configures is run.
"""

import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, replace

PREFIX = "git:"

_ENVIRONMENT = {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"}
"""Messages in English, and no connection to fetch what a partial clone lacks."""


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
        tree, *found = _ask(f"{self.revision}^{{tree}}", str(self).removeprefix(PREFIX))
        if " tree " not in tree:
            raise OSError(f"there is no revision `{self.revision}`")
        match found[0].split(" "):
            case [identifier, "blob", _]:
                return _run(["cat-file", "blob", identifier], limit=limit)
            case [_, "tree", _]:
                raise OSError("it is a directory")
            case _:
                raise OSError(f"there is no such file at revision `{self.revision}`")


def snapshot(reference: str) -> Snapshot:
    """The file that `git:REV:path` denotes.

    Raises:
        OSError: the reference has another form, or the path leads out of the repository.
    """
    revision, colon, path = reference.removeprefix(PREFIX).partition(":")
    if not (revision and colon and path):
        raise OSError(f"a file at a revision is written `{PREFIX}REVISION:PATH`")
    start = ""
    if path.startswith(("./", "../")):
        start = os.fsdecode(_run(["rev-parse", "--show-prefix"])).removesuffix("\n")
    return Snapshot(revision, start) / path


def _ask(*names: str) -> list[str]:
    """What git says each name is, following links within the repository."""
    if any(set(name) & {"\n", "\0"} for name in names):
        raise ValueError("its name contains a line break or a null character")
    answer = _run(["cat-file", "--batch-check", "--follow-symlinks"], names)
    return os.fsdecode(answer).splitlines()


def _run(arguments: list[str], lines: Iterable[str] = (), limit: int = -1) -> bytes:
    """What git prints, up to a limit."""
    import subprocess  # which nothing else needs

    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            ["git", *arguments], stdin=pipe, stdout=pipe, stderr=pipe, env=os.environ | _ENVIRONMENT
        )
    except FileNotFoundError:
        raise OSError("git is not installed") from None
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            process.stdin.write(b"".join(os.fsencode(f"{line}\n") for line in lines))
            process.stdin.close()
        except BrokenPipeError:  # it has ended already, and says why
            pass
        output = process.stdout.read(limit)
        if len(output) == limit:
            process.kill()
            return output
        message = os.fsdecode(process.stderr.read()).strip().splitlines()
        if process.wait():
            raise OSError(message[0].removeprefix("fatal: ") if message else "git failed")
    return output
