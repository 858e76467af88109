"""The layers after the last stage."""

from ..graph.graph import Node
from ..graph.ops import AttentionPool2d, Conv2d, Flatten, GlobalPool2d, Linear
from ..language.spec import HeadPool, Spec
from .layers import Layers
from .names import (
    CLASSIFIER,
    DROPOUT,
    FINAL_ACTIVATION,
    FINAL_NORM,
    FLATTEN,
    HEAD_ACTIVATION,
    HEAD_CONVOLUTION,
    HEAD_NORM,
    global_pool,
)

_HEAD_WIDTH = 64
"""Channels for each head of attention pooling, as in CLIP."""


def add_head(layers: Layers, x: Node, spec: Spec) -> None:
    """Add what follows pre-activation blocks, a convolution, the global pooling, dropout and the classifier."""
    head = spec.head
    if spec.stages[0].block.preactivation:
        x = layers.norm(FINAL_NORM, x) if head.norm else x
        x = layers.activation(FINAL_ACTIVATION, x) if head.activation else x
    if head.conv:
        x = layers.conv(HEAD_CONVOLUTION, Conv2d(x.shape[0], head.conv, 1), x)
        x = layers.activation(HEAD_ACTIVATION, layers.norm(HEAD_NORM, x))
    x = _pool(layers, x, head.pool)
    x = layers.dropout(DROPOUT, x, head.dropout)
    if head.classes:
        layers.add(CLASSIFIER, Linear(x.shape[0], head.classes), x)


def _pool(layers: Layers, x: Node, pool: HeadPool) -> Node:
    """One value per feature."""
    name = global_pool(pool.type)
    if pool.type == "attention":
        channels, height, width = x.shape
        heads = pool.heads or usual_heads(channels)
        return layers.add(name, AttentionPool2d(channels, height, width, heads), x)
    return layers.add(FLATTEN, Flatten(), layers.add(name, GlobalPool2d(pool.type), x))


def usual_heads(channels: int) -> int:
    """The heads of attention pooling, if the spec does not say."""
    return max(1, channels // _HEAD_WIDTH)
