"""How far the outputs of an exported network lie from those of the network in PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..graph.graph import Graph

if TYPE_CHECKING:
    import numpy as np

TOLERANCES: Mapping[str, float] = {"float32": 1e-4, "float16": 5e-2}
"""How far outputs of a dtype may lie apart, relative to the largest; rounding alone leaves them nearer by far."""

NOT_FINITE = "its outputs were not compared, as the network's are not finite"
"""Why there is no difference."""

_BATCH = 3
"""Images in the batch: neither 1 nor as many as a program is traced with, so that it shows if their number is fixed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far the outputs of two networks lie apart, for a batch of random images."""

    absolute: float
    """The largest difference."""
    relative: float
    """The same, divided by the largest output."""

    def __str__(self) -> str:
        return f"{self.absolute:.2g}, {self.relative:.2g} of the largest output" if self.absolute else "0"


def images(graph: Graph) -> "np.ndarray[Any, Any]":
    """A batch of random images, always the same, in float32."""
    import numpy as np

    shape = (_BATCH, *graph.input_shape)
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def compared(found: "np.ndarray[Any, Any]", expected: "np.ndarray[Any, Any]", dtype: str) -> Difference | None:
    """The difference of outputs, (batch, features); None if the expected ones are not all finite.

    Args:
        found: those of what was exported.
        expected: those of the network.
        dtype: in which the former were computed.

    Raises:
        EnvironmentFault: it is larger than rounding explains.
    """
    largest = float(abs(expected).max())
    if not isfinite(largest):
        return None
    absolute = float(abs(found.astype(expected.dtype) - expected).max())
    if not isfinite(absolute):
        message = "the exported network's outputs are not all finite, but the network's are"
        helps = ("float16 ends at 65,504: use `float32`, or weights that were trained",) if dtype == "float16" else ()
        raise EnvironmentFault(Diagnostic(code="RD520", message=message, helps=helps))
    difference = Difference(absolute, absolute / (largest or absolute) if absolute else 0.0)
    if difference.relative > TOLERANCES[dtype]:
        message = f"the exported network's outputs differ from the network's by {difference}"
        raise EnvironmentFault(Diagnostic(code="RD520", message=message))
    return difference
