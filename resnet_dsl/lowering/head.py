"""The layers after the last stage."""

from ..graph.graph import Node
from ..graph.ops import Dropout, Flatten, GlobalPool2d, Linear
from ..language.spec import Spec
from .layers import Layers
from .names import CLASSIFIER, DROPOUT, FINAL_ACTIVATION, FINAL_NORM, FLATTEN, global_pool


def add_head(layers: Layers, x: Node, spec: Spec) -> None:
    """Add norm and activation after pre-activation blocks; then global pooling, flatten, dropout, classifier."""
    head = spec.head
    if spec.stages[0].block.preactivation:
        x = layers.activation(FINAL_ACTIVATION, layers.norm(FINAL_NORM, x))
    x = layers.add(global_pool(head.pool), GlobalPool2d(head.pool), x)
    x = layers.add(FLATTEN, Flatten(), x)
    if head.dropout:
        x = layers.add(DROPOUT, Dropout(head.dropout), x)
    if head.classes:
        layers.add(CLASSIFIER, Linear(x.shape[0], head.classes), x)
