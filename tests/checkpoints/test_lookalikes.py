"""What entries of other families of networks, and of files that are none, are said to look like."""

import re
from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import compare
from resnet_dsl.checkpoints.recognition.lookalikes import concealed, first_difference, likeness
from resnet_dsl.language.document.bundled import bundled_specs

from ..helpers import load, lower

LIKE = {
    "state.0.exp_avg": "the state of an optimizer",
    "layer1.0.conv1._packed_params._packed_params": "a quantised network",
    "base_model.layer1.0.conv1.lora_A.weight": "a LoRA adapter",
    "conv1.parametrizations.weight.original0": "a network with parametrised weights (weight or spectral norm)",
    "layer1.0.conv1.weight_g": "a network with parametrised weights (weight or spectral norm)",
    "fc.weight_u": "a network with parametrised weights (weight or spectral norm)",
    "stages.2.1.self_attn.qkv.weight": "a ResNet with self-attention (BoTNet, HaloNet, LambdaNet)",
    "stages.0.0.attn.ba.conv_p.weight": "a ResNet with bilinear attention (BAT)",
    "stem.norm1.v": "a network with EvoNorm",
    "stages.0.blocks.0.norm1.tau": "a network with filter response norm",
    "stages.1.0.conv2b_kxk.conv.weight": "timm's resnet61q",
    "body.layer1.0.conv1.conv.weight": "TResNet",
    "stages.0.conv_exp.conv.weight": "CSPNet",
    "level2.tree1.conv1.weight": "DLA",
    "features.0.conv6.0.weight": "SelecSLS",
    "stem.conv1.gain": "NFNet",
    "stage2.0.branches.0.0.conv1.weight": "HRNet",
    "stem.conv_kxk.0.conv.weight": "RepVGG or MobileOne",
    "stages.0.blocks.0.conv_mid.0.conv.weight": "VoVNet",
    "layers.0.blocks.0.attn.relative_position_bias_table": "a Swin Transformer",
    "features.1.0.attn.relative_position_index": "a Swin Transformer",
    "stem_dct.conv_y.weight": "CSATv2",
    "stages.0.blocks.2.attn.w_g": "SwiftFormer",
    "stages.1.blocks.2.convs.0.weight": "EdgeNeXt",
    "model.blocks.0.attn.qkv.weight": "a vision transformer",
    "encoder.layers.encoder_layer_0.ln_1.weight": "a vision transformer",
    "vit.encoder.layer.0.attention.attention.query.weight": "a vision transformer",
    "visual.transformer.resblocks.0.ln_1.weight": "a vision transformer",
    "stages.0.blocks.0.conv_dw.weight": "ConvNeXt",
    "features.1.0.layer_scale": "ConvNeXt",
    "features.denseblock1.denselayer1.norm1.weight": "DenseNet",
    "blocks.0.0.ghost1.primary_conv.0.weight": "GhostNet",
    "conv_stem.weight": "MobileNet or EfficientNet",
    "features.1.conv.0.0.weight": "MobileNet or EfficientNet",
    "features.1.0.block.0.0.weight": "MobileNet or EfficientNet",
    "Mixed_5b.branch1x1.conv.weight": "Inception",
    "inception3a.branch1.conv.weight": "Inception",
    "features.3.squeeze.weight": "SqueezeNet",
    "stage2.0.branch2.0.weight": "ShuffleNet",
    "transformer.h.0.attn.c_attn.weight": "a language model",
    "model.layers.0.self_attn.q_proj.weight": "a language model",
    "bert.encoder.layer.0.attention.self.query.weight": "a language model",
    "unet.down_blocks.0.resnets.0.conv1.weight": "the U-Net of a diffusion model",
    "model.2.cv1.conv.weight": "YOLO",
    "features.0.weight": "VGG or AlexNet",
}


@pytest.mark.parametrize("name", LIKE)
def test_a_telling_entry_is_named(name: str) -> None:
    """With what has such entries, whatever stands in front of its path, and whatever other entries there are."""
    said = f"it looks like {LIKE[name]}, with its entry `{name}`"
    assert likeness({"a.weight": (1,), name: (64, 3, 3, 3)}) == said
    assert likeness({f"module.{name}": (1,)}) == said.replace(f"`{name}`", f"`module.{name}`")


@pytest.mark.parametrize("name", bundled_specs())
def test_no_network_of_this_language_looks_like_another(name: str) -> None:
    """None of its entries tells anything else."""
    assert likeness(lower(load(name)).state) == ""


def test_what_has_no_name_may_have_telling_shapes() -> None:
    """Three-dimensional convolutions; or there may be nothing at all."""
    assert likeness({"conv1.weight": (64, 3, 3, 7, 7)}) == "`conv1.weight` is a convolution in three dimensions"
    assert likeness({}) == "it has no entries"
    assert likeness({"a": (1,)}) == ""


def test_standard_names_tell_first_and_the_files_are_printed() -> None:
    """So that the name of the prefix tells nothing; where they tell nothing, those of the file may."""
    shown = {"conv1.weight": "stem_dct.conv_y.weight", "layer1.0.conv1.parametrizations.weight.original0": "net.a.b"}
    state = dict.fromkeys(shown, (1,))
    what = "a network with parametrised weights (weight or spectral norm)"
    assert likeness(state, shown.__getitem__) == f"it looks like {what}, with its entry `net.a.b`"
    entry = "body.layer1.0.conv1.conv.weight"
    assert (
        likeness({"layer1.0.conv1.weight": (64, 64, 3, 3)}, lambda _: entry)
        == f"it looks like TResNet, with its entry `{entry}`"
    )


def test_regnet_z_is_known_by_names_and_missing_projections() -> None:
    """Its blocks end without an activation, which weights do not show; in other names, it is any network."""
    whole = lower("regnety_002").state
    names = {name: re.sub(r"layer(\d)\.0\.(conv\d)", r"s\1.b1.\2.conv", name) for name in whole}
    bare = {name: shape for name, shape in whole.items() if ".downsample." not in name}
    said = "it looks like RegNetZ, which has no projections, with its entry `s1.b1.conv3.conv.weight`"
    assert concealed(bare, names.__getitem__) == said
    assert concealed(bare) == concealed(whole, names.__getitem__) == ""


def test_what_no_network_has_comes_before_what_this_one_lacks() -> None:
    """ResNet-IBN's norms in two halves are odd, the scale of another norm is not."""
    state = lower("resnet50").state
    names = [name for name in state if name.startswith("layer1.0.bn1.")]
    theirs = {name: shape for name, shape in state.items() if name not in names}
    theirs |= {"layer1.0.bn1.IN.weight": (32,), "layer1.0.bn1.BN.weight": (32,)}
    unlike = {name: shape for name, shape in state.items() if not name.startswith("bn1.")}
    assert first_difference(compare(unlike, theirs)) == "none has an entry `layer1.0.bn1.IN.weight`"
    assert first_difference(compare(unlike, state)) == "none has an entry `bn1.weight`"


def test_the_first_difference_is_the_most_telling_one() -> None:
    """An unknown name, else one that is known but not there, then what is missing, then shapes; in the file's names."""
    state = dict.fromkeys(("conv1.weight", "bn1.weight", "bn1.bias", "fc.weight"), (1,))

    def difference(changes: dict[str, Any]) -> str:
        theirs = {name: shape for name, shape in {**state, **changes}.items() if shape is not None}
        return first_difference(compare(state, theirs), lambda name: f"net.{name}")

    assert difference({"layer1.0.conv1.weight": (1,)}) == "none has an entry `net.layer1.0.conv1.weight`"
    assert difference({"layer1.0.conv1.weight": (1,), "odd": (1,)}) == "none has an entry `net.odd`"
    assert difference({"odd": (1,), "fc.weight": None}) == "none has an entry `net.odd`"
    assert difference({"fc.weight": None, "conv1.weight": (2,)}) == "it has no `net.fc.weight`"
    lacks = "it lacks 2 entries, all in `net.bn1`, of which the first is `net.bn1.weight`"
    assert difference({"bn1.weight": None, "bn1.bias": None, "conv1.weight": (2,)}) == lacks
    assert difference({"conv1.weight": (2,), "fc.weight": (2,)}) == "none has `net.conv1.weight` in this shape"


def test_reg_net_z_has_no_projection_where_channels_change() -> None:
    """In each stage, in either form of timm's names, and only there."""

    def said(changes: dict[str, Any], name: str = "s{}.b1.{}.conv.weight") -> str:
        shapes: dict[str, Any] = {
            f"layer{stage}.0.conv{place}.weight": shape
            for stage in (1, 2)
            for place, shape in ((1, (8, 16, 1, 1)), (2, (8, 8, 3, 3)), (3, (16, 8, 1, 1)))
        }
        shapes |= changes
        names = {each: name.format(each[5], each[9:14]) for each in shapes}
        return concealed({each: shape for each, shape in shapes.items() if shape is not None}, names.__getitem__)

    text = "it looks like RegNetZ, which has no projections, with its entry `{}`"
    wide = (24, 8, 1, 1)
    assert said({}) == ""
    assert said({"layer1.0.conv3.weight": wide}) == text.format("s1.b1.conv3.conv.weight")
    assert said({"layer2.0.conv3.weight": wide}) == text.format("s2.b1.conv3.conv.weight")
    assert said({"layer2.0.conv3.weight": wide, "layer2.0.downsample.0.weight": (1,)}) == ""
    assert said({"layer2.0.conv3.weight": wide, "layer1.0.downsample.0.weight": (1,)}) != ""
    assert said({"layer1.0.conv3.weight": None}) == ""
    assert said({"layer1.0.conv3.weight": wide}, "layer{}.0.{}.weight") == ""
    assert said({"layer1.0.conv3.weight": wide}, "net.s{}.b1.{}.conv.weight") != ""


def test_entries_in_three_dimensions_have_the_names_of_the_file() -> None:
    """The first that has five dimensions."""
    state = {"a": (1, 2, 3, 4), "b": (1, 2, 3, 4, 5), "c": (1, 2, 3, 4, 5), "d": (1, 2, 3, 4, 5, 6)}
    assert likeness(state, lambda name: f"net.{name}") == "`net.b` is a convolution in three dimensions"
    assert likeness({"d": (1, 2, 3, 4, 5, 6)}) == ""
