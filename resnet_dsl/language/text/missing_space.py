"""A key and its value without a space between them, as in `type:basic`, which YAML takes for one word."""

import re

from .tree import shortened

_GLUED = re.compile(r"([A-Za-z_]+):(\S.*)")


def glued_key(text: str) -> str | None:
    """The key of a text like `type:basic`."""
    match = _GLUED.fullmatch(text)
    return match[1] if match else None


def glued_colon(text: str) -> tuple[str, ...]:
    """A help where a key and its value have no space between them."""
    key = glued_key(text)
    return () if key is None else (f"put a space after the colon: `{key}: {shortened(text[len(key) + 1 :])}`",)
