"""What a library's tensors differ in besides their names: the order of their axes, and axes of size 1."""

from dataclasses import dataclass

from ...graph.shapes import Shape


@dataclass(frozen=True, slots=True)
class Change:
    """What to do with a tensor: permute its axes, then give it a shape of as many elements."""

    axes: tuple[int, ...]
    shape: Shape

    @classmethod
    def none(cls, shape: Shape) -> "Change":
        """The one that leaves a tensor of this shape as it is."""
        return cls(tuple(range(len(shape))), shape)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a library stores the weights of a kind of layer."""

    axes: tuple[int, ...]
    """The order of its axes that is PyTorch's."""
    ones: int = 0
    """Axes of size 1 that it has after PyTorch's: 2 where a 1x1 convolution stands for a linear layer."""

    def from_theirs(self, shape: Shape) -> Change:
        """A tensor of the library's -> PyTorch's; none for a shape that it cannot have."""
        kept = len(self.axes) - self.ones
        if len(shape) != len(self.axes):
            return Change.none(shape)
        permuted = tuple(shape[axis] for axis in self.axes)
        if set(permuted[kept:]) - {1}:
            return Change.none(shape)
        return Change(self.axes, permuted[:kept])

    def to_theirs(self, shape: Shape) -> Change:
        """PyTorch's tensor -> the library's, the inverse; none for a shape that the layer cannot have."""
        if len(shape) != len(self.axes) - self.ones:
            return Change.none(shape)
        full = (*shape, *(1,) * self.ones)
        order = [self.axes.index(axis) for axis in range(len(self.axes))]
        return Change(tuple(axis for axis in order if axis < len(shape)), tuple(full[axis] for axis in order))
