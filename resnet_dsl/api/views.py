"""Networks as people and programs look at them in Python: differences, drawings, tables."""

from typing import TYPE_CHECKING

from ..compiler import Source, compile_spec, quantisation_of
from ..graph.graph import Graph
from ..language.document.overrides import Overrides
from .specs import lower

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..analysis import Optimizer
    from ..backends.drawing.drawing import Detail, Drawing
    from ..backends.drawing.sheet import Layout
    from ..backends.tables import Extra, Level
    from ..differences import Difference


def diff(
    before: Source, after: Source | None = None, *, overrides: Overrides | None = None, batch_size: int = 1
) -> "Difference":
    """What differs between two networks: in the words of their specs, in their stages, and in their weights.

    The difference is true if there is any, and prints as the command `diff` does. Names, descriptions and expectations
    do not count. If one side is a file of weights, only what names and shapes of weights reveal is compared.

    >>> found = diff("resnet50", "resnet101")
    >>> [(value.key, value.value.after) for value in found.values], found.parameters
    ([('stages.depths', [3, 4, 23, 3])], Change(before=25557032, after=44549160))

    Args:
        before: anything that `load` takes, or weights: the path of a file, or a reference such as
            `hf-hub:timm/resnet50.a1_in1k`.
        after: another; by default the same, to see what `overrides` do.
        overrides: values that replace those of `after`, which must be a spec.
        batch_size: the batch whose memory counts.

    Raises:
        SpecError: a spec or its network is invalid; `diagnostics` contains the faults of both.
        EnvironmentFault: there is no such file, it cannot be read or fetched, no spec can describe the network of the
            weights, or a package that reads them is not installed.
        TypeError: a graph is given, which has no spec.
        ValueError: the batch size is below 1.
    """
    from ..differences import compare

    return compare(before, before if after is None else after, overrides or {}, batch_size=batch_size)


def draw(
    network: Graph | Source,
    *others: Graph | Source,
    detail: "Detail" = "stage",
    overrides: Overrides | None = None,
    layout: "Layout | None" = None,
    page: str | None = None,
    legend: bool = False,
) -> "Drawing":
    """Draw a network, or several side by side, marking where the others differ from the first.

    Notebooks display the drawing; `save` writes it to a file, `svg`, `png`, `pdf`, `dot` and `mermaid` are its formats.

    Args:
        network: a graph, or anything that `load` takes.
        others: more of them.
        detail: `"stage"`, `"block"` or `"layer"`.
        overrides: values that replace those of every source; graphs are drawn as they are.
        layout: `"column"`, the default; `"row"`, from left to right; or `"wrap"`, columns that fit a page.
        page: the page for `"wrap"`, which is then the default: `"a4"`, `"a3"`, `"letter"`, or one with `"-landscape"`.
        legend: whether to explain the signs below the drawing.

    Raises:
        SpecError: a spec or its network is invalid.
        EnvironmentFault: there is no such file, level of detail, layout or page, or the package graphviz is not
            installed.
    """
    from ..backends.drawing.drawing import draw as draw_graphs

    graphs = [each if isinstance(each, Graph) else lower(each, overrides=overrides) for each in (network, *others)]
    return draw_graphs(*graphs, detail=detail, layout=layout, page=page, legend=legend)


def page(source: Source, *, overrides: Overrides | None = None) -> str:
    """A network as one HTML file for browsers: its drawing, its figures along the depth, its table and its spec.

    The file loads nothing from anywhere. The command `draw` writes the same.

    Args:
        source: anything that `load` takes.
        overrides: values that replace those of the source.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such file, or the package graphviz is not installed.
    """
    from ..pages import page_of

    return page_of(*compile_spec(source, overrides or {}))


def summary(
    network: Graph | Source,
    format: str = "table",  # noqa: A002
    *,
    batch_size: int | None = None,
    by: "Level" = "layer",
    extras: "Collection[Extra]" = (),
    optimizer: "Optimizer | None" = None,
    autocast: bool = False,
    capacity: int | str | None = None,
) -> str:
    """The table that the command `summary` prints: layers, windows, shapes, parameters and multiply-accumulates.

    Args:
        network: a graph, or anything that `load` takes.
        format: `"table"` for people, `"torchsummary"` for that package's format, `"json"`, or `"csv"`.
        batch_size: the first dimension of every shape.
        by: what a row is: a `"layer"`, or the sum of a `"block"` or a `"stage"`; `"torchsummary"` has layers only.
        extras: columns that `"table"` has beside the others: `"flops"`, `"memory"`, `"receptive-field"`.
        optimizer: whose state training holds: `"sgd"`, the default, `"momentum"`, `"adam"` or `"adamw"`.
        autocast: whether training runs in bfloat16 under autocast.
        capacity: bytes that training has to fit, or an amount such as `"24GB"`, if that is asked.

    With an optimizer, autocast or a capacity, `"table"` says below what training and evaluation take.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such format, level, column, optimizer or file, it cannot be read, the format
            cannot show what is asked for, or the capacity is no amount.
        ValueError: the batch size is below 1.
    """
    from ..backends.tables.summary import summary as summarise

    return summarise(
        _graph(network),
        format,
        batch_size,
        by=by,
        extras=extras,
        optimizer=optimizer,
        autocast=autocast,
        capacity=capacity,
    )


def explain(network: Graph | Source) -> str:
    """What the command `explain` prints: each block's shortcut and the reason for it. `network` is as for `draw`.

    Before that, if a spec has `stages.regnet`: how each stage came to its width.
    """
    from ..backends.tables.shortcuts import explain as explain_graph

    if isinstance(network, Graph):
        return explain_graph(network)
    spec, graph = compile_spec(network)
    return quantisation_of(spec) + explain_graph(graph)


def _graph(network: Graph | Source) -> Graph:
    return network if isinstance(network, Graph) else lower(network)
