"""Packages that only some commands need: a missing one is an environment fault."""

from importlib.util import find_spec

from .diagnostic import Diagnostic, EnvironmentFault


def require(*packages: str, purpose: str) -> None:
    """Check, without importing them, that packages are installed.

    Args:
        packages: names that are the same for `import` and for pip.
        purpose: what needs them, such as "drawing".

    Raises:
        EnvironmentFault: at least one is missing; the help gives the command that installs the missing ones.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if not missing:
        return
    *others, last = (f"`{package}`" for package in missing)
    names = f"{', '.join(others)} and {last}" if others else last
    raise EnvironmentFault(
        Diagnostic(
            code="RD512",
            message=f"{purpose} needs {names}, which {'is' if len(missing) == 1 else 'are'} not installed",
            helps=(f"run `pip install {' '.join(missing)}`",),
        )
    )
