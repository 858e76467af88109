"""Why a file of weights cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault

TRUNCATED = "it is empty or truncated"
DAMAGED = "it is damaged"


class Unreadable(Exception):
    """A reason, as the end of a sentence about the file, and what helps."""

    def __init__(self, reason: str, *helps: str) -> None:
        super().__init__(reason)
        self.reason, self.helps = reason, helps


@contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """Turn what cannot be read into a fault that names the file.

    Raises:
        EnvironmentFault: RD504.
    """
    try:
        yield
    except Unreadable as error:
        reason, helps = error.reason, error.helps
    except MemoryError:
        reason, helps = "it does not fit into memory", ()
    except OSError as error:
        text = str(error.strerror or error)
        reason, helps = text[:1].lower() + text[1:], ()
    else:
        return
    raise EnvironmentFault(
        Diagnostic(code="RD504", message=f"cannot read the weights in `{path}`: {reason}", helps=helps)
    )
