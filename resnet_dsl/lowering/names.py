"""Module paths, and thus `state_dict` keys, as in torchvision and timm."""

import re

from ..graph.graph import CLASSIFIER as CLASSIFIER

CONVOLUTION, NORM, ACTIVATION = "conv", "bn", "act"
"""In the stem and in blocks; numbered from 1, as in `conv1`."""

STEM = "stem"
"""The name of the stem's feature map."""
STEM_POOL = "maxpool"
"""The name of the stem's pooling, of whatever kind."""

ADDITION = "add"
ATTENTION = "se"
"""The name of a block's attention, of whatever kind."""
ATTENTION_ACTIVATION = "se_act"
"""The activation in front of attention of `position: activated`."""
DROP_PATH = "drop_path"
FILTER = "aa"
POOL = "pool"
"""The pooling that takes a block's stride."""
PROJECTION = "downsample"

FINAL_NORM, FINAL_ACTIVATION = "norm", "act"
"""Norm and activation after pre-activation blocks."""
HEAD_CONVOLUTION, HEAD_NORM, HEAD_ACTIVATION = "conv_head", "bn_head", "act_head"
FLATTEN, DROPOUT = "flatten", "dropout"
"""The dropout in blocks has this name too."""

STEM_CONVOLUTION = re.compile(r"conv1(?:\.(\d{1,5}))?\.weight", re.ASCII)
"""The weight of a stem convolution, with its index if there are several."""
IN_BLOCK = re.compile(r"layer(\d{1,2})\.(\d{1,5})\.", re.ASCII)
"""The prefix of a name inside a block: the stage, from 1, and the block, from 0."""


def stage(number: int) -> str:
    """The path of a stage, numbered from 1."""
    return f"layer{number}"


def block(stage_number: int, position: int) -> str:
    """The path of a block, numbered from 0 within its stage."""
    return f"{stage(stage_number)}.{position}"


def every_block(stage_number: int) -> str:
    """The name of all blocks of a stage, in a spec's `blocks`."""
    return f"{stage(stage_number)}.*"


def stem_layer(index: int, count: int) -> tuple[str, str, str]:
    """The paths of a stem convolution, numbered from 0, its norm and activation; the last norm is always `bn1`."""
    is_last = index == count - 1
    conv = "conv1" if count == 1 else f"conv1.{3 * index}"
    return (conv, "bn1", "act1") if is_last else (conv, f"conv1.{3 * index + 1}", f"conv1.{3 * index + 2}")


def global_pool(pooling: str) -> str:
    """The path of the head's pooling."""
    return {"avg": "avgpool", "attention": "attnpool"}.get(pooling, "global_pool")
