"""The section of a page with the drawing: a tree that opens, and the controls around it."""

from .markup import element
from .tiles import Entry, Tiles

_BUTTONS = (
    ("zoom-out", "−", "Zoom out", "-"),
    ("zoom-in", "+", "Zoom in", "+"),
    ("fit", "Fit", "Fit the drawing", "0"),
    ("open-all", "Open all", "Open everything", "*"),
    ("close-all", "Close all", "Close everything", ""),
)
"""The id of each, what is on it, what it does, and the key that does the same in the drawing."""
_ARROW = (
    '<svg class="defs" aria-hidden="true"><defs><marker id="arrow" viewBox="0 0 6 6" refX="5.5" refY="3" orient="auto"'
    ' markerWidth="6" markerHeight="6" markerUnits="userSpaceOnUse"><path d="M0,0.8L6,3L0,5.2z"/></marker></defs></svg>'
)
_HINT = "A click or Enter opens stages and blocks, arrow keys lead through them; drag, scroll or pinch to move."


def section(name: str, drawn: Tiles) -> str:
    """The drawing of a network of this name, closed; the images of what opens are templates."""
    buttons = (
        element("button", sign, type="button", id=id_, aria_label=label, title=f"{label} ({key})" if key else label)
        for id_, sign, label, key in _BUTTONS
    )
    start = element("li", drawn.input, class_="input", role="none")
    label = f"{name}, from input to output"
    tree = element("ul", start, *map(_entry, drawn.entries), role="tree", id="tree", aria_label=label)
    return element(
        "section",
        element("h2", "Drawing", class_="hidden"),
        element("div", *buttons, role="toolbar", aria_label="Drawing", class_="tools"),
        _ARROW,
        element("div", element("div", tree, id="canvas"), id="pane"),
        element("p", _HINT, class_="hint"),
        id="drawing",
    )


def templates(drawn: Tiles) -> str:
    """The images that equal parts share."""
    return "".join(f"<template id=t{number}>{image}</template>" for number, image in enumerate(drawn.shared))


def _entry(entry: Entry) -> str:
    return element(
        "li",
        '<span class="gutter"></span>',
        element("div", *entry.images, class_="closed"),
        role="treeitem",
        tabindex="-1",
        aria_expanded="false",
        aria_label=entry.name,
        class_=f"entry {entry.color}",
    )
