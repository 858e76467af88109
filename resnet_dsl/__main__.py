"""The command `resnet-dsl`, and `python -m resnet_dsl`."""

import gc
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130
_ALLOCATIONS = 100_000
"""Objects made between two collections of garbage: importing makes many, and none of them is garbage."""
_TERMINATING = ("SIGTERM", "SIGHUP")
"""Signals that end a process without cleanup by default."""


def main() -> None:
    """Run the command line; Ctrl-C ends it silently, even during imports.

    So do the signals sent by `kill` and by a closing terminal, after unfinished files are removed.
    """
    for name in _TERMINATING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores SIGHUP
            signal.signal(number, _end)
    sys.unraisablehook = _ignore_memory_errors
    gc.set_threshold(_ALLOCATIONS)
    try:
        from .cli import run
        from .cli.streams import prepare_streams

        prepare_streams()
        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _ignore_memory_errors(unraisable: "sys.UnraisableHookArgs") -> None:
    """Report unraisable exceptions except `MemoryError`, which the command line already reports once."""
    if unraisable.exc_type is not MemoryError:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    main()
