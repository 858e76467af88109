"""The command `resnet-dsl`, and `python -m resnet_dsl`."""

import gc
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130
_ALLOCATIONS = 100_000
"""Objects made between two collections of garbage: importing makes many, and none of them is garbage."""
_ENDING = ("SIGTERM", "SIGHUP")
"""What ends a process without a word, unless it asks for one."""


def main() -> None:
    """Run the command line; Ctrl-C ends it in silence, even while it is still being imported.

    So do the signals of `kill` and of a terminal that is closed, once unfinished files are taken away.
    """
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, _end)
    sys.unraisablehook = _say_unless_memory
    gc.set_threshold(_ALLOCATIONS)
    try:
        from .cli import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _say_unless_memory(unraisable: "sys.UnraisableHookArgs") -> None:
    """That memory ran out is said once, and not again by everything that ends because of it."""
    if unraisable.exc_type is not MemoryError:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    main()
