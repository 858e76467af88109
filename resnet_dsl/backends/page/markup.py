"""HTML and SVG as text, in which nothing that a user wrote can be markup."""

from html import escape

from ...diagnostics.render import printable


def text(value: object) -> str:
    """The text escaped for elements and attributes; characters that are not shown are made visible."""
    return escape(printable(str(value)).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff"))


def element(name: str, *children: str, **attributes: object) -> str:
    """An element with children that are markup already, and attributes that are not.

    Args:
        name: its tag.
        children: what is in it.
        attributes: with `_` for `-`, and one at the end of names that Python reserves; true ones have no value,
            false ones are left out.
    """
    found = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not False and value is not None
    )
    return f"<{name}{found}>{''.join(children)}</{name}>"
