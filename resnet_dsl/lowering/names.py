"""Module paths, and so the keys of a `state_dict`: those of torchvision and timm."""

import re

CONVOLUTION, NORM, ACTIVATION = "conv", "bn", "act"
"""In the stem and in blocks; counted from 1, as in `conv1`."""

STEM_POOL = "maxpool"
"""The name of the stem's pooling, whatever it is."""

ADDITION = "add"
ATTENTION = "se"
"""The name of a block's attention, whatever it is."""
DROP_PATH = "drop_path"
FILTER = "aa"
PROJECTION = "downsample"

FINAL_NORM, FINAL_ACTIVATION = "norm", "act"
"""Those after pre-activation blocks."""
FLATTEN, DROPOUT, CLASSIFIER = "flatten", "dropout", "fc"

STEM_CONVOLUTION = re.compile(r"conv1(?:\.(\d{1,5}))?\.weight", re.ASCII)
"""The weight of a convolution of the stem, with its number where there are several."""
IN_BLOCK = re.compile(r"layer(\d{1,2})\.(\d{1,5})\.", re.ASCII)
"""The beginning of a name inside a block: the stage, from 1, and the block, from 0."""


def stage(number: int) -> str:
    """The path of a stage, counted from 1."""
    return f"layer{number}"


def block(stage_number: int, position: int) -> str:
    """The path of a block, counted from 0 in its stage."""
    return f"{stage(stage_number)}.{position}"


def stem_layer(index: int, count: int) -> tuple[str, str, str]:
    """The paths of a stem convolution, counted from 0, its norm and its activation; the last norm is always `bn1`."""
    is_last = index == count - 1
    conv = "conv1" if count == 1 else f"conv1.{3 * index}"
    return (conv, "bn1", "act1") if is_last else (conv, f"conv1.{3 * index + 1}", f"conv1.{3 * index + 2}")


def global_pool(pooling: str) -> str:
    """The path of the head's pooling."""
    return "avgpool" if pooling == "avg" else "global_pool"
