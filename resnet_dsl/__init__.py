"""A compiler for the ResNet family: a short YAML spec in, a checked network, a drawing and a table out.

>>> import resnet_dsl
>>> graph = resnet_dsl.lower("resnet50")
>>> graph.parameters
25557032
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import analysis
    from .api.benchmarks import bench
    from .api.exports import export
    from .api.networks import build, convert, infer, initialise, save
    from .api.specs import check, figures, load, loads, lower, origins
    from .api.views import diff, draw, explain, page, summary
    from .compiler import Text
    from .diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
    from .differences import Difference
    from .exporting.job import Exported
    from .graph.graph import Graph, Node
    from .language.provenance import Origin
    from .language.spec import Spec

    __version__: str

_HOMES = {
    "bench": ".api.benchmarks",
    "export": ".api.exports",
    **dict.fromkeys(("build", "convert", "infer", "initialise", "save"), ".api.networks"),
    **dict.fromkeys(("check", "figures", "load", "loads", "lower", "origins"), ".api.specs"),
    **dict.fromkeys(("diff", "draw", "explain", "page", "summary"), ".api.views"),
    "Text": ".compiler",
    "Difference": ".differences",
    **dict.fromkeys(("Diagnostic", "EnvironmentFault", "SpecError"), ".diagnostics.diagnostic"),
    **dict.fromkeys(("Graph", "Node"), ".graph.graph"),
    "Exported": ".exporting.job",
    "Origin": ".language.provenance",
    "Spec": ".language.spec",
}

__all__ = [
    "Diagnostic",
    "Difference",
    "EnvironmentFault",
    "Exported",
    "Graph",
    "Node",
    "Origin",
    "Spec",
    "SpecError",
    "Text",
    "__version__",
    "analysis",
    "bench",
    "build",
    "check",
    "convert",
    "diff",
    "draw",
    "explain",
    "export",
    "figures",
    "infer",
    "initialise",
    "load",
    "loads",
    "lower",
    "origins",
    "page",
    "save",
    "summary",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that importing the package is cheap."""
    if name == "__version__":
        from importlib.metadata import version

        return version("resnet-dsl")
    if name == "analysis":
        return import_module(".analysis", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return __all__
