"""Where a network's feature maps, its neck and its head are in the chain of its root's calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..graph.graph import CLASSIFIER, Feature, Graph, Node
from ..graph.ops import Activation, AttentionPool2d, Dropout, GlobalPool2d, NormOp
from ..graph.shapes import Shape
from .module_tree import Call, may_overwrite, module_tree, uses

ATTENTION = "attention"
"""The pooling that has weights; others have none."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A network, cut where libraries cut theirs. Numbers of calls count those of `chain`.

    The stem is what precedes the first stage, the neck what lies between the last stage and the global pooling: norm
    and activation after pre-activation blocks, and the head's convolution.
    """

    input_shape: Shape
    takes_one_size: bool
    """Whether inputs of another height or width do not fit."""
    first_convolution: str
    features: tuple[Feature, ...]
    taps: tuple[int, ...]
    """The number of calls after which each feature map is computed."""
    overwritten: tuple[bool, ...]
    """Whether a later layer overwrites that feature map."""
    stem: tuple[str, ...]
    """Names of the root's modules."""
    stem_end: int
    """The number of calls before the first stage."""
    norm_end: int
    """The number of calls up to the norm, and the activation after it, that follow pre-activation blocks."""
    neck: tuple[str, ...]
    """Names of the root's modules."""
    neck_end: int
    """The number of calls before the global pooling."""
    map_shape: Shape
    """What is pooled."""
    pool: str
    """The name of the pooling's module."""
    pooling: str
    """Its kind, as a spec names it."""
    dropout: str | None
    """The name of the dropout's module."""
    classifier: str
    """The name of the classifier's module, which a network without classes lacks."""
    classes: int
    """0 if there is no classifier."""
    pooled_features: int
    """Features for each image after the pooling."""


def anatomy(graph: Graph) -> Anatomy | None:
    """The anatomy of a network; None if it has no blocks, or nothing that pools what they output."""
    pool = next((node for node in graph.head if isinstance(node.op, GlobalPool2d | AttentionPool2d)), None)
    if not graph.blocks or pool is None:
        return None
    calls = chain(graph)
    index = {call.output.name: number for number, call in enumerate(calls)}
    taps = tuple(index[feature.node] + 1 for feature in graph.features)
    changed = overwritten(graph)
    neck_end = index[pool.name]
    neck = calls[taps[-1] : neck_end]
    first_block = graph.blocks[0].name.partition(".")[0]
    stem_end = next(number for number, call in enumerate(calls) if call.called[:1] == (first_block,))
    after = [call.output.op for call in neck[:2]]
    normed = 1 + isinstance(after[-1], Activation) if after and isinstance(after[0], NormOp) else 0
    dropout = next((node.name for node in graph.head if isinstance(node.op, Dropout)), None)
    return Anatomy(
        input_shape=graph.input_shape,
        takes_one_size=graph.takes_one_size,
        first_convolution=graph.nodes[1].name,
        features=graph.features,
        taps=taps,
        overwritten=tuple(feature.node in changed for feature in graph.features),
        stem=_names(calls[:stem_end]),
        stem_end=stem_end,
        norm_end=taps[-1] + normed,
        neck=_names(neck),
        neck_end=neck_end,
        map_shape=graph[pool.inputs[0]].shape,
        pool=pool.name,
        pooling=pool.op.pooling if isinstance(pool.op, GlobalPool2d) else ATTENTION,
        dropout=dropout,
        classifier=CLASSIFIER,
        classes=graph.output_shape[0] if graph.classifier else 0,
        pooled_features=pool.shape[0],
    )


def chain(graph: Graph) -> tuple[Call, ...]:
    """The calls of the root, each of which takes the output of the one before; each feature map is one's output."""
    tapped = (*(feature.node for feature in graph.features), *graph.outputs)
    return module_tree(replace(graph, outputs=tapped)).calls


def chosen_features(indices: int | Sequence[int] | None, count: int) -> tuple[int, ...]:
    """The numbers of the chosen ones of so many feature maps, in their order.

    Args:
        indices: their numbers, negative ones counted from the end; an integer n for the last n; None for all.
        count: how many there are.

    Raises:
        ValueError: there is no such feature map, or none is chosen.
    """
    numbers = range(count) if indices is None else range(-indices, 0) if isinstance(indices, int) else indices
    found = {number + count if number < 0 else number for number in numbers}
    if not found or not found <= set(range(count)):
        raise ValueError(f"feature maps are numbered 0 to {count - 1}, found {indices}")
    return tuple(sorted(found))


def overwritten(graph: Graph) -> set[str]:
    """The nodes whose values a later node overwrites."""
    return set(_overwritten(graph, graph.nodes[1:]))


def _overwritten(graph: Graph, nodes: tuple[Node, ...]) -> Iterator[str]:
    counts = uses(graph)
    for node in nodes:
        if node.op.works_in_place and may_overwrite(graph, counts, node):
            yield node.inputs[0]


def _names(calls: tuple[Call, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call.called[0] for call in calls))
