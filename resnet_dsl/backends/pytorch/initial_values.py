"""Initial values: each tensor is drawn once, from a generator of its own, several at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from math import prod, sqrt
from operator import index
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ...graph import ops
from ...graph.graph import Node

_Draw: TypeAlias = Callable[[Tensor, torch.Generator], Tensor]
"""Fills a tensor, and returns it."""


class _Drawn(NamedTuple):
    """A tensor whose values are random."""

    name: str
    tensor: Tensor
    draw: _Draw


def initialise_layers(module: nn.Module, nodes: Iterable[Node], seed: int | None) -> None:
    """Set every parameter and statistic of these layers to its initial value.

    What a tensor gets follows from the seed, its name and its shape alone. Random values are drawn in float32 on the
    CPU and then rounded to the tensor's dtype, so that neither this nor the device matters.

    Args:
        module: the network; no tensor may be on `meta`.
        nodes: the layers; entries that the module does not have are passed over.
        seed: 0 to 2⁶³ - 1; by default torch's global generator gives it, with one draw if anything is random.

    Raises:
        TypeError: the seed is not an integer.
        ValueError: the seed is out of range, or a tensor is on `meta`.
    """
    if seed is not None:
        seed = _checked(seed)
    tensors: dict[str, Tensor] = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    random: list[_Drawn] = []
    for node in nodes:
        for entry in (*node.op.weights, *node.op.statistics):
            name, value = f"{node.name}.{entry}", _initial(node.op, entry)
            if name not in tensors:
                continue
            if tensors[name].is_meta:
                raise ValueError(f"`{name}` is on `meta`: call `to_empty` with a device first")
            if isinstance(value, float):
                tensors[name].detach().fill_(value)
            else:
                random.append(_Drawn(name, tensors[name].detach(), value))
    if not random:
        return
    if seed is None:
        seed = int(torch.empty((), dtype=torch.int64, device="cpu").random_())
    random.sort(key=lambda each: each.tensor.numel(), reverse=True)  # or a thread may get a large one last
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        list(pool.map(partial(_fill, seed), random))


def _checked(seed: int) -> int:
    """The seed as Python's integer: what is hashed is its decimal digits, and other types write the same otherwise."""
    try:
        number = int(index(seed))
    except TypeError:
        raise TypeError(f"the seed must be an integer, not `{type(seed).__name__}`") from None
    if not 0 <= number < 2**63:
        raise ValueError(f"the seed must be from 0 to 2⁶³ - 1, found {number:,}")
    return number


def _initial(op: ops.Op, entry: str) -> float | _Draw:
    """The initial value of an entry of a layer, or what draws it."""
    weights = op.weights
    match op, entry:
        case ops.AttentionPool2d(), _:  # as CLIP has it
            return 0.0 if entry.endswith("bias") else _normal(op.channels**-0.5)
        case _, "weight" if op.initial == "kaiming_fan_out":  # He et al. 2015, arXiv:1502.01852
            out_channels, _, *kernel = weights["weight"]
            return _normal(sqrt(2 / (out_channels * prod(kernel))))
        case _, "weight" if isinstance(op.initial, float):
            return op.initial
        case ((ops.Conv2d() | ops.ChannelConv1d() | ops.Linear()), _):  # PyTorch's default, for weight and bias
            return _uniform(1 / sqrt(prod(weights["weight"][1:])))
        case _, "running_var":
            return 1.0
        case _:  # biases of norms, and statistics
            return 0.0


def _normal(deviation: float) -> _Draw:
    return lambda tensor, generator: tensor.normal_(0.0, deviation, generator=generator)


def _uniform(bound: float) -> _Draw:
    return lambda tensor, generator: tensor.uniform_(-bound, bound, generator=generator)


def _fill(seed: int, drawn: _Drawn) -> None:
    """Fill a tensor."""
    tensor: Any = drawn.tensor
    key = sha256(f"{seed} {drawn.name}".encode()).digest()
    generator = torch.Generator("cpu").manual_seed(int.from_bytes(key[:8], "little"))
    is_shared = hasattr(tensor, "device_mesh")  # between processes, each of which draws it all and keeps its part
    if tensor.device.type == "cpu" and tensor.dtype == torch.float32 and tensor.is_contiguous() and not is_shared:
        drawn.draw(tensor, generator)
        return
    values = drawn.draw(torch.empty(tensor.shape, dtype=torch.float32, device="cpu"), generator)
    tensor.copy_(_parts(values, tensor) if is_shared else values)


def _parts(values: Tensor, like: Any) -> Tensor:
    """The values as a `DTensor` that has its parts where another one has them."""
    from torch.distributed.tensor import DTensor, Replicate

    mesh = like.device_mesh
    whole = DTensor.from_local(values.to(like.device), mesh, [Replicate()] * mesh.ndim, run_check=False)
    return whole.redistribute(placements=like.placements)
