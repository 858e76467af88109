"""The specs that come with the tool, by name."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


@cache
def bundled_specs() -> dict[str, Path]:
    """The file of every bundled spec, in the order of the names.

    They lie inside the installed package, or in `specs/` beside it where the project runs from its sources.
    """
    installed, sources = _PACKAGE / "specs", _PACKAGE.parent / "specs"
    directory = installed if installed.is_dir() else sources
    return {path.stem: path for path in sorted(directory.rglob("*.yaml"), key=lambda path: _natural(path.stem))}


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts resnet18 before resnet101."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for character in f"{name}\0":
        if character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, character))
    return tuple(parts)
