"""The layers before the first stage."""

from math import prod

from ..graph.graph import Feature, Node
from ..graph.ops import AvgPool2d, Conv2d, MaxPool2d
from ..language.spec import Spec, StemPool
from .layers import Layers
from .names import STEM, STEM_POOL, stem_layer


def add_stem(layers: Layers, x: Node, spec: Spec) -> Feature:
    """Add convolutions with norm and activation, then the pooling; returns what the stem's last stride reads.

    Before pre-activation blocks, the stem ends with a convolution, because the first block starts with its norm.
    """
    stem = spec.stem
    preactivation = spec.stages[0].block.preactivation
    count = len(stem.channels)
    outputs: list[Node] = []
    for index, (channels, stride) in enumerate(zip(stem.channels, stem.all_strides, strict=True)):
        conv, norm, activation = stem_layer(index, count)
        x = layers.conv(conv, Conv2d(x.shape[0], channels, stem.kernel, stride, padding=stem.kernel // 2), x)
        if index < count - 1 or stem.pool.type == "conv" or not preactivation:
            x = layers.activation(activation, layers.norm(norm, x))
        outputs.append(x)
    match stem.pool.type:
        case "max":
            _max_pool(layers, x, stem.pool)
        case "avg":
            kernel = stem.pool.kernel
            layers.add(STEM_POOL, AvgPool2d(kernel, 2, padding=(kernel - 1) // 2), x)
        case "conv":
            _conv_pool(layers, x, preactivation)
        case "none":
            return _before_last_stride(outputs, stem.all_strides)
    return Feature(STEM, x.name, x.shape[0], prod(stem.all_strides))


def _before_last_stride(outputs: list[Node], strides: tuple[int, ...]) -> Feature:
    """What the last convolution that strides reads; the stem's output if that is the first one."""
    last = next((index for index in range(len(strides) - 1, 0, -1) if strides[index] > 1), len(strides))
    node = outputs[last - 1]
    return Feature(STEM, node.name, node.shape[0], prod(strides[:last]))


def _max_pool(layers: Layers, x: Node, pool: StemPool) -> None:
    """Max pooling with stride 2; blur pooling takes over the stride, average pooling replaces it entirely."""
    match layers.antialias:
        case "none":
            layers.add(STEM_POOL, _max_pool_op(pool), x)
        case "avg":
            layers.add(STEM_POOL, AvgPool2d(2, 2), x)
        case "blur":
            x = layers.add(f"{STEM_POOL}.0", MaxPool2d(3, 1, padding=1), x)
            layers.low_pass(f"{STEM_POOL}.1", x, 2)


def _max_pool_op(pool: StemPool) -> MaxPool2d:
    match pool.padding:
        case "ignore":
            return MaxPool2d(pool.kernel, 2, padding=(pool.kernel - 1) // 2)
        case "zero":
            return MaxPool2d(pool.kernel, 2, padding=1, zeros=True)
        case "ceil":
            return MaxPool2d(pool.kernel, 2, padding=0, ceil=True)
        case "same":
            return MaxPool2d(pool.kernel, 2, padding="same")


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
