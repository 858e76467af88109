"""Networks with weights on the command line, where either the spec or the weights may say what the network is."""

from typing import TYPE_CHECKING

from . import shared
from .usage import usage_fault

if TYPE_CHECKING:
    from ..checkpoints.checkpoint import Checkpoint
    from ..graph.graph import Graph
    from ..language.spec import Spec


def check_alone(command: str, spec: str | None, **options: object) -> None:
    """Check the command line of a command without weights; `options` are those that need some."""
    if spec is None:
        raise usage_fault("missing argument `SPEC`", f"write `resnet-dsl {command} SPEC`")
    for option, value in options.items():
        if value:
            raise usage_fault(f"`--{option}` says how to load weights, but there are none", "add `--weights FILE`")


def open_compared(
    compiled: "tuple[Spec, Graph] | None",
    overrides: tuple[str, ...],
    weights: str | None,
    entry: str | None,
    prefix: str | None,
) -> "tuple[Spec, Graph, Checkpoint | None]":
    """The spec, which the weights carry along if none is given, its network, and the weights.

    The weights have a note if they contain another spec.
    """
    if weights is None:
        assert compiled is not None
        return *compiled, None
    checkpoint = shared.open_weights(weights, entry, prefix)
    from ..compiler import compile_spec
    from ..weights.specs import carried, compared

    spec, graph = compiled or compile_spec(carried(checkpoint), overrides)
    return spec, graph, compared(checkpoint, spec)
