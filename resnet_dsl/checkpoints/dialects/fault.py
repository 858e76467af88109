"""What to say of weights that a library has no names for."""

from ...diagnostics.diagnostic import Diagnostic
from ...language.checks.wording import quoted
from ..comparison import State
from . import DIALECTS
from .dialect import Dialect, Unsayable


def unsayable_fault(file: str, state: State, dialect: Dialect, error: Unsayable) -> Diagnostic:
    """The diagnostic for weights in a file that cannot be written in a dialect, which says in which they can."""
    others = [other.name for other in DIALECTS if _says(other, state)]
    return Diagnostic(
        code="RD517",
        message=f"the weights in `{file}` cannot be written as `{dialect.name}`: {error.reason}",
        notes=(f"the first entry in question is `{error.entry}`",),
        helps=(f"they can be written as {quoted(others, 'or')}",) if others else (),
    )


def _says(dialect: Dialect, state: State) -> bool:
    try:
        dialect.write(state)
    except Unsayable:
        return False
    return True
