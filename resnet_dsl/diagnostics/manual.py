"""The sections of docs/diagnostics.md, which explain the diagnostic codes."""

import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_CODE = re.compile("RD[0-9A-Z]{1,4}", re.IGNORECASE)
_SECTION = re.compile(r"^(?=## RD[0-9]{3}: )", re.MULTILINE)


def is_code(text: str) -> bool:
    """Whether this looks like a diagnostic code, in upper or lower case."""
    return _CODE.fullmatch(text) is not None


@cache
def sections() -> dict[str, str]:
    """Code -> its section including the heading, in page order."""
    _, *found = _SECTION.split(_page().read_text("utf-8"))
    return {section.removeprefix("## ")[:5]: f"{section.rstrip()}\n" for section in found}


def _page() -> Path:
    """The page inside the installed package, or in `docs/` next to it when running from a source checkout."""
    installed, sources = _PACKAGE / "diagnostics.md", _PACKAGE.parent / "docs" / "diagnostics.md"
    return installed if installed.is_file() else sources
