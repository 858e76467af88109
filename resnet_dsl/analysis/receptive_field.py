"""Which pixels of the input each value of a network depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
        vertical, horizontal = sources[0] if len(sources) == 1 else map(_joined, zip(*sources, strict=True))
        spans[node.name] = _through(node, graph[node.inputs[0]].shape, vertical, horizontal)
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


def _through(node: Node, shape: Shape, vertical: _Span, horizontal: _Span) -> tuple[_Span, _Span]:
    """The spans of the output, from those of the input, which has this shape."""
    if node.op.is_global and node.shape[1:] != shape[1:]:
        return _pooled(vertical, shape[1]), _pooled(horizontal, shape[2])
    window = node.op.window
    if window is None or len(window.kernel) == 1:  # one over channels
        return vertical, horizontal
    (height, width), (_, rows, columns) = window.kernel, shape
    return _slid(vertical, window, height, rows), _slid(horizontal, window, width, columns)


def _pooled(span: _Span, size: int) -> _Span:
    """What all pixels of a side see."""
    return _Span(span.first, span.last + (size - 1) * span.jump, span.jump * size)


def _slid(span: _Span, window: Window, kernel: int, size: int) -> _Span:
    """What a window sees, along a side of this size."""
    if window.padding == "same":
        windows = -(-size // window.stride)
        before = max((windows - 1) * window.stride + kernel - size, 0) // 2
    else:
        before = window.padding
    after = window.dilation * (kernel - 1) - before
    return _Span(span.first - before * span.jump, span.last + after * span.jump, span.jump * window.stride)


def _field(vertical: _Span, horizontal: _Span, is_global: bool) -> ReceptiveField:
    return ReceptiveField(
        size=(vertical.last - vertical.first + 1, horizontal.last - horizontal.first + 1),
        jump=(vertical.jump, horizontal.jump),
        start=(vertical.first, horizontal.first),
        is_global=is_global,
    )
