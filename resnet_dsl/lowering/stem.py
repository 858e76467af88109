"""The layers before the first stage."""

from ..graph.graph import Node
from ..graph.ops import AvgPool2d, Conv2d, MaxPool2d
from ..language.spec import Spec
from .layers import Layers
from .names import STEM_POOL, stem_layer


def add_stem(layers: Layers, x: Node, spec: Spec) -> Node:
    """Add convolutions with norm and activation, then the pooling; returns the node before the pooling.

    Before pre-activation blocks, the stem ends with a convolution, because the first block starts with its norm.
    """
    stem = spec.stem
    preactivation = spec.stages[0].block.preactivation
    count = len(stem.channels)
    for index, channels in enumerate(stem.channels):
        conv, norm, activation = stem_layer(index, count)
        stride = stem.stride if index == 0 else 1
        x = layers.conv(conv, Conv2d(x.shape[0], channels, stem.kernel, stride, padding=stem.kernel // 2), x)
        if index < count - 1 or stem.pool == "conv" or not preactivation:
            x = layers.activation(activation, layers.norm(norm, x))
    match stem.pool:
        case "max":
            _max_pool(layers, x)
        case "conv":
            _conv_pool(layers, x, preactivation)
        case "none":
            pass
    return x


def _max_pool(layers: Layers, x: Node) -> None:
    """3x3 max pooling with stride 2; blur pooling takes over the stride, average pooling replaces it entirely."""
    match layers.antialias:
        case "none":
            layers.add(STEM_POOL, MaxPool2d(3, 2, padding=1), x)
        case "avg":
            layers.add(STEM_POOL, AvgPool2d(2, 2), x)
        case "blur":
            x = layers.add(f"{STEM_POOL}.0", MaxPool2d(3, 1, padding=1), x)
            layers.low_pass(f"{STEM_POOL}.1", x, 2)


def _conv_pool(layers: Layers, x: Node, preactivation: bool) -> None:
    """A 3x3 convolution with stride 2, then the filter that may take over its stride, norm and activation."""
    channels = x.shape[0]
    is_filtered = layers.antialias != "none"
    x = layers.conv(f"{STEM_POOL}.0", Conv2d(channels, channels, 3, 1 if is_filtered else 2, padding=1), x)
    x = layers.low_pass(f"{STEM_POOL}.1", x, 2)
    if preactivation:
        return
    number = 2 if is_filtered else 1
    y = layers.norm(f"{STEM_POOL}.{number}", x)
    layers.activation(f"{STEM_POOL}.{number if y is x else number + 1}", y)
