"""The Python API of the package."""

import logging
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .compiler import Source, Text, compile_spec, find_faults, load_spec, origins_of, text_of
from .diagnostics.diagnostic import Diagnostic
from .graph.graph import Graph
from .language.document.overrides import Overrides, sets
from .language.provenance import Origin
from .language.spec import Spec
from .language.text.tree import dotted

if TYPE_CHECKING:
    import torch

    from .backends.drawing.drawing import Detail, Drawing
    from .backends.drawing.sheet import Layout
    from .backends.tables import Level
    from .differences import Difference
    from .weights import WeightsSource

__all__ = [
    "build",
    "check",
    "convert",
    "diff",
    "draw",
    "explain",
    "infer",
    "load",
    "loads",
    "lower",
    "origins",
    "save",
    "summary",
]

_LOGGER = logging.getLogger("resnet_dsl")


def load(source: Source, *, overrides: Overrides | None = None) -> Spec:
    """Load a spec from a file, by the name of a bundled spec, or from a mapping or a `Text`.

    >>> load({"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}).stages[0].width
    64

    Args:
        source: a path, the name of a bundled spec, a document as Python data, a `Text`, or a spec.
        overrides: values that replace the source's; with overrides, the spec's expectations are not checked.

    Raises:
        SpecError: the spec or its network is invalid; `diagnostics` contains every independent fault.
        EnvironmentFault: there is no such file, or it cannot be read.
    """
    return load_spec(source, overrides or {})


def loads(text: str | bytes, *, overrides: Overrides | None = None) -> Spec:
    """Load a spec from YAML text; paths in `extends` are relative to the working directory.

    Raises:
        SpecError: the spec or its network is invalid; `diagnostics` contains every independent fault.
    """
    return load_spec(Text(text), overrides or {})


def check(source: Source, *, overrides: Overrides | None = None) -> tuple[Diagnostic, ...]:
    """Every independent fault of a spec, in file order; empty if it is valid. Arguments are those of `load`."""
    return find_faults(source, overrides or {})


def origins(source: Source, *, overrides: Overrides | None = None) -> dict[str, Origin]:
    """Where each value of a spec comes from, by dotted key; arguments and errors are those of `load`.

    >>> {key: str(origin) for key, origin in origins("resnet101").items() if key.startswith("stages.d")}
    {'stages.depths': 'resnet101, line 7', 'stages.dilations': 'default'}
    """
    found = origins_of(load_spec(source, overrides or {}))
    return {dotted(path): origin for path, origin in found.items()}


def lower(source: Source, *, overrides: Overrides | None = None) -> Graph:
    """The network that a spec describes; arguments and errors are those of `load`."""
    return compile_spec(source, overrides or {})[1]


def build(
    source: Source | None = None,
    *,
    device: "torch.device | str | None" = None,
    dtype: "torch.dtype | str | None" = None,
    overrides: Overrides | None = None,
    weights: "WeightsSource | None" = None,
    entry: str | None = None,
    prefix: str | None = None,
    partial: bool = False,
    features: Sequence[int] | None = None,
) -> "torch.nn.Module":
    """Build the network as a `torch.nn.Module`, in training mode, initialised from torch's global generator.

    It maps `(batch, channels, height, width)` to `(batch, classes)`. Its `state_dict` has the keys of the networks in
    torchvision and timm, and its attribute `spec` is the `Spec` that it was built from.

    Args:
        source: anything that `load` takes; by default the spec that the weights carry along, as those do that this
            tool writes.
        device: `"auto"`, `"cpu"`, `"cuda"`, `"cuda:1"`, `"mps"`, `"meta"`, or a `torch.device`; by default torch's
            default device.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        overrides: values that replace the source's; with overrides, the spec's expectations are not checked.
        weights: what to load all of the network's weights from: a file, a reference such as
            `"hf-hub:timm/resnet18.a1_in1k"`, or a mapping of tensors. If `overrides` sets `head.classes`, a classifier
            of a different size is freshly initialised. The first convolution is adapted to other input channels. What
            was adapted, chosen or left out is logged.
        entry: the key of the mapping in the file that the network is in, if there are several.
        prefix: what its names begin with, if there are several in a mapping.
        partial: take the blocks, and the layers elsewhere, that fit, and freshly initialise the others.
        features: stages whose feature maps the network outputs, as a list, instead of the classes: 1 is the first
            stage, 0 the stem before its pooling. Later layers are left out, and `feature_info` has the `name`,
            `channels` and `reduction` of each.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such file, device or stage, the weights cannot be fetched or belong to a different
            network, or torch is not installed.
        TypeError: there is neither a source nor weights.
    """
    from .backends.pytorch.network import build_network, resolve_target
    from .weights import carried, open_weights

    target = resolve_target(device, dtype)
    if source is None and weights is None:
        raise TypeError("build() needs a source, or weights that carry their spec along")
    if source is not None:
        spec, graph = compile_spec(source, overrides or {})
    checkpoint = None if weights is None else open_weights(weights, entry=entry, prefix=prefix)
    if source is None and checkpoint is not None:
        spec, graph = compile_spec(carried(checkpoint), overrides or {})
    built = build_network(
        graph,
        target,
        spec=spec,
        checkpoint=checkpoint,
        may_replace_classifier=sets(overrides or {}, ("head", "classes")),
        is_partial=partial,
        features=features,
    )
    for note in built.notes:
        _LOGGER.warning(note)
    return built.module


def save(network: "torch.nn.Module", output: str | PathLike[str]) -> None:
    """Write the weights of a built network to a file, with its spec, as the command `build` does.

    Args:
        network: what `build` returned.
        output: a `.safetensors`, `.pt` or `.pth` file; its tensors by name are the network's `state_dict`.

    Raises:
        EnvironmentFault: the extension is another one, the network has no weights, or the file cannot be written.
    """
    from .backends.pytorch.saving import check_format, save_weights
    from .files import write_file

    path, spec = Path(output), text_of(cast("Spec", network.spec))
    check_format(path, next(network.parameters()).device)
    write_file(path, lambda partial: save_weights(network.state_dict(), partial, like=path, spec=spec))


def infer(weights: "WeightsSource", *, entry: str | None = None, prefix: str | None = None) -> str:
    """Infer the spec, as YAML, from weights; comments mark values that names and shapes do not reveal.

    Weights that carry their spec along, as those do that this tool writes, give back its text. `weights`, `entry` and
    `prefix` are as for `build`.

    Raises:
        EnvironmentFault: the weights cannot be fetched or read, or no spec can describe their network.
    """
    from .weights import open_weights, spec_text

    return spec_text(open_weights(weights, entry=entry, prefix=prefix))


def convert(
    weights: "WeightsSource",
    output: str | PathLike[str],
    *,
    names: str,
    entry: str | None = None,
    prefix: str | None = None,
) -> None:
    """Write the weights of a network to a file, in another library's names and shapes.

    Args:
        weights: as for `build`.
        output: a `.safetensors`, `.pt` or `.pth` file.
        names: the library, as the command `convert` lists it, such as `"huggingface"`.
        entry: as for `build`.
        prefix: as for `build`.

    Raises:
        EnvironmentFault: the weights cannot be fetched or read, there is no such library, it has no name for one of
            the entries, or the file cannot be written.
    """
    from .checkpoints.dialects import dialect_called
    from .files import write_file
    from .weights import open_weights

    dialect, path = dialect_called(names), Path(output)
    checkpoint = open_weights(weights, entry=entry, prefix=prefix)
    from .backends.pytorch.conversion import converted
    from .backends.pytorch.saving import check_format, save_weights

    check_format(path)
    tensors = converted(checkpoint, dialect)
    write_file(path, lambda partial: save_weights(tensors, partial, like=path, spec=checkpoint.spec))


def diff(before: Source, after: Source | None = None, *, overrides: Overrides | None = None) -> "Difference":
    """What differs between two networks: in the words of their specs, in their stages, and in their weights.

    The difference is true if there is any, and prints as the command `diff` does. Names, descriptions and expectations
    do not count. If one side is a file of weights, only what names and shapes of weights reveal is compared.

    >>> found = diff("resnet50", "resnet101")
    >>> [(value.key, value.value.after) for value in found.values], found.parameters
    ([('stages.depths', [3, 4, 23, 3])], Change(before=25557032, after=44549160))

    Args:
        before: anything that `load` takes, or the path of a `.safetensors`, `.pt` or `.pth` file.
        after: another; by default the same, to see what `overrides` do.
        overrides: values that replace those of `after`, which must be a spec.

    Raises:
        SpecError: a spec or its network is invalid; `diagnostics` contains the faults of both.
        EnvironmentFault: there is no such file, it cannot be read, no spec can describe the network of the weights, or
            torch, which reads weights, is not installed.
        TypeError: a graph is given, which has no spec.
    """
    from .differences import compare

    return compare(before, before if after is None else after, overrides or {})


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
    from .backends.drawing.drawing import draw as draw_graphs

    graphs = [each if isinstance(each, Graph) else lower(each, overrides=overrides) for each in (network, *others)]
    return draw_graphs(*graphs, detail=detail, layout=layout, page=page, legend=legend)


def summary(
    network: Graph | Source,
    format: str = "table",  # noqa: A002
    *,
    batch_size: int | None = None,
    by: "Level" = "layer",
) -> str:
    """The table that the command `summary` prints: layers, windows, shapes, parameters and multiply-accumulates.

    Args:
        network: a graph, or anything that `load` takes.
        format: `"table"` for people, `"torchsummary"` for that package's format, `"json"`, or `"csv"`.
        batch_size: the first dimension of every shape.
        by: what a row is: a `"layer"`, or the sum of a `"block"` or a `"stage"`; `"torchsummary"` has layers only.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such format, level or file, or it cannot be read.
    """
    from .backends.tables.summary import summary as summarise

    return summarise(_graph(network), format, batch_size, by=by)


def explain(network: Graph | Source) -> str:
    """What the command `explain` prints: each block's shortcut and the reason for it. `network` is as for `draw`."""
    from .backends.tables.shortcuts import explain as explain_graph

    return explain_graph(_graph(network))


def _graph(network: Graph | Source) -> Graph:
    return network if isinstance(network, Graph) else lower(network)
