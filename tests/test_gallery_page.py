"""docs/gallery.md, the page of all bundled networks, and its pictures are generated from their specs.

`UPDATE_DOCS=1 pytest tests/test_gallery_page.py` regenerates it.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families

from .gallery_pictures import description, picture
from .helpers import load, lower

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "gallery"
STALE = "stale; `UPDATE_DOCS=1 pytest tests/test_gallery_page.py` regenerates it"

INTRODUCTION = """\
# The bundled networks

{count} networks come with the tool: those of the papers, all of torchvision's and timm's that the
[language](language.md) can say, and those for CIFAR that others copy from. Commands and `extends` accept each by its
name, which is the library's; the name of a network from a repository begins with that of its owner. Each file cites its
paper and code, and states the numbers below as expectations, so compiling it checks them.

{sources}

`resnet-dsl list` prints this page as a table. With words, it prints only networks in whose names, descriptions or
references all of them are found; capitals and hyphens do not matter: `resnet-dsl list seresnext`,
`resnet-dsl list cifar preactivation`, `resnet-dsl list "group norm"`. `resnet-dsl list --json` prints an array for
programs. Each network in it is an object with `name`, `family`, the title below which it stands here, `depth`,
`parameters`, `macs`, `description` and `reference`.

The depth counts the convolutions of the stem and blocks, and the classifier. Multiply–accumulates are for one image of
224×224 pixels unless the description gives another size, or of 32×32 for CIFAR.

## At a glance

In the pictures of the tables below, a bar is a block, in the colour of its stage. It reaches up by the height of its
feature map, and down by its number of channels; both scales are logarithmic, and the same in all pictures. Up to 28
blocks are equally wide everywhere, so a longer picture is a deeper network. The thin line above shows shortcuts: an
identity as a line, a projection or padding as a dot, and nothing over a plain network. The dark line in the middle
marks attention, or something else in place of the 3×3 convolution. The command `draw` shows what is in the blocks.

![{plot}](gallery/scatter.svg)

Each point is a network. The legend has the folders in `specs`. A network for CIFAR does less with as many parameters,
because its images are smaller.
"""

PLOT = (
    "Plot of all networks, parameters against multiply–accumulates, on logarithmic scales. Most points lie along a "
    "line from ResNet-20 by way of ResNet-18, 50 and 152 to RegNetY-2560. The tables below have the numbers."
)
"""The plot in words, for those who do not see it."""

DIFFERENCES = """\
## What differs from the libraries

The networks compute what the libraries' compute, but start from other weights. Here, convolutions are Kaiming normal
with fan-out, and all biases and `fc` have PyTorch's default. `fc` normal means a deviation of 0.01.

| networks | how they start in their libraries |
|---|---|
| RegNet, GENet, CLIP, and those with a tiered stem, in timm | fan-out of each group; `fc` normal, all biases 0 |
| those of them with global context | the last layer of the attention 0 |
| RegNet in torchvision, ResNetV2, BiT | `fc` normal, its bias 0 |
| wide ResNet for CIFAR | the bias of `fc` 0 |
| kuangliu's and weiaicunzai's | PyTorch's default for convolutions too |
| akamaster's | Kaiming normal with fan-in for convolutions and `fc` |
| pruned ones | PyTorch's default where channels were removed |

timm counts more multiply–accumulates in two places. In global context, it sums pixels by their weights in a matrix
product; sums count nothing here. In the attention pooling of CLIP, it attends from every pixel, and then takes the
result of the mean; only the mean attends here.

With `drop_path`, timm's ResNeSt drops the inputs of projections and no branch; here, branches are dropped. OpenAI's
own CLIP rounds down where it pools an odd number of rows or columns; timm rounds up, and so do the networks here. At
the sizes above, all numbers are even.
"""


@cache
def network(name: str) -> Graph:
    """A bundled network."""
    return lower(load(name))


def page() -> str:
    """The whole page."""
    introduction = INTRODUCTION.format(count=len(bundled_specs()), sources="\n".join(sources()), plot=PLOT)
    return "\n".join([introduction, *(line for family in FAMILIES for line in section(family)), DIFFERENCES])


def sources() -> Iterator[str]:
    """How many networks cite which code."""
    counts = Counter(source(load(name).reference or "") for name in bundled_specs())
    yield "| code | networks |"
    yield "|---|--:|"
    yield from (f"| {code} | {count} |" for code, count in counts.most_common())


def source(reference: str) -> str:
    """The code that a reference ends with."""
    if library := re.search(r" (\w+)\.models\.\w+$", reference):
        return library[1]
    if repository := re.search(r" (https://github\.com/([\w-]+/[\w-]+))$", reference):
        return f"[{repository[2]}]({repository[1]})"
    return "a paper alone"


def section(family: str) -> Iterator[str]:
    """A family's heading, and a row for each of its networks."""
    folder = "specs" if family == "." else f"specs/{family}"
    yield f"## {FAMILIES[family]}\n"
    yield f"In `{folder}`.\n"
    yield "| network | depth | parameters | multiply-accumulates | |"
    yield "|---|--:|--:|--:|---|"
    for name in families()[family]:
        spec = load(name)
        graph = network(name)
        numbers = f"{graph.depth} | {graph.parameters:,} | {graph.macs:,}"
        shown = f"![{description(graph)}](gallery/{name}.svg)"
        yield f"| [{name}](../{folder}/{name}.yaml) | {numbers} | {spec.description}<br>{shown} |"
    yield ""


def test_the_gallery_page_is_generated_from_the_bundled_specs() -> None:
    """Every bundled spec has a row with its depth, parameters, costs and description, in the section of its family."""
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), STALE


def test_each_network_has_its_picture() -> None:
    """The folder has a profile of every bundled network as it is, the plot, and nothing else."""
    drawn = {f"{name}.svg": picture(network(name)) for name in bundled_specs()}
    if os.environ.get("UPDATE_DOCS"):
        for name, text in drawn.items():
            (PICTURES / name).write_text(text, "utf-8")
    assert {path.name: path.read_text("utf-8") for path in PICTURES.iterdir() if path.name != "scatter.svg"} == drawn


def test_the_plot_shows_the_networks_as_they_are() -> None:
    """A point a network, and the names beside some, as this version of matplotlib draws them."""
    mpl = pytest.importorskip("matplotlib", reason="the plot needs matplotlib")
    if f"matplotlib=={mpl.__version__}\n" not in (ROOT / "constraints.txt").read_text("utf-8"):
        pytest.skip("another version of matplotlib draws the plot in another way")
    from .gallery_scatter import scatter

    networks = {
        "papers, torchvision" if family == "." else family: [network(name) for name in names]
        for family, names in families().items()
    }
    drawn = scatter(networks)
    path = PICTURES / "scatter.svg"
    if os.environ.get("UPDATE_DOCS"):
        path.write_bytes(drawn)
    assert path.read_bytes() == drawn, STALE


def test_the_page_counts_the_networks_of_each_library() -> None:
    """Every network counts for one code, and there are at least 200 of them."""
    counts = [int(line.split("|")[2]) for line in list(sources())[2:]]
    assert sum(counts) == len(bundled_specs()) >= 200
