"""Arithmetic on weights that inference need not repeat: filters are standardised, and norms join their convolutions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ...graph.graph import Node
from ...graph.ops import BatchNorm2d, Conv2d, StandardizedConv2d
from .steps import Arrays


def with_standardized_filters(nodes: Iterable[Node], arrays: Arrays) -> tuple[list[Node], Arrays]:
    """Plain convolutions in place of standardised ones, and their weights."""
    found, changed = [], dict(arrays)
    for node in nodes:
        if isinstance(node.op, StandardizedConv2d):
            name = f"{node.name}.weight"
            changed[name] = _standardized(arrays[name], node.op.eps)
            plain = Conv2d(**{field.name: getattr(node.op, field.name) for field in fields(Conv2d)})
            node = replace(node, op=plain)
        found.append(node)
    return found, changed


def with_folded_norms(nodes: Sequence[Node], arrays: Arrays, outputs: Sequence[str]) -> tuple[list[Node], Arrays]:
    """Convolutions with the batch norms that directly follow them, and whose input has no other use, folded into them.

    Args:
        nodes: the operations; all convolutions are plain.
        arrays: their weights.
        outputs: names of the nodes that the network outputs.
    """
    uses = Counter([*(name for node in nodes for name in node.inputs), *outputs])
    found = {node.name: node for node in nodes}
    changed, renamed = dict(arrays), dict[str, str]()
    for norm in nodes:
        if not isinstance(norm.op, BatchNorm2d):
            continue
        before = found[norm.inputs[0]]
        if not isinstance(before.op, Conv2d) or uses[before.name] > 1 or norm.name in outputs:
            continue
        changed |= _folded(before, norm.name, norm.op, arrays)
        found[before.name] = replace(before, op=replace(before.op, bias=True))
        renamed[norm.name] = before.name
        del found[norm.name]
    rewired = [replace(node, inputs=tuple(renamed.get(name, name) for name in node.inputs)) for node in found.values()]
    return rewired, changed


def _standardized(weight: "np.ndarray[Any, Any]", eps: float) -> "np.ndarray[Any, Any]":
    """Each filter minus its mean, divided by its deviation."""
    filters = weight.reshape(len(weight), -1).astype(np.float64)
    filters -= filters.mean(1, keepdims=True)
    filters /= np.sqrt(filters.var(1, keepdims=True) + eps)
    return filters.reshape(weight.shape).astype(weight.dtype)


def _folded(convolution: Node, norm: str, op: BatchNorm2d, arrays: Arrays) -> dict[str, "np.ndarray[Any, Any]"]:
    """Weight and bias of a convolution that does what the norm does after it."""
    kernel = arrays[f"{convolution.name}.weight"]
    bias = arrays.get(f"{convolution.name}.bias", np.zeros(len(kernel)))
    weight, shift, mean, variance = (
        arrays[f"{norm}.{name}"].astype(np.float64) for name in ("weight", "bias", "running_mean", "running_var")
    )
    scale = weight / np.sqrt(variance + op.eps)
    return {
        f"{convolution.name}.weight": (kernel * scale.reshape(-1, 1, 1, 1)).astype(kernel.dtype),
        f"{convolution.name}.bias": ((bias - mean) * scale + shift).astype(kernel.dtype),
    }
