"""The sections of docs/diagnostics.md, which explain the diagnostic codes."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_CODE = re.compile("RD[0-9A-Z]{1,4}|[0-9]{3}", re.IGNORECASE)
_SECTION = re.compile(r"^(?=## RD[0-9]{3}: )", re.MULTILINE)


def as_code(text: str) -> str | None:
    """The diagnostic code that this looks like, in upper or lower case or only its number; None if it is none."""
    return f"RD{text.upper().removeprefix('RD')}" if _CODE.fullmatch(text) else None


def ranges(codes: Iterable[str]) -> str:
    """Sorted codes in short, such as `RD001 – RD003, RD201`."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and int(code[2:]) == int(runs[-1][-1][2:]) + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(", ".join(run) if len(run) < 3 else f"{run[0]} – {run[-1]}" for run in runs)


@cache
def sections() -> dict[str, str]:
    """Code -> its section including the heading, in page order."""
    _, *found = _SECTION.split(_page().read_text("utf-8"))
    return {section.removeprefix("## ")[:5]: f"{section.rstrip()}\n" for section in found}


def _page() -> Path:
    """The page inside the installed package, or in `docs/` next to it when running from a source checkout."""
    installed, sources = _PACKAGE / "diagnostics.md", _PACKAGE.parent / "docs" / "diagnostics.md"
    return installed if installed.is_file() else sources
