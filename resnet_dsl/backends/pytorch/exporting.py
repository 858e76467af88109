"""A network -> a program of `torch.export`, or arrays; and what is exported -> outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.export import Dim

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Graph

_EXAMPLE = 2
"""Images in the batch that a program is traced with: torch takes 1 for a size that stays."""


def write_program(module: nn.Module, graph: Graph, path: Path) -> None:
    """Trace a network in evaluation mode, and write the program to `path`.

    Batch, height and width of its input are free, unless the network takes inputs of one size only. But torch tells
    feature maps of one pixel from larger ones: where the program multiplies them, they stay what they are here.

    Raises:
        EnvironmentFault: torch finds that a size has to stay.
        OSError: the file cannot be written.
    """
    x = torch.zeros(_EXAMPLE, *graph.input_shape, dtype=next(module.parameters()).dtype)
    free = (0,) if graph.takes_one_size else (0, 2, 3)
    try:
        program = torch.export.export(module.eval(), (x,), dynamic_shapes=(dict.fromkeys(free, Dim.DYNAMIC),))
    except RuntimeError as error:  # whatever goes wrong is one, or of a class derived from it
        message = f"torch.export cannot leave the size of the input free: {str(error).splitlines()[0]}"
        raise EnvironmentFault(Diagnostic(code="RD519", message=message)) from None
    torch.export.save(program, path)


def run_program(path: Path, x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """What the program in a file computes of an input, (batch, channels, height, width)."""
    return outputs(torch.export.load(path).module(), x)


@torch.no_grad()
def outputs(module: nn.Module, x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """What a network computes, in its own dtype; as float32."""
    tensor = torch.from_numpy(x).to(next(module.parameters()).dtype)
    found: np.ndarray[Any, Any] = module(tensor).float().numpy()
    return found


def network_of(source: str, graph: Graph) -> nn.Module:
    """The network that Python source defines, which this package has written."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(source, names)
    network: nn.Module = names[graph.containers[""]]()
    return network


def arrays_of(module: nn.Module) -> "dict[str, np.ndarray[Any, Any]]":
    """The entries of the `state_dict` of a network on the CPU, in the same memory."""
    return {name: value.numpy() for name, value in module.state_dict().items()}
