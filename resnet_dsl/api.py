"""The functions of the package, for Python."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .compiler import Source, Text, compile_spec, find_faults, load_spec
from .diagnostics.diagnostic import Diagnostic
from .graph.graph import Graph
from .language.document.overrides import sets
from .language.spec import Spec

if TYPE_CHECKING:
    import torch

    from .backends.drawing.drawing import Detail, Drawing

__all__ = ["build", "check", "draw", "explain", "infer", "load", "loads", "lower", "summary"]

Overrides: TypeAlias = Mapping[str, Any]
"""Values by dotted key, such as `{"head.classes": 10}`, or `{"head": {"classes": 10}}`, which is the same."""


def load(source: Source, *, overrides: Overrides | None = None) -> Spec:
    """The spec in a file, the bundled spec of that name, or the spec that a mapping or a `Text` spells.

    >>> load({"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}).stages[0].width
    64

    Args:
        source: a path, the name of a bundled spec, a document as Python data, a `Text`, or a spec.
        overrides: values that replace the source's; what it expects of its network is then not checked.

    Raises:
        SpecError: the spec is wrong, or its network cannot be; `diagnostics` holds every independent fault.
        EnvironmentFault: there is no such file, or it cannot be read.
    """
    return load_spec(source, overrides or {})


def loads(text: str | bytes, *, overrides: Overrides | None = None) -> Spec:
    """The spec that a YAML text holds; `extends` paths are relative to the working directory.

    Raises:
        SpecError: the spec is wrong, or its network cannot be; `diagnostics` holds every independent fault.
    """
    return load_spec(Text(text), overrides or {})


def check(source: Source, *, overrides: Overrides | None = None) -> tuple[Diagnostic, ...]:
    """Every independent fault of a spec, in file order; none where it is right. Arguments are those of `load`."""
    return find_faults(source, overrides or {})


def lower(source: Source, *, overrides: Overrides | None = None) -> Graph:
    """The network that a spec describes; arguments and errors are those of `load`."""
    return compile_spec(source, overrides or {})[1]


def build(
    source: Source,
    *,
    device: "torch.device | str | None" = None,
    dtype: "torch.dtype | str | None" = None,
    overrides: Overrides | None = None,
    weights: str | PathLike[str] | None = None,
    features: Sequence[int] | None = None,
) -> "torch.nn.Module":
    """The real network, in training mode, with fresh weights from torch's global generator.

    It takes `(batch, channels, height, width)` and gives `(batch, classes)`. Its `state_dict` has the keys of
    torchvision's and timm's networks.

    Args:
        source: a spec, or what `load` takes.
        device: `"auto"`, `"cpu"`, `"cuda"`, `"cuda:1"`, `"mps"`, `"meta"`, or a device of torch's; torch's default
            device unless given.
        dtype: of weights and buffers; torch's default dtype unless given.
        overrides: values that replace the source's; what it expects of its network is then not checked.
        weights: a `.safetensors`, `.pt` or `.pth` file whose weights the network takes, all of them. Where
            `overrides` sets `head.classes`, a classifier of another size starts afresh.
        features: stages whose feature maps the network gives, as a list, instead of the classifier's output: 1
            the first, 0 the stem before its pooling. Layers after the last are left out, and `feature_info`
            has `name`, `channels` and `reduction` of each.

    Raises:
        SpecError: the spec is wrong, or its network cannot be.
        EnvironmentFault: there is no such file, device or stage, the weights are of another network, or torch is not
            installed.
    """
    from .backends.pytorch.network import build_network, resolve_target

    target = resolve_target(device, dtype)
    spec, graph = compile_spec(source, overrides or {})
    return build_network(
        graph,
        target,
        origins=spec.origins,
        weights=None if weights is None else Path(weights),
        may_replace_classifier=sets(overrides or {}, ("head", "classes")),
        features=features,
    ).module


def infer(weights: str | PathLike[str]) -> str:
    """The spec, as YAML, of the network whose weights a file holds; comments mark what shapes cannot tell.

    Raises:
        EnvironmentFault: the file cannot be read, no spec describes its network, or torch is not installed.
    """
    from .backends.pytorch.checkpoint import read_shapes
    from .decompiler import decompile

    return decompile(read_shapes(Path(weights)), Path(weights).name)


def draw(network: Graph | Source, detail: "Detail" = "stage") -> "Drawing":
    """The drawing of a network; it shows itself in a notebook, and `.svg()`, `.png()` and `.pdf()` give it.

    Args:
        network: a graph, or what `load` takes.
        detail: `"stage"`, `"block"` or `"layer"`.

    Raises:
        SpecError: the spec is wrong, or its network cannot be.
        EnvironmentFault: there is no such file, or the package graphviz is not installed.
    """
    from .backends.drawing.drawing import draw as draw_graph

    return draw_graph(_graph(network), detail)


def summary(network: Graph | Source, format: str = "table", *, batch_size: int | None = None) -> str:  # noqa: A002
    """The table that the command `summary` prints: layers, output shapes, parameters and multiply-accumulates.

    Args:
        network: a graph, or what `load` takes.
        format: `"table"` for people, `"torchsummary"` as that package prints it, `"json"`, or `"csv"`.
        batch_size: put before every output shape.

    Raises:
        SpecError: the spec is wrong, or its network cannot be.
        EnvironmentFault: there is no such format or file, or it cannot be read.
    """
    from .backends.tables.summary import summary as summarise

    return summarise(_graph(network), format, batch_size)


def explain(network: Graph | Source) -> str:
    """What the command `explain` prints: which shortcut each block has, and why. Arguments are those of `draw`."""
    from .backends.tables.shortcuts import explain as explain_graph

    return explain_graph(_graph(network))


def _graph(network: Graph | Source) -> Graph:
    return network if isinstance(network, Graph) else lower(network)
