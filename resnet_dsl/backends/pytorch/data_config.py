"""What timm's data pipeline and its loaders of weights want to know of a network, by the names that timm has for it."""

from typing import Any

from ...analysis.anatomy import Anatomy

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pixels, channel by channel, as torchvision and timm have them."""
_SMALL = 64
"""Images up to this height and width, such as CIFAR's, are not cropped from larger ones."""


def data_config(anatomy: Anatomy) -> dict[str, Any]:
    """The entries of timm's `pretrained_cfg` that follow from a network alone.

    Pixels are normalised as ImageNet's are, or to -1 … 1 where there are not three channels.
    """
    channels, *size = anatomy.input_shape
    is_small = max(size) <= _SMALL
    return {
        "input_size": anatomy.input_shape,
        "fixed_input_size": anatomy.takes_one_size,
        "pool_size": anatomy.map_shape[1:],
        "num_classes": anatomy.classes,
        "first_conv": anatomy.first_convolution,
        "classifier": anatomy.classifier if anatomy.classes else None,
        "mean": _MEAN if channels == len(_MEAN) else (0.5,) * channels,
        "std": _DEVIATION if channels == len(_MEAN) else (0.5,) * channels,
        "crop_pct": 1.0 if is_small else 0.875,
        "interpolation": "bicubic",
    }


def feature_info(anatomy: Anatomy) -> list[dict[str, Any]]:
    """What timm says of each feature map: its channels, input pixels for each of its pixels, and its last module."""
    modules = (anatomy.features[0].node, *(feature.name for feature in anatomy.features[1:]))
    return [
        {"num_chs": feature.channels, "reduction": feature.reduction, "module": module}
        for feature, module in zip(anatomy.features, modules, strict=True)
    ]
