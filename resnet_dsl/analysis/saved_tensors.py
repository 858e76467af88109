"""What a training pass keeps for the gradients, to the byte: the tensors that autograd saves."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..graph.graph import Graph, Node
from ..graph.ops.memory import Numbers, Saved
from .module_tree import may_overwrite, uses

FLOAT32 = 4
"""Bytes."""
BFLOAT16 = 2
INT64 = 8


@dataclass(frozen=True, slots=True)
class _Value:
    """The output of a node: the memory that it lies in, and what a number of it takes there."""

    memory: str
    """The node that first wrote to that memory."""
    size: int
    width: int
    """Bytes of a number."""


def saved_for_backward(graph: Graph, batch: int, *, autocast: bool = False) -> Mapping[str, int]:
    """Bytes that each operation makes a training pass keep, by its name; what an earlier one keeps counts there.

    All of them together are what hooks of saved tensors count on the CPU, each memory once, the module's own parameters
    and buffers not.

    Raises:
        TypeError: the batch size is not an integer.
        ValueError: it is below 1.
    """
    if operator.index(batch) < 1:
        raise ValueError(f"the batch size must be at least 1, found {batch:,}")
    values: dict[str, _Value] = {}
    kept: set[str] = set()
    found: dict[str, int] = {}
    counts = uses(graph)
    for node in graph.nodes:
        inputs = [values[name] for name in node.inputs]
        in_place = bool(inputs) and node.op.works_in_place and may_overwrite(graph, counts, node)
        saved = node.op.saved([graph[name].shape for name in node.inputs], batch, in_place=in_place)
        values[node.name] = output = _output(node, inputs, saved, batch, in_place=in_place, autocast=autocast)
        saved_values, total = _saved_inputs(saved, inputs, autocast=autocast)
        for value in (*saved_values, *(output,) * saved.output):
            total += 0 if value.memory in kept else value.size
            kept.add(value.memory)
        total += sum(bytes_of(each, output.width) for each in saved.more)
        total += BFLOAT16 * saved.casts if autocast else 0
        found[node.name] = total
    return found


def _output(
    node: Node, inputs: Sequence[_Value], saved: Saved, batch: int, *, in_place: bool, autocast: bool
) -> _Value:
    if in_place or node.op.is_view:
        return inputs[0]
    width = BFLOAT16 if autocast and saved.lowers_precision else max((each.width for each in inputs), default=FLOAT32)
    return _Value(node.name, Numbers.of(batch, node.shape).count * width, width)


def _saved_inputs(saved: Saved, inputs: Sequence[_Value], *, autocast: bool) -> tuple[list[_Value], int]:
    """The inputs that are saved as they are, and the bytes of the casts that are saved of others."""
    found = [inputs[index] for index in saved.inputs]
    total = 0
    for indices, width in ((saved.operands, BFLOAT16), (saved.widened, FLOAT32)):
        for value in (inputs[index] for index in indices):
            if not autocast or value.width == width:
                found.append(value)
            else:
                total += value.size // value.width * width
    return found, total


def bytes_of(numbers: Numbers, width: int = FLOAT32) -> int:
    """What these numbers take, with so many bytes for a value of a feature map."""
    return numbers.count * {"value": width, "float32": FLOAT32, "int64": INT64}[numbers.kind]
