"""The style sheet and the scripts of a page, and the policy under which only these run."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from ..drawing import style

_LIBRARY = "panzoom.min.js"
_SCRIPTS = ("words.js", "canvas.js", "tree.js", "details.js", "bars.js", "table.js", "page.js")
_LIVE = "live.js"


@cache
def style_sheet() -> str:
    """The style sheet, which takes the colours of stages from drawings."""
    colors = "".join(f"--s{stage}:{style.stage_color(stage)};" for stage in range(style.COLORS + 1))
    fills = "".join(f".s{stage}{{--fill:var(--s{stage})}}" for stage in range(style.COLORS + 1))
    return f":root{{{colors}}}{fills}\n{_read('page.css')}"


@cache
def script(*, is_live: bool) -> str:
    """All scripts as one, of which nothing is visible to others; a live page follows its server."""
    own = "\n".join(map(_read, (*_SCRIPTS, _LIVE) if is_live else _SCRIPTS))
    begin = "follow(start());" if is_live else "start();"
    return f"{_read(_LIBRARY)}\n(() => {{\n'use strict';\n{own}\n{begin}\n}})();\n"


def policy(styles: Sequence[str], scripts: Sequence[str], *, is_live: bool) -> str:
    """A content security policy under which nothing but these runs, and nothing is fetched but from a live server."""
    allowed = {
        "default-src": "'none'",
        "style-src": " ".join(map(_hash, styles)),
        "script-src": " ".join(map(_hash, scripts)),
        "base-uri": "'none'",
        "form-action": "'none'",
    } | ({"connect-src": "'self'"} if is_live else {})
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


def _read(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text("utf-8")
