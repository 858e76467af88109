"""A compiler for the ResNet family: a short YAML spec in, a checked network, a drawing and a table out.

>>> import resnet_dsl
>>> graph = resnet_dsl.lower(resnet_dsl.load("resnet50"))
>>> graph.parameters
25557032
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import build, draw, infer, load, loads, lower
    from .diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
    from .graph.graph import Graph, Node
    from .language.spec import Spec

_HOMES = {
    "build": ".api",
    "draw": ".api",
    "infer": ".api",
    "load": ".api",
    "loads": ".api",
    "lower": ".api",
    "Graph": ".graph.graph",
    "Node": ".graph.graph",
    "Diagnostic": ".diagnostics.diagnostic",
    "EnvironmentFault": ".diagnostics.diagnostic",
    "SpecError": ".diagnostics.diagnostic",
    "Spec": ".language.spec",
}

__all__ = [
    "Diagnostic",
    "EnvironmentFault",
    "Graph",
    "Node",
    "Spec",
    "SpecError",
    "build",
    "draw",
    "infer",
    "load",
    "loads",
    "lower",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return __all__
