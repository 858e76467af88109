"""Weights and inputs that are a pure function of names, so that two implementations of a network get the same values.

The recorded logits of `tests/data/peers.json` were computed with these very numbers.
"""

import math
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

_FACTOR = np.uint32(2654435761)
_ROUNDS = (
    (np.uint32(16), np.uint32(1103515245), np.uint32(12345)),
    (np.uint32(13), np.uint32(1664525), np.uint32(1013904223)),
)
"""Shift, factor and offset, modulo 2**32."""
_AT_ONCE = 1 << 15
"""How many values are computed before the next ones, so that a processor's cache holds them."""


def uniform(name: str, shape: Sequence[int]) -> Tensor:
    """float64 values in [0, 1) that depend only on name, shape and position."""
    result = np.empty(math.prod(shape), np.float64)
    for first in range(0, len(result), _AT_ONCE):
        part = result[first : first + _AT_ONCE]
        x = np.arange(first, first + len(part), dtype=np.uint32)
        x *= _FACTOR
        x += np.uint32(zlib.crc32(name.encode()))
        for shift, factor, offset in _ROUNDS:
            x ^= x >> shift
            x *= factor
            x += offset
        x ^= x >> np.uint32(16)
        np.multiply(x, 2.0**-32, out=part)
    return torch.from_numpy(result).reshape(tuple(shape))


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
