"""Graph and checkpoint -> arrays, without torch."""

from typing import Any

import ml_dtypes  # NumPy's names for the types of elements that it lacks, such as `bfloat16`
import numpy as np

from ...checkpoints.checkpoint import Checkpoint
from ...checkpoints.comparison import compare
from ...checkpoints.fitting.fitting import adaptation_notes, fit
from ...checkpoints.fitting.mismatch import explain_mismatch
from ...checkpoints.fitting.rereading import read_for
from ...checkpoints.stored import Filled, Part, Stored, objection
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Graph
from ...language.spec import Spec
from .steps import Arrays

assert ml_dtypes


def load_arrays(graph: Graph, checkpoint: Checkpoint, *, spec: Spec) -> tuple[Arrays, tuple[str, ...]]:
    """The weights and statistics of a network, all from a checkpoint, in float32; and what was done to get them.

    Args:
        graph: the network.
        checkpoint: the weights; those of the first convolution may be for another number of input channels.
        spec: what the network was made from, for diagnostics.

    Raises:
        EnvironmentFault: they belong to a different network, or their file has changed or is damaged.
    """
    checkpoint = read_for(graph.state, checkpoint)
    found = fit(graph.state, checkpoint.state, may_replace_classifier=False, is_partial=False)
    if found is None:
        comparison = compare(graph.state, checkpoint.state)
        raise EnvironmentFault(
            explain_mismatch(
                graph, checkpoint.state, comparison, file=checkpoint.file, spec=spec, shown=checkpoint.shown
            )
        )
    arrays = {name: _array(name, checkpoint.parts[name], spec) for name in found.loaded}
    if found.adapted:
        kernel = _array(found.adapted, checkpoint.parts[found.adapted], spec)
        arrays[found.adapted] = _adapted(kernel, graph.state[found.adapted][1])
    return arrays, (*checkpoint.notes, *adaptation_notes(found, graph.state, checkpoint.state))


def _array(name: str, part: Part, spec: Spec) -> "np.ndarray[Any, Any]":
    """The entry with this name; the variance of a norm that only scales and shifts is the one that does so here."""
    if isinstance(part.entries[0], Filled) and name.endswith(".running_var"):
        return np.full(part.shape, 1.0 - spec.norm.eps, np.float32)
    array, *masks = map(_elements, part.entries)
    for mask in masks:
        array = array * mask
    if part.change is not None:
        array = array.transpose(part.change.axes).reshape(part.change.shape)
    return np.ascontiguousarray(array)


def _elements(entry: Any) -> "np.ndarray[Any, Any]":
    """The elements of an entry, which is in a file, nowhere, or in the memory of torch."""
    if isinstance(entry, Filled):
        return np.full(entry.shape, entry.value, np.float32)
    if not isinstance(entry, Stored):
        held: np.ndarray[Any, Any] = entry.tensor.detach().float().cpu().numpy()
        return held
    if reason := objection(entry.dtype):
        message = f"cannot use the weights: a tensor {reason}"
        raise EnvironmentFault(Diagnostic(code="RD504", message=message))
    elements = np.frombuffer(entry.read(), np.dtype(entry.dtype))
    size = elements.itemsize
    strides = [size * stride for stride in entry.strides]
    view = np.lib.stride_tricks.as_strided(elements[entry.offset :], entry.shape, strides, writeable=False)
    values: np.ndarray[Any, Any] = view.astype(np.float32, copy=False)
    return values


def _adapted(kernel: "np.ndarray[Any, Any]", channels: int) -> "np.ndarray[Any, Any]":
    """A first convolution for another number of input channels, as when the network is built with these weights."""
    if channels == 1:
        return np.asarray(kernel.sum(1, keepdims=True))
    count = kernel.shape[1]
    return np.tile(kernel, (1, -(-channels // count), 1, 1))[:, :channels] * np.float32(count / channels)
