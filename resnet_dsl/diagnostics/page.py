"""Rendering a section of docs/diagnostics.md for a terminal."""

import re
import textwrap

from .style import BLUE, BOLD, painter

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_INDENT = "    "
_GLUE = "\N{NO-BREAK SPACE}"
"""Stands for a blank inside code, where no line is broken."""


def as_page(section: str, width: int, *, color: bool = False) -> str:
    """The section with its paragraphs filled to a width, and its examples indented.

    Args:
        section: Markdown that consists of a heading, paragraphs with code and links in them, and fences.
        width: columns of the terminal.
        color: whether to make the heading bold and code in paragraphs blue, rather than leave it in backquotes.
    """
    paint = painter(color)

    def shown(line: str) -> str:
        line = line.replace(_GLUE, " ")
        return _CODE.sub(lambda code: paint(code[1], BLUE), line) if color else line

    heading, _, rest = section.removeprefix("## ").partition("\n")
    blocks = [paint(heading, BOLD)]
    fences = list(_FENCE.finditer(rest))
    names = [_name(fence[1]) for fence in fences]
    starts = [0, *(fence.end() for fence in fences)]
    ends = [*(fence.start() for fence in fences), len(rest)]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for paragraph in rest[start:end].strip().split("\n\n"):
            text = _CODE.sub(lambda code: code[0].replace(" ", _GLUE), _LINK.sub(_link, paragraph))
            lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
            blocks += ["\n".join(map(shown, lines))] if lines else []
        if index < len(fences):
            title = f"# {names[index]}\n" if len(set(names)) > 1 else ""
            blocks.append(textwrap.indent(title + fences[index][2].rstrip("\n"), _INDENT))
    return "\n\n".join(blocks) + "\n"


def _link(link: re.Match[str]) -> str:
    """A link to the web with its address; other pages are not at hand."""
    text, target = link.groups()
    return f"{text} ({target})" if target.startswith("http") else text


def _name(words: str) -> str:
    """The name of the file that a fence shows, if it is one: `yaml wrong NAME`."""
    return "".join(words.split()[2:])
