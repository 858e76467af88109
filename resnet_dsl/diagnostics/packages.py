"""Packages that only some commands need: one that is not installed is a fault of the environment."""

from importlib.util import find_spec

from .diagnostic import Diagnostic, EnvironmentFault


def require(*packages: str, purpose: str) -> None:
    """Find out, without importing them, that packages are not installed.

    Args:
        packages: names, the same for `import` and for pip.
        purpose: what needs them, as in "drawing".

    Raises:
        EnvironmentFault: at least one is missing; the help has the line that installs all that are.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if not missing:
        return
    names = " and ".join(f"`{package}`" for package in missing)
    raise EnvironmentFault(
        Diagnostic(
            code="RD512",
            message=f"{purpose} needs {names}, which {'is' if len(missing) == 1 else 'are'} not installed",
            helps=(f"run `pip install {' '.join(missing)}`",),
        )
    )
