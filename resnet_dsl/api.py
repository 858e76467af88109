"""The functions of the package, for Python."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from .graph.graph import Graph
from .graph.lower import lower
from .language.interpret import to_data
from .language.load import load as _load
from .language.load import loads as _loads
from .language.overrides import format_overrides
from .language.spec import Spec

if TYPE_CHECKING:
    import torch

    from .backends.drawing import Detail, Drawing

__all__ = ["build", "draw", "load", "loads", "lower"]

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
) -> "torch.nn.Module":
    """The real network, in training mode, with fresh weights from torch's global generator.

    It takes `(batch, channels, height, width)` and gives `(batch, classes)`. Its `state_dict` has the keys of
    torchvision's and timm's networks.

    Args:
        spec: a spec, a path, the name of a bundled spec, or a document as Python data.
        device: `"auto"`, `"cpu"`, `"cuda"`, `"cuda:1"`, `"mps"`, `"meta"`, or a device of torch's.
        dtype: of weights and buffers; torch's default dtype unless given.
        overrides: values by dotted key, such as `{"head.classes": 10}`; what the spec expects is then not checked.

    Raises:
        SpecError: the spec is wrong, or its shapes do not fit.
        EnvironmentFault: there is no such file or device.
    """
    from .backends.pytorch.build import build_module
    from .backends.pytorch.device import resolve_device, resolve_dtype

    target = resolve_device(device) if isinstance(device, str) else device
    kind = resolve_dtype(dtype, target) if isinstance(dtype, str) else dtype
    options = format_overrides(overrides or {})
    if not isinstance(spec, Spec):
        spec = _load(spec, overrides=options)
    elif options:
        spec = _load(to_data(spec), overrides=options)
    return build_module(lower(spec), device=target, dtype=kind)


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
