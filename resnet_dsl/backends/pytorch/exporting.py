"""A network -> a program of `torch.export`, or arrays; and what is exported -> outputs."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
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
_LARGER = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)
"""Pixels by which inputs are larger that a program is tried on: every remainder by a stride is among them."""


@contextmanager
def _apart() -> Iterator[None]:
    """On the CPU, with torch's generator as it was afterwards, and without what torch says of its own workings."""
    logger = logging.getLogger("torch")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with torch.random.fork_rng(devices=[]), torch.device("cpu"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@_apart()
def write_program(module: nn.Module, graph: Graph, path: Path, *, dtype: str) -> None:
    """Trace a network in evaluation mode, which gets the dtype, and write the program to `path`.

    Batch, height and width of its input are free, unless the network takes inputs of one size only. But torch tells
    feature maps of one pixel from larger ones, and sizes that a stride divides from others where a pooling takes
    incomplete windows too: the program may refuse what is not here as it is.

    Raises:
        EnvironmentFault: torch finds that a size has to stay.
        OSError: the file cannot be written.
    """
    module = module.eval().to(getattr(torch, dtype))
    x = torch.zeros(_EXAMPLE, *graph.input_shape, dtype=next(module.parameters()).dtype)
    free = (0,) if graph.takes_one_size else (0, 2, 3)
    try:
        program = torch.export.export(module, (x,), dynamic_shapes=(dict.fromkeys(free, Dim.DYNAMIC),))
    except RuntimeError as error:  # whatever goes wrong is one, or of a class derived from it
        message = f"torch.export cannot leave the size of the input free: {str(error).splitlines()[0]}"
        raise EnvironmentFault(Diagnostic(code="RD519", message=message)) from None
    content = BytesIO()  # where a file cannot be written, torch ends the process
    torch.export.save(program, content)
    path.write_bytes(content.getbuffer())


@_apart()
def load_program(path: Path) -> nn.Module:
    """The network that is in the program in a file."""
    module: nn.Module = torch.export.load(path).module()
    return module


@_apart()
def takes_larger(program: nn.Module, graph: Graph) -> bool:
    """Whether a program takes inputs of many other sizes than the one it was traced with."""
    channels, height, width = graph.input_shape
    try:
        for more in _LARGER:
            outputs(program, np.zeros((1, channels, height + more, width + more), np.float32))
    except (AssertionError, RuntimeError):  # which of them depends on the version of torch
        return False
    return True


@_apart()
@torch.no_grad()
def outputs(module: nn.Module, x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """What a network computes, in its own dtype; as float32."""
    tensor = torch.from_numpy(x).to(next(module.parameters()).dtype)
    found: np.ndarray[Any, Any] = module(tensor).float().numpy()
    return found


@_apart()
def network_of(source: str, graph: Graph) -> nn.Module:
    """The network that Python source defines, which this package has written."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(source, names)
    network: nn.Module = names[graph.containers[""]]()
    return network


def arrays_of(module: nn.Module) -> "dict[str, np.ndarray[Any, Any]]":
    """The entries of the `state_dict` of a network on the CPU, in the same memory."""
    return {name: value.numpy() for name, value in module.state_dict().items()}
