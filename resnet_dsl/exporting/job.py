"""What an export is made from, and what is known of it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoints.checkpoint import Checkpoint
from ..graph.graph import Graph
from ..language.spec import Spec
from .difference import Difference

if TYPE_CHECKING:
    from torch import nn


DEFAULT_DTYPE = "float32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be asked of an export, besides the weights."""

    fold: bool = False
    """Fold each batch norm into the convolution that it directly follows."""
    dtype: str = DEFAULT_DTYPE
    """The dtype of weights, input and output: `float32` or `float16`."""
    opset: int | None = None
    """The version of ONNX's operators; by default the lowest that has all that are needed."""
    seed: int = 0
    """The seed of the weights, where they are from no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What an export is made from."""

    spec: Spec
    graph: Graph
    checkpoint: Checkpoint | None
    options: Options
    version: str
    """Of this package."""
    progress: Callable[[str], object] = str
    """Tells people what is being done, if it does."""

    def build(self, dtype: str) -> "tuple[nn.Module, tuple[str, ...]]":
        """The network in evaluation mode, and what became of the weights, one clause each."""
        from ..backends.pytorch.network import build_network, resolve_target

        self.progress(f"building {self.graph.name}")
        target = resolve_target("cpu", dtype)
        built = build_network(self.graph, target, spec=self.spec, checkpoint=self.checkpoint, seed=self.options.seed)
        return built.module.eval(), built.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written, and how it was checked."""

    path: Path
    """The file."""
    free: tuple[str, ...]
    """Which sizes of the input are free, of `batch`, `height` and `width`. A program may take some others as well."""
    difference: Difference | None
    """From the network in PyTorch; None if it was not compared."""
    check: str
    """What it was compared with, or why it was not, in a clause."""
    data: Path | None = None
    """The file beside it that the weights of an ONNX model lie in, if they are larger than 2 GB."""
    notes: tuple[str, ...] = ()
    """What was chosen, adapted or left out of the weights, and what could not be done, one clause each."""


def free_sizes(graph: Graph) -> tuple[str, ...]:
    """The sizes of a network's input that may be any."""
    return ("batch",) if graph.takes_one_size else ("batch", "height", "width")
