"""Which pixels of the input each value of a network depends on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..graph.graph import Graph, Node
from ..graph.ops import AddContext, Multiply, Window
from ..graph.shapes import Shape


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The input pixels that windows connect a value with; every pair is of height and width.

    The pixel in row r of a feature map depends on the rows from `start + r * jump` on, `size` of them, of which those
    outside the input are padding. Norms count as what they do to a single pixel.
    """

    size: tuple[int, int]
    jump: tuple[int, int]
    """Input pixels from one pixel of the feature map to the next: its total stride."""
    start: tuple[int, int]
    """The first row and column that the first pixel depends on; negative in padding."""
    is_global: bool = False
    """Whether it depends, beyond that, on the whole input, through a global pooling or an attention."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A receptive field along one side."""

    first: int
    last: int
    jump: int


def receptive_field(graph: Graph) -> Mapping[str, ReceptiveField]:
    """The receptive field of every operation's output, by its name; of several paths, all that any of them sees.

    >>> import resnet_dsl
    >>> from resnet_dsl.analysis import receptive_field
    >>> receptive_field(resnet_dsl.lower("resnet18"))["layer4.1.act2"]
    ReceptiveField(size=(435, 435), jump=(32, 32), start=(-217, -217), is_global=False)

    What lies behind a global pooling has the field of all pixels before it. A gate that such a pooling computes does
    not widen the field of what it scales, but `is_global` says that the whole input matters.
    """
    first = graph.nodes[0].name
    spans = {first: (_Span(0, 0, 1), _Span(0, 0, 1))}
    whole = {first: False}
    for node in graph.nodes[1:]:
        sources = [spans[name] for name in (node.inputs[:1] if _takes_gate(graph, node) else node.inputs)]
        shape = graph[node.inputs[0]].shape
        spans[node.name] = tuple(  # type: ignore[assignment]  # of two
            _through(node, shape, side, _joined([source[side] for source in sources])) for side in (0, 1)
        )
        whole[node.name] = node.op.is_global or any(whole[name] for name in node.inputs)
    return {name: _field(*spans[name], whole[name]) for name in spans}


def last_field(graph: Graph) -> ReceptiveField:
    """That of the last stage: the largest before everything is pooled."""
    return receptive_field(graph)[graph.features[-1].node]


def _takes_gate(graph: Graph, node: Node) -> bool:
    """Whether its second input has one value for all pixels."""
    return isinstance(node.op, Multiply | AddContext) and graph[node.inputs[1]].shape[1:] == (1, 1)


def _joined(spans: Sequence[_Span]) -> _Span:
    """What any of the paths sees. Their jumps are equal, except where there is only one pixel."""
    return _Span(min(span.first for span in spans), max(span.last for span in spans), max(span.jump for span in spans))


def _through(node: Node, shape: Shape, side: Literal[0, 1], span: _Span) -> _Span:
    """The span of the output, from that of the input, which has this shape."""
    window = node.op.window
    if node.op.is_global and node.shape[1:] != shape[1:]:
        return _Span(span.first, span.last + (shape[1 + side] - 1) * span.jump, span.jump * shape[1 + side])
    if window is None or len(window.kernel) == 1:  # one over channels
        return span
    before = _padding(window, shape[1 + side], side)
    reach = window.dilation * (window.kernel[side] - 1)
    first = span.first - before * span.jump
    return _Span(first, span.last + (reach - before) * span.jump, span.jump * window.stride)


def _padding(window: Window, size: int, side: Literal[0, 1]) -> int:
    """Values in front of a side of this size."""
    if window.padding != "same":
        return window.padding
    windows = -(-size // window.stride)
    return max((windows - 1) * window.stride + window.kernel[side] - size, 0) // 2


def _field(vertical: _Span, horizontal: _Span, is_global: bool) -> ReceptiveField:
    sides = (vertical, horizontal)

    def pair(values: Iterator[int]) -> tuple[int, int]:
        height, width = values
        return height, width

    return ReceptiveField(
        size=pair(side.last - side.first + 1 for side in sides),
        jump=pair(side.jump for side in sides),
        start=pair(side.first for side in sides),
        is_global=is_global,
    )
