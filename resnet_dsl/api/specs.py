"""Specs in Python: loaded, checked, lowered to graphs."""

from ..compiler import Source, Text, compile_spec, figures_of, find_faults, load_spec, origins_of
from ..diagnostics.diagnostic import Diagnostic
from ..graph.graph import Graph
from ..language.document.overrides import Overrides
from ..language.provenance import Origin
from ..language.spec import Spec
from ..language.text.tree import dotted
from ..lowering.outline import Figures


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


def figures(source: Source, *, overrides: Overrides | None = None) -> Figures:
    """The parameters, multiply-accumulates, depth and output shape of a spec's network; arguments and errors as `load`.

    They follow from a few of its blocks, so this is the fast way to go through many variants of a spec.

    >>> figures("resnet50", overrides={"stages.depths": [3, 4, 23, 3]})
    Figures(parameters=44549160, macs=7801405440, depth=101, output_shape=(1000,))
    """
    return figures_of(source, overrides or {})
