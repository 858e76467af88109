"""The residual branch of a block: its convolutions, with what precedes and follows each of them."""

from ...graph.graph import Node
from ...graph.ops import AvgPool2d
from ..attention import ATTENTIONS
from ..conv3x3.kind import Request
from ..names import ACTIVATION, ATTENTION, CONVOLUTION, DROPOUT, FILTER, NORM, POOL
from .kind import Plan, Unit


class Branch:
    """Adds the branch of a block."""

    def __init__(self, plan: Plan, x: Node) -> None:
        self._plan = plan
        self._layers = plan.layers
        self._x = x
        self._units = plan.kind.units(plan, x)

    def activated(self) -> Node:
        """Each convolution followed by its norm and, except for the last, its activation."""
        x = self._x
        for number, unit in enumerate(self._units, 1):
            is_last = number == len(self._units)
            x = self._before(unit, x)
            if is_last:
                x = self._dropped(x)
            if unit.is_main and self._plan.conv3x3:
                x = self._module(number, unit, x)
            else:
                x = self._layers.conv(self._path(CONVOLUTION, number), unit.conv, x)
                x = self._norm(number, x)
                x = x if is_last else self._layers.activation(self._path(ACTIVATION, number), x)
                x = self._filtered(unit, x)
            x = self._after(unit, x)
            if unit.is_main and self._plan.block.attention.position == "inner":
                x = self.attended(x)
        return x

    def preactivated(self) -> tuple[Node, Node]:
        """Each convolution preceded by its norm and activation (He et al. 2016); also returns the first activation."""
        x = first = self._x
        previous: Unit | None = None
        for number, unit in enumerate(self._units, 1):
            x = self._layers.activation(self._path(ACTIVATION, number), self._norm(number, x))
            first = x if number == 1 else first
            if previous:
                x = x if previous.is_main and self._plan.conv3x3 else self._filtered(previous, x)
                x = self._after(previous, x)
            x = self._before(unit, x)
            if number == len(self._units):
                x = self._dropped(x)
            if unit.is_main and self._plan.conv3x3:
                x = self._module(number, unit, x)
            else:
                x = self._layers.conv(self._path(CONVOLUTION, number), unit.conv, x)
            if unit.is_main and self._plan.block.attention.position == "inner":
                x = self.attended(x)
            previous = unit
        return x, first

    def attended(self, x: Node) -> Node:
        """The block's attention; `x` itself if it has none."""
        attention = self._plan.block.attention
        if attention.type not in ATTENTIONS:
            return x
        kind, path = ATTENTIONS[attention.type], self._path(ATTENTION)
        self._layers.container(path, kind.class_name)
        return kind.attend(self._layers, path, x, attention, self._x.shape[0])

    def _path(self, name: str, number: int | None = None) -> str:
        return f"{self._plan.name}.{name}{'' if number is None else number}"

    def _norm(self, number: int, x: Node) -> Node:
        starts_at_zero = self._plan.zero_residual and number == len(self._units)
        return self._layers.norm(self._path(NORM, number), x, 0.0 if starts_at_zero else 1.0)

    def _module(self, number: int, unit: Unit, x: Node) -> Node:
        """What stands for the 3x3 convolution."""
        kind, path = self._plan.conv3x3, self._path(CONVOLUTION, number)
        assert kind is not None
        self._layers.container(path, kind.class_name)
        request = Request(
            name=path,
            settings=self._plan.block.conv3x3,
            conv=unit.conv,
            is_filtered=unit.is_filtered,
            stride=self._plan.stride if unit.is_filtered else unit.conv.stride,
            opens=self._plan.opens(self._x.shape[0]),
        )
        return kind.build(self._layers, request, x)

    def _filtered(self, unit: Unit, x: Node) -> Node:
        return self._layers.low_pass(self._path(FILTER), x, self._plan.stride) if unit.is_filtered else x

    def _before(self, unit: Unit, x: Node) -> Node:
        return self._pooled(x) if unit.is_main and self._plan.block.pool == "before" else x

    def _after(self, unit: Unit, x: Node) -> Node:
        return self._pooled(x) if unit.is_main and self._plan.block.pool == "after" else x

    def _pooled(self, x: Node) -> Node:
        """Average pooling with the block's stride, if it has one."""
        op = AvgPool2d(3, self._plan.stride, padding=1, counts_padding=True)
        return self._layers.add(self._path(POOL), op, x) if self._plan.is_pooled else x

    def _dropped(self, x: Node) -> Node:
        return self._layers.dropout(self._path(DROPOUT), x, self._plan.block.dropout)
