"""What entries that no spec describes look like: other families of networks, and what is no network at all."""

import re
from collections.abc import Callable

from ...limits import MAX_STAGES
from ...lowering.names import CONVOLUTION, PROJECTION, block
from ..comparison import Comparison, State
from ..counting import counted
from ..dialects import DIALECTS

_ANCHORS = (
    ("the state of an optimizer", r"(?:exp_avg(?:_sq)?|momentum_buffer|square_avg)$"),
    ("a quantised network", r"(?:_packed_params|zero_point)$"),
    ("a LoRA adapter", r"lora_[AB]\b"),
    ("a network with parametrised weights (weight or spectral norm)", r"parametrizations\.weight\.original\d?$"),
    ("a network with parametrised weights (weight or spectral norm)", r"weight_[gu]$"),
    ("a ResNet with self-attention (BoTNet, HaloNet, LambdaNet)", r"stages\.\d+\.\d+\.self_attn\.(?:q|qkv)\.weight$"),
    ("a ResNet with bilinear attention (BAT)", r"stages\.\d+\.\d+\.attn\.ba\.conv_p\.weight$"),
    ("a network with EvoNorm", r"(?:norm|bn)\d*\.v$"),
    ("a network with filter response norm", r"norm\d*\.tau$"),
    ("timm's resnet61q", r"stages\.\d+\.\d+\.conv2b_kxk\.conv\.weight$"),
    ("TResNet", r"body\.layer1\.0\.conv1\.(?:conv|0)\.weight$"),
    ("CSPNet", r"stages\.\d+\.conv_exp\.conv\.weight$"),
    ("DLA", r"level2\.tree1\.conv1\.weight$"),
    ("SelecSLS", r"features\.0\.conv6\.0\.weight$"),
    ("NFNet", r"stem\.conv1?\.gain$"),
    ("HRNet", r"stage2\.0\.branches\.\d"),
    ("RepVGG or MobileOne", r"stem\.conv_kxk\.(?:\d+\.)?conv\.weight$"),
    ("VoVNet", r"stages\.0\.blocks\.0\.conv_mid\.0\.conv\.weight$"),
    ("a Swin Transformer", r"layers\.\d+\.blocks\.\d+\.(?:attn|attention\.self)\.relative_position_bias_table$"),
    ("a Swin Transformer", r"features\.\d+\.\d+\.attn\.relative_position_index$"),
    ("CSATv2", r"stem_dct\.conv_y\.weight$"),
    ("SwiftFormer", r"stages\.\d+\.blocks\.\d+\.attn\.w_g$"),
    ("EdgeNeXt", r"stages\.\d+\.blocks\.\d+\.convs\.\d+\.weight$"),
    ("a vision transformer", r"blocks\.\d+\.attn\.qkv\.weight$"),
    ("a vision transformer", r"encoder\.layers\.encoder_layer_\d+\."),
    ("a vision transformer", r"encoder\.layer\.\d+\.attention\.attention\.query\.weight$"),
    ("a vision transformer", r"visual\.transformer\.resblocks\.\d+\."),
    ("ConvNeXt", r"stages\.\d+\.(?:blocks\.|layers\.)?\d+\.(?:conv_dw|dwconv)\.weight$"),
    ("ConvNeXt", r"features\.1\.0\.layer_scale$"),
    ("DenseNet", r"denseblock1\.denselayer1\."),
    ("GhostNet", r"blocks\.\d+\.\d+\.ghost1\."),
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

_TIMM = re.compile(r"(?:.*\.)?(?:s\d+\.b1\.conv1\.conv|stages\.\d+\.0\.conv1_1x1\.conv)\.weight$", re.ASCII)
"""The first convolution of a stage in timm's RegNets."""


def likeness(state: State, shown: Callable[[str], str] = str) -> str:
    """What the entries look like, in words; empty if they tell nothing."""
    if not state:
        return "it has no entries"
    shown_names = [*map(shown, state)]
    for names in ([*state], shown_names):  # standard names first, so that a prefix tells nothing
        for what, pattern in _ANCHORS:
            anchor = re.compile(rf"(?:^|.*\.){pattern}", re.ASCII)
            if found := next((each for name, each in zip(names, shown_names, strict=True) if anchor.match(name)), ""):
                return f"it looks like {what}, with its entry `{found}`"
    volume = next((name for name, shape in state.items() if len(shape) == 5), "")
    return f"`{shown(volume)}` is a convolution in three dimensions" if volume else ""


def first_difference(comparison: Comparison, shown: Callable[[str], str] = str) -> str:
    """What no network has so: an entry, best one whose name no network has, or that others are missing."""
    if comparison.unexpected:
        theirs = (*comparison.agreeing, *comparison.reshaped, *comparison.unexpected)
        known = DIALECTS[0].read(theirs)
        unknown = (name for name in comparison.unexpected if name not in known)
        return f"none has an entry `{shown(next(unknown, comparison.unexpected[0]))}`"
    if len(comparison.missing) > 1:
        return f"it lacks {counted(comparison.missing, shown)} of which the first is `{shown(comparison.missing[0])}`"
    if comparison.missing:
        return f"it has no `{shown(comparison.missing[0])}`"
    return f"none has `{shown(comparison.reshaped[0])}` in this shape"


def concealed(state: State, shown: Callable[[str], str] = str) -> str:
    """What a network is, in words, whose names say that it is another than shapes suggest; empty if they do not.

    In the names of timm, a block without a projection that changes the number of channels is one of RegNetZ.
    """
    for number in range(1, MAX_STAGES + 1):
        path = block(number, 0)
        convolutions = [f"{path}.{CONVOLUTION}{place}.weight" for place in (1, 2, 3)]
        first, _, last = (state.get(name, ()) for name in convolutions)
        is_projected = any(name.startswith(f"{path}.{PROJECTION}.") for name in state)
        if first[1:2] != last[:1] and last and not is_projected and _TIMM.match(shown(convolutions[0])):
            return f"it looks like RegNetZ, which has no projections, with its entry `{shown(convolutions[2])}`"
    return ""
