"""DOT -> images, by running Graphviz's `dot` or its pure Python port."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault

Format: TypeAlias = Literal["svg", "png", "pdf"]

_PURE = "graphviz-pure"
_TIMEOUT = 600
"""Seconds."""
_PNG_DPI = 192
"""Sharp on dense screens, and in print at half the size."""
_PNG_SIDE, _PNG_BYTES, _PIXEL, _INCH = 65_500, 10**9, 4, 72
"""The longest side in pixels, the most memory of an image and that of a pixel in bytes, and points in an inch."""
_INSTALL = "install Graphviz, for instance with `apt install graphviz` or `brew install graphviz`"


def check_size(width: float, height: float) -> None:
    """Check that an image of this size in points can be made, before rather than after long work.

    Raises:
        EnvironmentFault: a side is too long for the formats of images, or the pixels take too much memory.
    """
    wide, high = (round(length * _PNG_DPI / _INCH) for length in (width, height))
    if max(wide, high) > _PNG_SIDE:
        reason = f"that is more than {_PNG_SIDE:,} pixels per side"
    elif wide * high * _PIXEL > _PNG_BYTES:
        reason = f"that is more than {_PNG_BYTES // 10**9} GB of memory"
    else:
        return
    message = f"a PNG of this drawing would have {wide:,} × {high:,} pixels"
    _fail(message, reason, "write SVG or PDF, draw with less detail, or use the layout `wrap`, which fits a page")


def render(dot: str, format: Format) -> bytes:  # noqa: A002  (Graphviz's name for it)
    """The image that the DOT text describes.

    Raises:
        EnvironmentFault: there is no drawing program, it does not support the format, or it failed.
    """
    program = find_program()
    if format == "pdf" and Path(program).stem == _PURE:
        _fail(f"`{_PURE}` cannot write PDF", f"`dot` was not found, so `{program}` is used instead", _INSTALL)
    resolution = [f"-Gdpi={_PNG_DPI}"] if format == "png" else []
    try:
        result = subprocess.run(
            [program, f"-T{format}", *resolution], input=dot.encode("utf-8"), capture_output=True, timeout=_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        _fail(f"drawing took more than {_TIMEOUT // 60} minutes", f"`{program}` was stopped", "draw with less detail")
    except OSError as error:
        _fail(f"cannot run `{program}`", str(error), _INSTALL)
    if result.returncode != 0 or not result.stdout:
        lines = result.stderr.decode("utf-8", "replace").splitlines()
        reasons = [line for line in lines if line.strip() and not line.startswith("Warning")]
        _fail(f"`{program}` failed to draw", (reasons or [f"exit status {result.returncode}"])[0])
    return result.stdout


def find_program() -> str:
    """The path of `dot`, or of `graphviz-pure` if there is no `dot`.

    Raises:
        EnvironmentFault: neither is installed.
    """
    places = (shutil.which("dot"), *(shutil.which(_PURE, path=folder) for folder in _folders()), shutil.which(_PURE))
    program = next(filter(None, places), None)
    if program is None:
        _fail("no drawing program was found", f"neither `dot` nor `{_PURE}` is installed", f"run `pip install {_PURE}`")
    return program


def _folders() -> list[str]:
    """Where pip installs programs: next to the interpreter, or in the user scheme if that is not writable."""
    interpreter = [str(Path(sys.executable).parent)] if sys.executable else []
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    return [*interpreter, sysconfig.get_path("scripts"), user]


def _fail(message: str, note: str, *helps: str) -> NoReturn:
    raise EnvironmentFault(Diagnostic(code="RD506", message=message, notes=(note,), helps=helps)) from None
