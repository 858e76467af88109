"""A network as typed operations in execution order, shapes and costs included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..diagnostics.source import Span
from .ops import Op
from .shapes import Shape

ShortcutKind: TypeAlias = Literal["identity", "projection", "padding", "none"]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation, where it stands in the network, and what leaves it."""

    name: str
    """The module path, which is the prefix of its `state_dict` keys; a unique name for plain arithmetic."""
    op: Op
    inputs: tuple[str, ...]
    """Names of the nodes whose outputs it takes."""
    shape: Shape
    """Output shape, without the batch."""
    macs: int
    span: Span | None = field(default=None, compare=False, repr=False)
    """The text that asked for it."""

    @property
    def parameters(self) -> int:
        return self.op.parameters


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the built network, as a table shows it."""

    name: str
    kind: str
    """Name of its class."""
    shape: Shape
    parameters: int
    """Its own, without those of the modules inside it."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """How a block's input reaches its output, and why so."""

    kind: ShortcutKind
    reason: str
    stride: int


@dataclass(frozen=True, slots=True)
class Block:
    """One residual block: its nodes, from its input's first use to the block's output."""

    name: str
    kind: str
    """Name of its class."""
    convolutions: int
    """Those that count for the network's depth."""
    attention: str
    """What its channel attention is called; empty where there is none."""
    stage: int
    """Number of the stage, from 1, as in `layer1`."""
    input_shape: Shape
    shortcut: Shortcut
    nodes: tuple[Node, ...]

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
    """A feature map that detectors and the like take from inside a network."""

    name: str
    """`stem`, `layer1`, `layer2`, …"""
    node: str
    """The node that makes it."""
    channels: int
    reduction: int
    """Pixels of the input's side for each of its own."""


@dataclass(frozen=True, repr=False)
class Graph:
    """A network. The first node is its input, the last one its output.

    `print` shows a page with one line a block; a notebook shows it as a table.
    """

    name: str
    nodes: tuple[Node, ...]
    blocks: tuple[Block, ...]
    depth: int
    """The number in the network's name: stem convolutions, two or three per block, and the classifier."""
    features: tuple[Feature, ...]
    """The stem's feature map, before the pooling, and that of each stage."""
    outputs: tuple[str, ...]
    """The nodes whose values leave the network: the last one, unless features are wanted."""
    containers: Mapping[str, str]
    """Class of every module that holds layers and is not a plain sequence, by its path; the root's path is ""."""
    classifier: str | None
    """The layer that gives the classes."""

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
        """The node of that name.

        Raises:
            KeyError: there is none.
        """
        return self._by_name[name]

    @property
    def stem(self) -> tuple[Node, ...]:
        """The nodes between the input and the first block."""
        return self.nodes[1 : self._inside[0]]

    @property
    def head(self) -> tuple[Node, ...]:
        """The nodes after the last block."""
        return self.nodes[self._inside[1] :]

    @property
    def _inside(self) -> tuple[int, int]:
        """Where the nodes of the blocks begin and end."""
        inside = {node.name for block in self.blocks for node in block.nodes}
        places = [index for index, node in enumerate(self.nodes) if node.name in inside]
        return (places[0], places[-1] + 1) if places else (len(self.nodes), len(self.nodes))

    @property
    def layers(self) -> Iterator[Node]:
        """The nodes that are modules, in execution order."""
        return (node for node in self.nodes if node.op.is_layer)

    @property
    def modules(self) -> Iterator[Module]:
        """Every layer and container but the root, in the order in which their forward passes end."""
        last: dict[str, int] = {}
        for index, node in enumerate(self.nodes):
            for path in self._containers_of(node.name):
                last[path] = index
        for index, node in enumerate(self.nodes):
            if node.op.is_layer:
                yield Module(node.name, node.op.kind, node.shape, node.parameters)
            for path in self._containers_of(node.name):
                if last[path] == index:
                    yield Module(path, self.containers[path], node.shape, 0)

    def _containers_of(self, name: str) -> Iterator[str]:
        """The containers around a node, the innermost first, without the root."""
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
    def parameters(self) -> int:
        """Number of trainable parameters."""
        return sum(node.parameters for node in self.nodes)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one forward pass of one input."""
        return sum(node.macs for node in self.nodes)
