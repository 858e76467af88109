"""Modules of one kind -> the fewest classes: modules may lack children that others of their class have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .constructors import Constructor, Made, skeleton, union
from .instances import Instance, Step


@dataclass(frozen=True, slots=True)
class MergedStep:
    """A step of the forward pass of a class."""

    step: Step
    """With inputs that hold for all modules of the class."""
    present: frozenset[int]
    """The numbers of the shapes that have it."""
    fallback: str | None
    """The value that takes its value's place where it is missing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What modules have in common that differ in values alone."""

    children: tuple[tuple[str, Constructor], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What the modules of a class have, some of it not in all of them."""

    shapes: tuple[Shape, ...]
    children: Mapping[str, Constructor]
    """The skeletons of the children, in order."""
    steps: tuple[MergedStep, ...]
    output: str
    """The value that the forward pass returns."""

    def has(self, name: str) -> frozenset[int]:
        """The numbers of the shapes that have a child."""
        return frozenset(index for index, shape in enumerate(self.shapes) if name in dict(shape.children))

    def is_optional(self, step: MergedStep) -> bool:
        """Whether some modules of the class lack a step."""
        return len(step.present) < len(self.shapes)

    def condition(self, step: MergedStep) -> str:
        """When an optional step is taken: its own module or another one tells."""
        name, is_there = (step.step.called[0], True) if step.step.called else self.witness(step.present)
        return f"self.{name} is {'not ' if is_there else ''}None"

    def witness(self, present: frozenset[int]) -> tuple[str, bool]:
        """A child that exactly these shapes have, or that exactly the others have, and which of the two.

        Raises:
            LookupError: there is none.
        """
        others = frozenset(range(len(self.shapes))) - present
        for name in self.children:
            if self.has(name) in (present, others):
                return name, self.has(name) == present
        raise LookupError(name)


class _Conflict(Exception):
    """The shapes cannot be those of one class."""


def shape(instance: Instance) -> Shape:
    children = tuple((name, skeleton(child)) for name, child in instance.children.items())
    steps = (
        Step(step.value, step.called, None if step.arithmetic is None else _bare(step), step.inputs)
        for step in instance.steps
    )
    return Shape(children, tuple(steps))


def _bare(step: Step) -> Made:
    assert step.arithmetic is not None
    bare = skeleton(step.arithmetic)
    assert isinstance(bare, Made)
    return bare


def merge(shapes: Sequence[Shape]) -> Merged | None:
    """The class of modules of these shapes, if there can be one."""
    try:
        return _merge(tuple(shapes))
    except (_Conflict, LookupError):
        return None


def group(instances: Sequence[Instance]) -> Iterator[tuple[Merged, list[Instance]]]:
    """The fewest classes for modules of one kind."""
    groups: list[tuple[Merged, list[Shape]]] = []
    shapes = {each.path: shape(each) for each in instances}
    for each in dict.fromkeys(shapes.values()):
        for index, (_, members) in enumerate(groups):
            merged = merge([*members, each])
            if merged:
                groups[index] = (merged, [*members, each])
                break
        else:
            alone = merge([each])
            assert alone is not None
            groups.append((alone, [each]))
    for merged, members in groups:
        yield merged, [each for each in instances if shapes[each.path] in members]


def _merge(shapes: tuple[Shape, ...]) -> Merged:
    children: dict[str, Constructor] = {}
    for each in shapes:
        for name, child in each.children:
            joined = union(children[name], child) if name in children else child
            if joined is None:
                raise _Conflict
            children[name] = joined
    names = _order([[name for name, _ in each.children] for each in shapes])
    values = _order([[step.value for step in each.steps] for each in shapes])
    steps = [{step.value: step for step in each.steps} for each in shapes]
    resolver = _Resolver([set(each) for each in steps], {value: index for index, value in enumerate(values)})
    common = [
        _join({index: each[value] for index, each in enumerate(steps) if value in each}, resolver) for value in values
    ]
    output = resolver.resolve({index: each.steps[-1].value for index, each in enumerate(shapes)})
    merged = tuple(MergedStep(step, present, resolver.fallbacks.get(step.value)) for step, present in common)
    found = Merged(shapes, {name: children[name] for name in names}, merged, output)
    for optional in filter(found.is_optional, merged):
        if optional.fallback is None:
            raise _Conflict
        if not optional.step.called:
            found.witness(optional.present)
    return found


def _order(sequences: list[list[str]]) -> list[str]:
    """The names of all sequences, in an order that all of them have."""
    found: list[str] = []
    for names in sorted(sequences, key=len, reverse=True):
        position = 0
        for name in names:
            if name not in found:
                found.insert(position, name)
            elif found.index(name) < position:
                raise _Conflict
            position = found.index(name) + 1
    return found


def _join(steps: Mapping[int, Step], resolver: "_Resolver") -> tuple[Step, frozenset[int]]:
    """The step of a class that stands for those of its shapes."""
    kinds = {(step.called, step.arithmetic, len(step.inputs)) for step in steps.values()}
    if len(kinds) > 1:
        raise _Conflict
    ((called, arithmetic, count),) = kinds
    inputs = tuple(
        resolver.resolve({index: step.inputs[place] for index, step in steps.items()}) for place in range(count)
    )
    value = next(iter(steps.values())).value
    return Step(value, called, arithmetic, inputs), frozenset(steps)


@dataclass(slots=True)
class _Resolver:
    """Finds the one value that stands for different values in different shapes."""

    present: list[set[str]]
    """The values of each shape."""
    order: Mapping[str, int]
    fallbacks: dict[str, str] = field(default_factory=dict)
    """What takes a value's place in shapes without it."""

    def resolve(self, sources: Mapping[int, str]) -> str:
        """The value, given those that it stands for by the number of the shape."""
        latest = max(sources.values(), key=lambda value: self.order.get(value, -1))
        others = {index: value for index, value in sources.items() if value != latest}
        if any(latest in self.present[index] for index in others):
            raise _Conflict
        if others and self.fallbacks.setdefault(latest, self.resolve(others)) != self.resolve(others):
            raise _Conflict
        return latest
