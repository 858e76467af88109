"""What differs between two networks, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from ..graph.graph import FLOPS_PER_MAC, Graph
from ..graph.shapes import Shape
from .parts import Part, parts
from .receptive_field import last_field, receptive_field
from .saved_tensors import saved_for_backward

T = TypeVar("T")


class Change(NamedTuple, Generic[T]):
    """A fact of the one network, and the same of the other."""

    before: T
    after: T

    @property
    def differs(self) -> bool:
        return bool(self.before != self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two networks, and what it was made from."""

    name: str
    graph: Graph
    values: Mapping[str, Any]
    """The values that are compared, by dotted key."""
    origins: Mapping[str, str]
    """Where each value comes from, in words."""
    batch_size: int = 1
    """The batch whose memory counts."""
    shows_sizes: bool = True
    """Whether sizes of feature maps are known, and with them costs."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the spec that differs."""

    key: str
    """Its dotted key."""
    value: Change[Any]
    """None where there is no such value."""
    origin: Change[str]
    """Where it comes from, such as `resnet50, line 19`; empty where there is no such value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigures:
    """What a part of a network, or all of it, amounts to. What the weights do not show is None."""

    blocks: int
    input_shape: Shape | None = None
    output_shape: Shape | None = None
    parameters: int
    macs: int | None = None
    saved_for_backward: int | None = field(default=None, compare=False)
    """Bytes that a training pass keeps; follows from the rest of the network too, so it makes no difference alone."""
    receptive_field: tuple[int, int] | None = field(default=None, compare=False)
    """Height and width of what a pixel of the output sees through windows, or of the last stage's; likewise."""

    @property
    def flops(self) -> int | None:
        return None if self.macs is None else FLOPS_PER_MAC * self.macs


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, the stem or the head whose figures differ; None where there is no such stage."""

    name: str
    figures: Change[PartFigures | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The entries of the two `state_dict`s, by name, with their shapes."""

    fitting: Mapping[str, Shape]
    """In both, with the same name and shape; whether they mean the same is not known."""
    reshaped: Mapping[str, Change[Shape]]
    """In both, with different shapes."""
    removed: Mapping[str, Shape]
    """In the first network only."""
    added: Mapping[str, Shape]
    """In the second network only."""

    @property
    def differ(self) -> bool:
        return bool(self.reshaped or self.removed or self.added)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDifference:
    """What differs between two networks; true if anything does, but for their names."""

    names: Change[str]
    values: tuple[Value, ...]
    """Values of the specs that differ."""
    stages: tuple[Stage, ...]
    """Stages, the stem and the head, where their figures differ, in execution order."""
    figures: Change[PartFigures]
    """The figures of the whole networks."""
    depth: Change[int]
    weights: Weights

    @property
    def parameters(self) -> Change[int]:
        return Change(self.figures.before.parameters, self.figures.after.parameters)

    @property
    def macs(self) -> Change[int | None]:
        """Multiply-accumulates of one forward pass; None if the weights of a file are compared."""
        return Change(self.figures.before.macs, self.figures.after.macs)

    def __bool__(self) -> bool:
        return bool(self.values or self.stages or self.weights.differ)


def changed_values(before: Side, after: Side) -> tuple[Value, ...]:
    """The values that differ, in the order of the first side; those that only the second has come last."""
    keys = dict.fromkeys([*before.values, *after.values])
    pairs = {key: Change(before.values.get(key), after.values.get(key)) for key in keys}
    return tuple(
        Value(key, pair, Change(before.origins.get(key, ""), after.origins.get(key, "")))
        for key, pair in pairs.items()
        if pair.differs
    )


def changed_stages(before: Side, after: Side) -> tuple[Stage, ...]:
    """The stem, the stages and the head, where their figures differ."""
    one, other = (_figures(side, parts(side.graph, "stage")) for side in (before, after))
    pairs = ((name, Change(one.get(name), other.get(name))) for name in _union(one, other))
    return tuple(Stage(name, pair) for name, pair in pairs if pair.differs)


def _union(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """What either has, in an order that agrees with both if their orders agree."""
    merged: list[str] = []
    new: list[str] = []
    rest = [*one]
    for name in other:
        if name in rest:
            position = rest.index(name)
            merged += [*rest[:position], *new, name]
            rest, new = rest[position + 1 :], []
        elif name not in merged:
            new.append(name)
    return [*merged, *rest, *new]


def total(side: Side) -> PartFigures:
    """The figures of a whole network; its receptive field is that of its last stage."""
    graph = side.graph
    whole = Part(graph.name, "", len(graph.blocks), graph.input_shape, graph.nodes)
    figures = _figures(side, [whole])[whole.name]
    return replace(figures, receptive_field=last_field(graph).size) if side.shows_sizes else figures


def _figures(side: Side, parts: Iterable[Part]) -> dict[str, PartFigures]:
    """The figures of parts of a network, by name."""
    if not side.shows_sizes:
        return {part.name: PartFigures(blocks=part.blocks, parameters=part.parameters) for part in parts}
    saved, fields = saved_for_backward(side.graph, side.batch_size), receptive_field(side.graph)
    return {
        part.name: PartFigures(
            blocks=part.blocks,
            input_shape=part.input_shape,
            output_shape=part.shape,
            parameters=part.parameters,
            macs=part.macs,
            saved_for_backward=sum(saved[node.name] for node in part.nodes),
            receptive_field=fields[part.nodes[-1].name].size,
        )
        for part in parts
    }


def compared_weights(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> Weights:
    """Which entries of the first `state_dict` fit the second network as they are: by name and shape."""
    shared = [name for name in before if name in after]
    return Weights(
        fitting={name: before[name] for name in shared if before[name] == after[name]},
        reshaped={name: Change(before[name], after[name]) for name in shared if before[name] != after[name]},
        removed={name: shape for name, shape in before.items() if name not in after},
        added={name: shape for name, shape in after.items() if name not in before},
    )
