"""A network as typed operations in execution order, with their shapes and costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from ..diagnostics.source import Span
from .ops import Op
from .shapes import Shape

LIST = "ModuleList"
"""The class of a container whose entries the module around it calls one by one."""

CLASSIFIER = "fc"
"""The path of the classifier, in networks that have one."""

FLOPS_PER_MAC = 2
"""A multiply-accumulate is two floating-point operations: a multiplication and an addition."""

ShortcutKind: TypeAlias = Literal["identity", "projection", "padding", "none"]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation, its place in the network and its output shape."""

    name: str
    """The module path, which is the prefix of its `state_dict` keys; a unique name for plain arithmetic."""
    op: Op
    inputs: tuple[str, ...]
    """Names of the nodes whose outputs it takes as inputs."""
    shape: Shape
    """Output shape, without the batch."""
    macs: int
    parameters: int = field(compare=False, repr=False)
    """Number of trainable parameters."""
    span: Span | None = field(default=None, compare=False, repr=False)
    """The text that specifies it."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the built network, as a table shows it."""

    name: str
    kind: str
    """Its class name."""
    shape: Shape
    parameters: int
    """Its own parameters; of a container none, which are those of its layers."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """How a block's input reaches its output, and why."""

    kind: ShortcutKind
    reason: str
    stride: int


@dataclass(frozen=True, slots=True)
class Block:
    """One residual block: its nodes, from the first use of its input to its output."""

    name: str
    kind: str
    """Its class name."""
    convolutions: int
    """Number of convolutions that count towards the network's depth."""
    attention: str
    """Name of its attention; empty if it has none."""
    conv3x3: str
    """Name of what stands for its 3x3 convolution; empty if that is plain."""
    stage: int
    """Stage number, from 1, as in `layer1`."""
    input_shape: Shape
    shortcut: Shortcut
    nodes: tuple[Node, ...]

    @property
    def description(self) -> str:
        """Its class name, what stands for its 3x3 convolution, and its attention."""
        return ", ".join(filter(None, (self.kind, self.conv3x3, self.attention)))

    @property
    def shape(self) -> Shape:
        return self.nodes[-1].shape

    @property
    def parameters(self) -> int:
        return sum(node.parameters for node in self.nodes)

    @property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Feature:
    """An intermediate feature map, such as detectors use."""

    name: str
    """`stem`, `layer1`, `layer2`, …"""
    node: str
    """The node that outputs it."""
    channels: int
    reduction: int
    """Total stride: input pixels per feature map pixel, along one side."""


@dataclass(frozen=True, repr=False)
class Graph:
    """A network. The first node is its input, the last its output.

    `print` shows one line per block; a notebook shows a table.
    """

    name: str
    nodes: tuple[Node, ...]
    blocks: tuple[Block, ...]
    depth: int
    """The number in names such as ResNet-50: stem convolutions, two or three per block, and the classifier."""
    features: tuple[Feature, ...]
    """The feature maps of the stem, before pooling, and of each stage."""
    outputs: tuple[str, ...]
    """The nodes whose values the network outputs: the last one, unless features were selected."""
    containers: Mapping[str, str]
    """Class name of every module with submodules that is not an `nn.Sequential`, by path; the root's path is "".

    The children of a `ModuleList` are called one by one by the module around it.
    """
    classifier: str | None
    """The layer that outputs the classes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {node.name: node for node in self.nodes})

    _by_name: Mapping[str, Node] = field(init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        blocks = f"{len(self.blocks):,} block{'s' if len(self.blocks) != 1 else ''}"
        return f"<Graph {self.name}: depth {self.depth}, {blocks}, {self.parameters:,} parameters>"

    def __str__(self) -> str:
        from .page import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from .page import as_html

        return as_html(self)

    def __getitem__(self, name: str) -> Node:
        """The node with this name.

        Raises:
            KeyError: there is no such node.
        """
        return self._by_name[name]

    @property
    def stem(self) -> tuple[Node, ...]:
        """The nodes between the input and the first block."""
        return self.nodes[1 : self._block_range[0]]

    @property
    def head(self) -> tuple[Node, ...]:
        """The nodes after the last block."""
        return self.nodes[self._block_range[1] :]

    @property
    def _block_range(self) -> tuple[int, int]:
        """The range of indices that the blocks' nodes span."""
        inside = {node.name for block in self.blocks for node in block.nodes}
        indices = [index for index, node in enumerate(self.nodes) if node.name in inside]
        return (indices[0], indices[-1] + 1) if indices else (len(self.nodes), len(self.nodes))

    @property
    def layers(self) -> Iterator[Node]:
        """The nodes that are modules, in execution order."""
        return (node for node in self.nodes if node.op.is_layer)

    @property
    def modules(self) -> Iterator[Module]:
        """Every layer and container except the root, in the order in which their forward passes finish.

        An `nn.ModuleList` has no forward pass.
        """
        last: dict[str, int] = {}
        for index, node in enumerate(self.nodes):
            for path in self._containers_of(node.name):
                last[path] = index
        for index, node in enumerate(self.nodes):
            if node.op.is_layer:
                yield Module(node.name, node.op.kind, node.shape, node.parameters)
            for path in self._containers_of(node.name):
                if last[path] == index and self.containers[path] != LIST:
                    yield Module(path, self.containers[path], node.shape, 0)

    def _containers_of(self, name: str) -> Iterator[str]:
        """The containers around a node, innermost first, without the root."""
        while "." in name:
            name = name.rpartition(".")[0]
            if name in self.containers:
                yield name

    @property
    def state(self) -> dict[str, Shape]:
        """Name and shape of every entry of the network's `state_dict`."""
        return {
            f"{node.name}.{name}": shape
            for node in self.layers
            for entries in (node.op.weights, node.op.statistics)
            for name, shape in entries.items()
        }

    @property
    def input_shape(self) -> Shape:
        return self.nodes[0].shape

    @property
    def output_shape(self) -> Shape:
        return self.nodes[-1].shape

    @property
    def takes_one_size(self) -> bool:
        """Whether inputs of another height or width than those of `input_shape` do not fit."""
        return any(node.op.takes_one_size for node in self.nodes)

    @cached_property
    def parameters(self) -> int:
        """Number of trainable parameters."""
        return sum([node.parameters for node in self.nodes])

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of one forward pass on one input."""
        return sum(node.macs for node in self.nodes)

    @property
    def flops(self) -> int:
        """Floating-point operations of one forward pass on one input, as torch's `FlopCounterMode` counts them."""
        return FLOPS_PER_MAC * self.macs
