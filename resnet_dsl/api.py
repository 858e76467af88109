"""The functions of the package, for Python."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .graph.features import select_features
from .graph.graph import Graph
from .language.document.overrides import format_overrides
from .language.interpret import to_data
from .language.load import load as _load
from .language.load import loads as _loads
from .language.spec import Spec
from .lowering.lower import lower

if TYPE_CHECKING:
    import torch

    from .backends.drawing import Detail, Drawing

__all__ = ["build", "draw", "infer", "load", "loads", "lower"]

SpecSource: TypeAlias = str | PathLike[str] | Mapping[str, Any]
"""A path, the name of a bundled spec, or a document as Python data."""


def load(source: SpecSource) -> Spec:
    """The spec in a file, the bundled spec of that name, or the spec that a mapping spells.

    >>> load({"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}).stages[0].width
    64

    Raises:
        SpecError: the spec is wrong; `diagnostics` holds every independent fault.
        EnvironmentFault: there is no such file, or it cannot be read.
    """
    return _load(source)


def loads(text: str) -> Spec:
    """The spec that a YAML text holds; `extends` paths are relative to the working directory.

    Raises:
        SpecError: the spec is wrong; `diagnostics` holds every independent fault.
    """
    return _loads(text)


def build(
    spec: Spec | SpecSource,
    *,
    device: "torch.device | str" = "cpu",
    dtype: "torch.dtype | str | None" = None,
    overrides: Mapping[str, Any] | None = None,
    weights: "str | PathLike[str] | None" = None,
    features: Sequence[int] | None = None,
) -> "torch.nn.Module":
    """The real network, in training mode, with fresh weights from torch's global generator.

    It takes `(batch, channels, height, width)` and gives `(batch, classes)`. Its `state_dict` has the keys of
    torchvision's and timm's networks.

    Args:
        spec: a spec, a path, the name of a bundled spec, or a document as Python data.
        device: `"auto"`, `"cpu"`, `"cuda"`, `"cuda:1"`, `"mps"`, `"meta"`, or a device of torch's.
        dtype: of weights and buffers; torch's default dtype unless given.
        overrides: values by dotted key, such as `{"head.classes": 10}`; what the spec expects is then not checked.
        weights: a `.safetensors`, `.pt` or `.pth` file whose weights the network takes, all of them. Where
            `overrides` sets `head.classes`, a classifier of another size starts afresh.
        features: stages whose feature maps the network gives, as a list, instead of the classifier's output: 1
            the first, 0 the stem before its pooling. Layers behind the last are left out, and `feature_info`
            has `name`, `channels` and `reduction` of each.

    Raises:
        SpecError: the spec is wrong, or its shapes do not fit.
        EnvironmentFault: there is no such file, device or stage, or the weights are of another network.
    """
    from .backends.pytorch.build import build_module
    from .backends.pytorch.checkpoint import read_checkpoint
    from .backends.pytorch.device import resolve_device, resolve_dtype
    from .backends.pytorch.load import load_module

    target = resolve_device(device) if isinstance(device, str) else device
    kind = resolve_dtype(dtype, target) if isinstance(dtype, str) else dtype
    options = format_overrides(overrides or {})
    if not isinstance(spec, Spec):
        spec = _load(spec, overrides=options)
    elif options:
        spec = _load(to_data(spec), overrides=options)
    whole = lower(spec)
    graph = whole if features is None else select_features(whole, features)
    if weights is None:
        return build_module(graph, device=target, dtype=kind)
    return load_module(
        graph,
        read_checkpoint(Path(weights)),
        file=str(weights),
        origins=spec.origins,
        device=target,
        dtype=kind,
        whole=whole,
        may_replace_head="head.classes" in (overrides or {}),
    ).module


def infer(weights: "str | PathLike[str]") -> str:
    """The spec, as YAML, of the network whose weights a file holds; comments mark what shapes cannot tell.

    Raises:
        EnvironmentFault: the file cannot be read, or its network is none that a spec can describe.
    """
    from .backends.pytorch.checkpoint import read_checkpoint, shapes
    from .checkpoints.transcription import transcribe

    return transcribe(shapes(read_checkpoint(Path(weights))), Path(weights).name)


def draw(network: Spec | Graph | SpecSource, detail: "Detail" = "stage") -> "Drawing":
    """The drawing of a network; it shows itself in a notebook, and `.svg()`, `.png()` and `.pdf()` give it.

    Args:
        network: a spec, a graph, or what `load` takes.
        detail: `"stage"`, `"block"` or `"layer"`.

    Raises:
        SpecError: the spec is wrong, or its shapes do not fit.
    """
    from .backends.drawing import draw as draw_graph

    if not isinstance(network, Graph):
        network = lower(network if isinstance(network, Spec) else _load(network))
    return draw_graph(network, detail)
