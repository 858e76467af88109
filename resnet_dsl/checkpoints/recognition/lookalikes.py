"""What entries that no spec describes look like: other families of networks, and what is no network at all."""

import re
from collections.abc import Callable

from ..comparison import Comparison, State
from ..counting import counted

_ANCHORS = (
    ("the state of an optimizer", r"(?:exp_avg(?:_sq)?|momentum_buffer|square_avg)$"),
    ("a quantised network", r"(?:_packed_params|zero_point)$"),
    ("a LoRA adapter", r"lora_[AB]\b"),
    ("Res2Net", r"layer1\.0\.convs\.0\.weight$"),
    ("SKNet", r"layer1\.0\.conv[12]\.(?:paths|attn)\."),
    ("ResNeSt", r"layer1\.0\.conv2\.fc1\.weight$"),
    ("RegNet", r"(?:trunk_output\.block\d|s1\.b1\.conv1\.conv\.weight$)"),
    ("NFNet", r"stem\.conv1?\.gain$"),
    ("HRNet", r"stage2\.0\.branches\.\d"),
    ("one of timm's networks of mixed blocks", r"stages\.0\.0\.conv1_1x1\.conv\.weight$"),
    ("a Swin Transformer", r"layers\.\d+\.blocks\.\d+\.(?:attn|attention\.self)\.relative_position_bias_table$"),
    ("a vision transformer", r"blocks\.\d+\.attn\.qkv\.weight$"),
    ("a vision transformer", r"encoder\.layers\.encoder_layer_\d+\."),
    ("a vision transformer", r"encoder\.layer\.\d+\.attention\.attention\.query\.weight$"),
    ("a vision transformer", r"visual\.transformer\.resblocks\.\d+\."),
    ("ConvNeXt", r"stages\.\d+\.(?:blocks\.|layers\.)?\d+\.(?:conv_dw|dwconv)\.weight$"),
    ("ConvNeXt", r"features\.1\.0\.layer_scale$"),
    ("DenseNet", r"denseblock1\.denselayer1\."),
    ("MobileNet or EfficientNet", r"conv_stem\.weight$"),
    ("MobileNet or EfficientNet", r"features\.1\.(?:0\.)?(?:conv|block)\.0\.0\.weight$"),
    ("Inception", r"(?:Mixed_\d\w\.|inception\d\w\.)"),
    ("SqueezeNet", r"features\.\d+\.squeeze\.weight$"),
    ("ShuffleNet", r"stage2\.0\.branch2\."),
    ("a language model", r"h\.\d+\.attn\.c_attn\.weight$"),
    ("a language model", r"layers\.\d+\.self_attn\.q_proj\.weight$"),
    ("a language model", r"encoder\.layer\.\d+\.attention\.self\.query\.weight$"),
    ("the U-Net of a diffusion model", r"down_blocks\.\d+\.resnets\.\d+\."),
    ("YOLO", r"model\.\d+\.cv1\.conv\.weight$"),
    ("VGG or AlexNet", r"features\.0\.weight$"),
)
"""What has an entry whose path goes on like this after any prefix."""


def likeness(state: State, shown: Callable[[str], str] = str) -> str:
    """What the entries look like, in words; empty if they tell nothing."""
    if not state:
        return "it has no entries"
    names = [shown(name) for name in state]
    for what, pattern in _ANCHORS:
        anchor = re.compile(rf"(?:^|.*\.){pattern}", re.ASCII)
        if name := next(filter(anchor.match, names), ""):
            return f"it looks like {what}, with its entry `{name}`"
    volume = next((name for name, shape in state.items() if len(shape) == 5), "")
    return f"`{shown(volume)}` is a convolution in three dimensions" if volume else ""


def first_difference(comparison: Comparison, shown: Callable[[str], str] = str) -> str:
    """What no network has so: an entry, or that others are missing."""
    if comparison.unexpected:
        return f"none has an entry `{shown(comparison.unexpected[0])}`"
    if len(comparison.missing) > 1:
        return f"it lacks {counted(comparison.missing, shown)} of which the first is `{shown(comparison.missing[0])}`"
    if comparison.missing:
        return f"it has no `{shown(comparison.missing[0])}`"
    return f"none has `{shown(comparison.reshaped[0])}` in this shape"
