"""docs/gallery.md, the page of all bundled networks, is generated from their specs.

`UPDATE_DOCS=1 pytest tests/test_gallery_page.py` regenerates it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families

from .helpers import load, lower

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"

INTRODUCTION = """\
# The bundled networks

{count} networks come with the tool: those of the papers, and all `resnet` models of torchvision and timm except the
pruned ones. Commands and `extends` accept each by its name, which is the library's. Each file cites its paper and
library, and states the numbers below as expectations, so compiling it checks them.

`resnet-dsl list` prints this page as a table, and `resnet-dsl list seresnext` only networks with that in the name.
`resnet-dsl list --json` prints an array for programs. Each network in it is an object with `name`, `family`, the title
below which it stands here, `depth`, `parameters`, `macs`, `description` and `reference`; the last two may be `null`.

The depth counts the convolutions of the stem and blocks, and the classifier. Multiply–accumulates are for one image of
224×224 pixels unless the description gives another size, or of 32×32 for CIFAR-10.
"""


def page() -> str:
    """The whole page."""
    count = len(bundled_specs())
    return "\n".join([INTRODUCTION.format(count=count), *(line for family in FAMILIES for line in section(family))])


def section(family: str) -> Iterator[str]:
    """A family's heading, and a row for each of its networks."""
    folder = "specs" if family == "." else f"specs/{family}"
    yield f"## {FAMILIES[family]}\n"
    yield f"In `{folder}`.\n"
    yield "| network | depth | parameters | multiply-accumulates | |"
    yield "|---|--:|--:|--:|---|"
    for name in families()[family]:
        spec = load(name)
        graph = lower(spec)
        numbers = f"{graph.depth} | {graph.parameters:,} | {graph.macs:,}"
        yield f"| [{name}](../{folder}/{name}.yaml) | {numbers} | {spec.description} |"
    yield ""


def test_the_gallery_page_is_generated_from_the_bundled_specs() -> None:
    """Every bundled spec has a row with its depth, parameters, costs and description, in the section of its family."""
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), "stale; `UPDATE_DOCS=1 pytest tests/test_gallery_page.py` regenerates it"
