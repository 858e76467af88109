"""Weights and inputs that are a pure function of names, so that two implementations of a network get the same values.

The recorded logits of `tests/data/peers.json` were computed with these very numbers.
"""

import math
import zlib
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor, nn

_MASK = 2**32 - 1
_AT_ONCE = 1 << 15
"""How many values are computed before the next ones, so that a processor's cache holds them."""


def uniform(name: str, shape: Sequence[int]) -> Tensor:
    """float64 values in [0, 1) that depend only on name, shape and position."""
    result = torch.empty(math.prod(shape), dtype=torch.float64)
    seed = zlib.crc32(name.encode())
    for first in range(0, len(result), _AT_ONCE):
        part = result[first : first + _AT_ONCE]
        x = torch.arange(first, first + len(part), dtype=torch.int64).mul_(2654435761).add_(seed).bitwise_and_(_MASK)
        for shift, factor, offset in ((16, 1103515245, 12345), (13, 1664525, 1013904223)):
            x.bitwise_xor_(x >> shift).mul_(factor).add_(offset).bitwise_and_(_MASK)
        part.copy_(x.bitwise_xor_(x >> 16)).div_(2**32)
    return result.reshape(tuple(shape))


def value(name: str, like: Tensor) -> Tensor:
    """The value of the `state_dict` entry `name`."""
    return scaled(uniform(name, like.shape), name, like) if like.is_floating_point() else torch.zeros_like(like)


def scaled(x: Tensor, name: str, like: Tensor) -> Tensor:
    """Values in [0, 1) in the range and dtype of an entry."""
    if like.dim() >= 2:
        bound = math.sqrt(6 / math.prod(like.shape[1:]))
        return ((2 * x - 1) * bound).to(like.dtype)
    is_scale = name.endswith(("running_var", "weight"))
    return (0.5 + x if is_scale else 0.2 * (x - 0.5)).to(like.dtype)


@torch.no_grad()
def fill(module: nn.Module) -> nn.Module:
    """Fill every entry of the module's `state_dict` according to its name, and return the module."""
    for name, tensor in module.state_dict().items():
        tensor.copy_(value(name, tensor))
    return module


@cache
def _table() -> Tensor:
    return uniform("table", (1_000_003,)).float()


@torch.no_grad()
def fill_from_table(module: nn.Module) -> nn.Module:
    """The same for networks with many parameters: each entry takes another stretch of one table of values."""
    for name, tensor in module.state_dict().items():
        first, count, table = zlib.crc32(name.encode()) % len(_table()), tensor.numel(), _table()
        if first + count > len(table):
            table = table.repeat((first + count) // len(table) + 1)
        values = table[first : first + count].reshape(tensor.shape)
        tensor.copy_(scaled(values, name, tensor) if tensor.is_floating_point() else torch.zeros_like(tensor))
    return module


def probe(channels: int, height: int, width: int) -> Tensor:
    """The float64 input `(2, channels, height, width)` with values in [-1, 1)."""
    return 2 * uniform("input", (2, channels, height, width)) - 1
