"""A shell in a terminal, with somebody who types."""

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

SECONDS = 60.0
"""How long a shell may take to start, or for a line."""

SHOW_LINE, EMPTY_LINE = "\x14", "\x15"
"""The keys Control-T, as defined below, and Control-U."""


class Shell(NamedTuple):
    """How a shell starts, from a file in the folder: with a prompt, completion, and a key that shows the line."""

    command: tuple[str, ...]
    prompt: str
    set_up: str
    """The line that docs/editors.md gives."""
    key: str


SHELLS: Mapping[str, Shell] = {
    "bash": Shell(
        ("bash", "--noprofile", "--rcfile", ".zshrc", "-i"),
        "PS1='ready'",
        'eval "$(_RESNET_DSL_COMPLETE=bash_source resnet-dsl)"',
        """bind -x '"\\C-t": printf "%s\\n" "$READLINE_LINE" >> .lines'""",
    ),
    "zsh": Shell(
        ("zsh", "-d", "-i"),
        "PROMPT='ready'; autoload -Uz compinit && compinit -u -D",
        'eval "$(_RESNET_DSL_COMPLETE=zsh_source resnet-dsl)"',
        'show() { print -r -- "$BUFFER" >> .lines }; zle -N show; bindkey "^T" show',
    ),
    "fish": Shell(
        ("fish", "--no-config", "--init-command", "source .zshrc", "-i"),
        "function fish_prompt; echo ready; end",
        "_RESNET_DSL_COMPLETE=fish_source resnet-dsl | source",
        "bind \\ct 'commandline >> .lines'",
    ),
}


class Terminal:
    """An interactive shell that knows the completion of `resnet-dsl`."""

    def __init__(self, shell: Shell, folder: Path, environment: Mapping[str, str]) -> None:
        """Start a shell in a folder, which is also its `~`."""
        (folder / ".zshrc").write_text(f"{shell.prompt}\n{shell.set_up}\n{shell.key}\n", "utf-8")
        self._lines = folder / ".lines"
        self._lines.touch()
        self._count = 0
        self._shown = b""
        self._screen, terminal = pty.openpty()
        termios.tcsetwinsize(terminal, (50, 200))
        self._process = subprocess.Popen(
            shell.command,
            cwd=folder,
            env={**environment, "HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "xterm"},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # fish wants a terminal that controls it
        )
        os.close(terminal)
        self._wait(lambda: b"ready" in self._shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def line(self, keys: str) -> str:
        """The line after these keys have been typed at an empty prompt."""
        self._count += 1
        os.write(self._screen, f"{keys}{SHOW_LINE}{EMPTY_LINE}".encode())
        self._wait(lambda: self._lines.read_text("utf-8").count("\n") >= self._count)
        return self._lines.read_text("utf-8").splitlines()[self._count - 1]

    def _wait(self, is_done: Callable[[], bool]) -> None:
        """Read what the shell shows until it has done something."""
        deadline = time.monotonic() + SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                raise TimeoutError(self._shown.decode(errors="replace"))
            if select.select([self._screen], [], [], 0.02)[0]:
                self._shown += os.read(self._screen, 65536)
