"""What a model consists of while it grows: its nodes, and the tensors that belong to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from onnx import NodeProto, helper

Arrays: TypeAlias = Mapping[str, "np.ndarray[Any, Any]"]
"""Tensors by name, as in a `state_dict`."""


@dataclass(frozen=True, slots=True)
class Growing:
    """A model under construction."""

    opset: int
    dtype: "np.dtype[Any]"
    arrays: Arrays
    """The network's weights and statistics."""
    nodes: list[NodeProto] = field(default_factory=list)
    tensors: "dict[str, np.ndarray[Any, Any]]" = field(default_factory=dict)
    """The model's own tensors, by name."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Adds the steps of one operation to a model; what it adds has names that begin with the operation's.

    Calling it adds a step and returns the name of its output.
    """

    name: str
    """The module path of the operation."""
    model: Growing

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        base = f"{self.name}/{kind}"
        number = sum(1 for node in self._added() if node.op_type == kind)
        output = f"{base}_{number}" if number else base
        self.model.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def split(self, x: str, count: int, size: int) -> list[str]:
        """Add a step that cuts the channels into parts of one size; the names of its outputs."""
        outputs = [f"{self.name}/Split.{index}" for index in range(count)]
        sizes = self.integers("sizes", *[size] * count)
        self.model.nodes.append(helper.make_node("Split", [x, sizes], outputs, name=f"{self.name}/Split", axis=1))
        return outputs

    def close(self, output: str) -> str:
        """Give the last step the operation's own name, if it added one at all; the name of its output."""
        if not self._added():
            return output
        last = self.model.nodes[-1]
        assert [*last.output] == [output], self.name
        last.name = last.output[0] = self.name
        return self.name

    def _added(self) -> Sequence[NodeProto]:
        """The steps of this operation so far."""
        count = 0
        for node in reversed(self.model.nodes):
            if not node.name.startswith(f"{self.name}/"):
                break
            count += 1
        return self.model.nodes[len(self.model.nodes) - count :]

    def weight(self, entry: str, axes: int = 0) -> str:
        """A tensor of the network's, in the model's dtype, with axes of size 1 added at its end."""
        name = f"{self.name}.{entry}"
        with np.errstate(over="ignore"):  # what float16 cannot hold shows in the outputs
            array = self.model.arrays[name].astype(self.model.dtype, copy=False)
        self.model.tensors[name] = array.reshape(array.shape + (1,) * axes)
        return name

    def constant(self, name: str, values: Any) -> str:
        """Numbers in the model's dtype."""
        return self._own(name, np.asarray(values, self.model.dtype))

    def integers(self, name: str, *values: int) -> str:
        """Whole numbers, such as a shape or axes."""
        return self._own(name, np.array(values, np.int64))

    def _own(self, name: str, array: "np.ndarray[Any, Any]") -> str:
        path = f"{self.name}/{name}"
        assert np.array_equal(self.model.tensors.setdefault(path, array), array), path
        return path

    def reduce(self, kind: str, x: str, *axes: int) -> str:
        """`ReduceMean` or `ReduceMax` over axes, which stay with size 1; `ReduceSum` takes them as all do later."""
        if kind == "ReduceSum" or self.model.opset >= _AXES_ARE_INPUTS:
            return self(kind, x, self.integers(f"{kind}.axes", *axes), keepdims=1)
        return self(kind, x, axes=axes, keepdims=1)

    def reshape(self, name: str, x: str, *shape: int) -> str:
        """In another shape: 0 for an axis that keeps its size, -1 for what is left."""
        return self("Reshape", x, self.integers(name, *shape))

    def reshape_as(self, x: str, other: str) -> str:
        """In the shape of another value, which is known only when the model runs."""
        return self("Reshape", x, self("Shape", other))


_AXES_ARE_INPUTS = 18
"""The first opset in which all reductions take their axes as an input."""
