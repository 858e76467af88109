"""An HTML document with the style sheet and the scripts of all pages, in which nothing else runs."""

from dataclasses import dataclass

from . import assets
from .markup import element, text


@dataclass(frozen=True, slots=True)
class Live:
    """What a page that follows a file shows besides the network."""

    version: int
    """Counts what has been shown."""
    notice: str = ""
    """Markup: what is wrong with the file as it is."""
    differs: bool = False
    """Whether anything differs from the version at the start."""
    difference: str = ""
    """Markup: what does, if it is shown."""


def document(title: str, *body: str, live: Live | None) -> str:
    """The text of a document.

    Args:
        title: its title.
        body: markup.
        live: what a page that follows a file shows besides; a page on its own without it.
    """
    styles, scripts = assets.style_sheet(), assets.script(is_live=live is not None)
    policy = assets.policy([styles], [scripts], is_live=live is not None)
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n',
            element("title", text(title)),
            f"\n<style>{styles}</style>\n</head>\n",
            _body(live),
            *body,
            live.notice if live else "",
            f"\n<script>{scripts}</script>\n</body>\n</html>\n",
        )
    )


def _body(live: Live | None) -> str:
    """The tag that opens the body."""
    if live is None:
        return "<body>"
    return f'<body data-version="{live.version}"{" class=compare" if live.difference else ""}>'
