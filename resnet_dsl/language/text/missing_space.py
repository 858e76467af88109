"""A missing space between a key and its value, as in `type:basic`, which YAML reads as one string."""

import re

from .tree import shortened

_NO_SPACE = re.compile(r"([A-Za-z_]+):(\S.*)")


def key_without_space(text: str) -> str | None:
    """The key in a text like `type:basic`."""
    match = _NO_SPACE.fullmatch(text)
    return match[1] if match else None


def missing_space_help(text: str) -> tuple[str, ...]:
    """A help if a key and its value have no space between them."""
    key = key_without_space(text)
    return () if key is None else (f"put a space after the colon: `{key}: {shortened(text[len(key) + 1 :])}`",)
