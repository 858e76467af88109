"""How much memory evaluation takes at once, for the order of execution that the built network has."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from ..graph.features import EXTRACTOR
from ..graph.graph import Graph, Node
from ..graph.ops.memory import Numbers
from .module_tree import SEQUENCE, Call, Container, Layer, module_tree
from .registers import allocate
from .saved_tensors import bytes_of

_Memory: TypeAlias = str
"""A piece of memory, by the node that first writes to it."""


def inference_peak(graph: Graph, batch: int) -> int:
    """Bytes of all tensors that are alive at once in evaluation without gradients, in float32.

    The input counts throughout, as whoever gave it holds it; parameters, buffers and what a kernel of PyTorch needs for
    itself do not.
    """
    return _Evaluation(graph, batch).run()


class _Evaluation:
    """A forward pass in which only memory is taken and freed."""

    def __init__(self, graph: Graph, batch: int) -> None:
        self._graph = graph
        self._batch = batch
        self._kept = graph.outputs if graph.containers[""] == EXTRACTOR else ()
        self._sizes: dict[_Memory, int] = {}
        self._holders: Counter[_Memory] = Counter()
        self._live = 0
        self._peak = 0

    def run(self) -> int:
        """The most bytes that were alive at once."""
        source = self._graph.nodes[0]
        self._take(source.name, bytes_of(Numbers.of(self._batch, source.shape)))
        if len(self._graph.nodes) > 1:
            self._container(module_tree(self._graph), source.name)
        return max(self._peak, self._live)

    def _take(self, memory: _Memory, size: int) -> None:
        self._sizes[memory] = size
        self._holders[memory] = 1
        self._live += size

    def _hold(self, memory: _Memory) -> _Memory:
        self._holders[memory] += 1
        return memory

    def _release(self, memory: _Memory) -> None:
        self._holders[memory] -= 1
        if not self._holders[memory]:
            self._live -= self._sizes[memory]

    def _call(self, container: Container, call: Call, inputs: Sequence[_Memory]) -> _Memory:
        """The memory of the output, held once by who called."""
        called = container.child(call)
        if called is None or isinstance(called, Layer):
            return self._operation(call.output, inputs, is_inplace=call.is_inplace)
        if called.kind == SEQUENCE:
            return self._sequence(called, inputs[0])
        return self._container(called, inputs[0])

    def _operation(self, node: Node, inputs: Sequence[_Memory], *, is_inplace: bool) -> _Memory:
        op = node.op
        if op.is_view or op.idle_in_evaluation:
            return self._hold(inputs[0])
        if op.works_in_place and is_inplace:
            return self._hold(inputs[0])
        shapes = [self._graph[name].shape for name in node.inputs]
        for moment in op.moments(shapes, self._batch):
            self._peak = max(self._peak, self._live + sum(map(bytes_of, moment)))
        self._take(node.name, bytes_of(Numbers.of(self._batch, node.shape)))
        return node.name

    def _sequence(self, container: Container, memory: _Memory) -> _Memory:
        """An `nn.Sequential`, in which each output takes the place of the one before."""
        self._hold(memory)
        for call in container.calls:
            output = self._call(container, call, [memory])
            self._release(memory)
            memory = output
        return memory

    def _container(self, container: Container, memory: _Memory) -> _Memory:
        """A module with registers, which keep what is in them until something else is."""
        places, _ = allocate(container.calls, () if container.path else self._kept)
        registers: dict[int, _Memory] = {0: self._hold(memory)}
        target = 0
        for call, (sources, target) in zip(container.calls, places, strict=True):
            output = self._call(container, call, [registers[source] for source in sources])
            if target in registers:
                self._release(registers[target])
            registers[target] = output
        result = self._hold(registers[target])
        for each in registers.values():
            self._release(each)
        return result
