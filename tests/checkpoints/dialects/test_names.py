"""Names as the libraries write them, and what they are called here; each from the source that its table states."""

from collections.abc import Mapping, Sequence

import pytest

from resnet_dsl.checkpoints.dialects import DIALECTS, ranked
from resnet_dsl.checkpoints.dialects.dialect import Unsayable
from resnet_dsl.checkpoints.dialects.fault import unsayable_fault
from tests.helpers import lower

STAGES = {"stages": {"depths": [1, 1]}}
CEIL = {"type": "max", "padding": "ceil"}
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}

EXACT: Mapping[str, Sequence[tuple[str, str]]] = {
    "huggingface": [
        ("embedder.embedder.convolution.weight", "conv1.weight"),
        ("embedder.embedder.normalization.num_batches_tracked", "bn1.num_batches_tracked"),
        ("encoder.stages.0.layers.0.shortcut.convolution.weight", "layer1.0.downsample.0.weight"),
        ("encoder.stages.0.layers.0.shortcut.normalization.running_var", "layer1.0.downsample.1.running_var"),
        ("encoder.stages.0.layers.0.layer.0.convolution.weight", "layer1.0.conv1.weight"),
        ("encoder.stages.3.layers.2.layer.2.convolution.weight", "layer4.2.conv3.weight"),
        ("encoder.stages.3.layers.2.layer.2.normalization.bias", "layer4.2.bn3.bias"),
    ],
    "detectron2": [
        ("stem.conv1.weight", "conv1.weight"),
        ("stem.conv1.norm.weight", "bn1.weight"),
        ("res2.0.conv1.weight", "layer1.0.conv1.weight"),
        ("res2.0.conv1.norm.running_mean", "layer1.0.bn1.running_mean"),
        ("res2.0.shortcut.weight", "layer1.0.downsample.0.weight"),
        ("res2.0.shortcut.norm.bias", "layer1.0.downsample.1.bias"),
        ("res5.2.conv3.norm.weight", "layer4.2.bn3.weight"),
        ("res5.2.conv3.weight", "layer4.2.conv3.weight"),
        ("linear.weight", "fc.weight"),
    ],
    "maskrcnn": [
        ("stem.conv1.weight", "conv1.weight"),
        ("stem.bn1.running_var", "bn1.running_var"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer4.2.conv3.weight", "layer4.2.conv3.weight"),
        ("layer4.2.bn3.bias", "layer4.2.bn3.bias"),
        ("layer1.0.downsample.0.weight", "layer1.0.downsample.0.weight"),
        ("layer1.0.downsample.1.weight", "layer1.0.downsample.1.weight"),
    ],
    "caffe2": [
        ("conv1_w", "conv1.weight"),
        ("res_conv1_bn_s", "bn1.weight"),
        ("res_conv1_bn_b", "bn1.bias"),
        ("res2_0_branch1_w", "layer1.0.downsample.0.weight"),
        ("res2_0_branch1_bn_s", "layer1.0.downsample.1.weight"),
        ("res2_0_branch2a_w", "layer1.0.conv1.weight"),
        ("res2_0_branch2a_bn_b", "layer1.0.bn1.bias"),
        ("res5_2_branch2c_w", "layer4.2.conv3.weight"),
        ("res5_2_branch2c_bn_s", "layer4.2.bn3.weight"),
        ("fc1000_w", "fc.weight"),
        ("fc1000_b", "fc.bias"),
    ],
    "mmpretrain": [
        ("conv1.weight", "conv1.weight"),
        ("gn1.weight", "bn1.weight"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.gn1.bias", "layer1.0.bn1.bias"),
        ("layer2.0.conv3.weight", "layer2.0.conv3.weight"),
        ("layer2.0.gn3.weight", "layer2.0.bn3.weight"),
        ("layer2.0.se_layer.conv1.conv.weight", "layer2.0.se.fc1.weight"),
        ("layer2.0.se_layer.conv2.conv.bias", "layer2.0.se.fc2.bias"),
    ],
    "mmdet": [
        ("stem.0.weight", "conv1.0.weight"),
        ("stem.1.weight", "conv1.1.weight"),
        ("stem.3.weight", "conv1.3.weight"),
        ("stem.4.num_batches_tracked", "conv1.4.num_batches_tracked"),
        ("stem.6.weight", "conv1.6.weight"),
        ("stem.7.running_mean", "bn1.running_mean"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.bn1.weight", "layer1.0.bn1.weight"),
        ("layer1.0.downsample.1.weight", "layer1.0.downsample.1.weight"),
        ("layer1.0.downsample.2.weight", "layer1.0.downsample.2.weight"),
    ],
    "resnetv2": [
        ("stem.conv1.weight", "conv1.0.weight"),
        ("stem.norm1.weight", "conv1.1.weight"),
        ("stem.conv2.weight", "conv1.3.weight"),
        ("stem.norm2.bias", "conv1.4.bias"),
        ("stem.conv3.weight", "conv1.6.weight"),
        ("stages.0.blocks.0.downsample.conv.weight", "layer1.0.downsample.1.weight"),
        ("stages.0.blocks.0.conv1.weight", "layer1.0.conv1.weight"),
        ("stages.0.blocks.0.norm1.weight", "layer1.0.bn1.weight"),
        ("stages.3.blocks.2.conv3.weight", "layer4.2.conv3.weight"),
        ("norm.weight", "norm.weight"),
        ("head.fc.weight", "fc.weight"),
    ],
    "kuangliu": [
        ("conv1.weight", "conv1.weight"),
        ("bn1.bias", "bn1.bias"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer2.0.shortcut.0.weight", "layer2.0.downsample.0.weight"),
        ("layer2.0.shortcut.1.running_mean", "layer2.0.downsample.1.running_mean"),
        ("linear.bias", "fc.bias"),
        ("linear.weight", "fc.weight"),
    ],
    "akamaster": [
        ("conv1.weight", "conv1.weight"),
        ("bn1.bias", "bn1.bias"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer3.2.conv2.weight", "layer3.2.conv2.weight"),
        ("layer3.2.bn2.running_var", "layer3.2.bn2.running_var"),
        ("linear.weight", "fc.weight"),
    ],
    "weiaicunzai": [
        ("conv1.0.weight", "conv1.weight"),
        ("conv1.1.weight", "bn1.weight"),
        ("conv2_x.0.residual_function.0.weight", "layer1.0.conv1.weight"),
        ("conv2_x.0.residual_function.1.bias", "layer1.0.bn1.bias"),
        ("conv2_x.0.residual_function.3.weight", "layer1.0.conv2.weight"),
        ("conv5_x.2.residual_function.6.weight", "layer4.2.conv3.weight"),
        ("conv5_x.2.residual_function.7.running_var", "layer4.2.bn3.running_var"),
        ("conv3_x.0.shortcut.0.weight", "layer2.0.downsample.0.weight"),
        ("conv3_x.0.shortcut.1.weight", "layer2.0.downsample.1.weight"),
        ("fc.weight", "fc.weight"),
    ],
    "clip": [
        ("conv1.weight", "conv1.0.weight"),
        ("bn1.weight", "conv1.1.weight"),
        ("conv2.weight", "conv1.3.weight"),
        ("bn2.weight", "conv1.4.weight"),
        ("conv3.weight", "conv1.6.weight"),
        ("bn3.weight", "bn1.weight"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.downsample.0.weight", "layer1.0.downsample.1.weight"),
        ("layer1.0.downsample.1.running_mean", "layer1.0.downsample.2.running_mean"),
        ("attnpool.positional_embedding", "attnpool.positional_embedding"),
        ("attnpool.q_proj.weight", "attnpool.q_proj.weight"),
        ("attnpool.v_proj.bias", "attnpool.v_proj.bias"),
        ("attnpool.c_proj.weight", "fc.weight"),
    ],
    "semseg": [
        ("conv1.weight", "conv1.0.weight"),
        ("bn1.weight", "conv1.1.weight"),
        ("conv2.weight", "conv1.3.weight"),
        ("conv3.weight", "conv1.6.weight"),
        ("bn3.running_mean", "bn1.running_mean"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.downsample.0.weight", "layer1.0.downsample.0.weight"),
        ("layer1.0.downsample.1.bias", "layer1.0.downsample.1.bias"),
        ("fc.weight", "fc.weight"),
    ],
    "senet": [
        ("layer0.conv1.weight", "conv1.0.weight"),
        ("layer0.bn1.weight", "conv1.1.weight"),
        ("layer0.conv2.weight", "conv1.3.weight"),
        ("layer0.conv3.weight", "conv1.6.weight"),
        ("layer0.bn3.weight", "bn1.weight"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.se_module.fc1.weight", "layer1.0.se.fc1.weight"),
        ("layer1.0.se_module.fc2.bias", "layer1.0.se.fc2.bias"),
        ("layer1.0.downsample.0.weight", "layer1.0.downsample.0.weight"),
        ("last_linear.weight", "fc.weight"),
    ],
    "sequential": [
        ("0.weight", "conv1.weight"),
        ("1.weight", "bn1.weight"),
        ("1.running_mean", "bn1.running_mean"),
        ("1.num_batches_tracked", "bn1.num_batches_tracked"),
        ("4.0.conv1.weight", "layer1.0.conv1.weight"),
        ("4.0.bn1.bias", "layer1.0.bn1.bias"),
        ("4.0.downsample.0.weight", "layer1.0.downsample.0.weight"),
        ("4.0.downsample.1.running_var", "layer1.0.downsample.1.running_var"),
        ("7.2.conv3.weight", "layer4.2.conv3.weight"),
        ("7.2.bn3.weight", "layer4.2.bn3.weight"),
        ("7.2.se.fc1.weight", "layer4.2.se.fc1.weight"),
    ],
    "pycls": [
        ("stem.conv.weight", "conv1.weight"),
        ("stem.bn.weight", "bn1.weight"),
        ("s1.b1.proj.weight", "layer1.0.downsample.0.weight"),
        ("s1.b1.bn.weight", "layer1.0.downsample.1.weight"),
        ("s1.b1.f.a.weight", "layer1.0.conv1.weight"),
        ("s1.b1.f.a_bn.weight", "layer1.0.bn1.weight"),
        ("s1.b1.f.se.f_ex.0.weight", "layer1.0.se.fc1.weight"),
        ("s1.b1.f.se.f_ex.2.bias", "layer1.0.se.fc2.bias"),
        ("s4.b3.f.c.weight", "layer4.2.conv3.weight"),
        ("s4.b3.f.c_bn.running_mean", "layer4.2.bn3.running_mean"),
        ("head.fc.weight", "fc.weight"),
    ],
    "byobnet": [
        ("stem.conv1.conv.weight", "conv1.0.weight"),
        ("stem.conv1.bn.weight", "conv1.1.weight"),
        ("stem.conv3.bn.running_mean", "bn1.running_mean"),
        ("stem.conv2.conv.weight", "conv1.3.weight"),
        ("stem.conv3.conv.weight", "conv1.6.weight"),
        ("stages.0.0.conv1_1x1.conv.weight", "layer1.0.conv1.weight"),
        ("stages.0.0.conv2_kxk.bn.bias", "layer1.0.bn2.bias"),
        ("stages.0.0.conv3_1x1.conv.weight", "layer1.0.conv3.weight"),
        ("stages.0.0.attn.conv_attn.bias", "layer1.0.se.conv_attn.bias"),
        ("stages.0.0.attn.mlp_add.norm.weight", "layer1.0.se.mlp_add.norm.weight"),
        ("stages.0.0.shortcut.conv.weight", "layer1.0.downsample.0.weight"),
        ("stages.0.0.shortcut.bn.bias", "layer1.0.downsample.1.bias"),
        ("stages.1.0.conv1_kxk.conv.weight", "layer2.0.conv1.weight"),
        ("stages.1.0.conv1_kxk.bn.weight", "layer2.0.bn1.weight"),
        ("stages.1.0.conv2_kxk.conv.weight", "layer2.0.conv2.weight"),
        ("final_conv.conv.weight", "conv_head.weight"),
        ("final_conv.bn.weight", "bn_head.weight"),
        ("head.fc.weight", "fc.weight"),
    ],
    "classyvision": [
        ("stem.stem.0.weight", "conv1.weight"),
        ("stem.stem.1.running_mean", "bn1.running_mean"),
        ("trunk_output.block1.block1-0.proj.weight", "layer1.0.downsample.0.weight"),
        ("trunk_output.block1.block1-0.bn.weight", "layer1.0.downsample.1.weight"),
        ("trunk_output.block1.block1-0.f.a.0.weight", "layer1.0.conv1.weight"),
        ("trunk_output.block1.block1-0.f.a.1.bias", "layer1.0.bn1.bias"),
        ("trunk_output.block1.block1-0.f.b.0.weight", "layer1.0.conv2.weight"),
        ("trunk_output.block1.block1-0.f.se.excitation.0.bias", "layer1.0.se.fc1.bias"),
        ("trunk_output.block1.block1-0.f.se.excitation.2.weight", "layer1.0.se.fc2.weight"),
        ("trunk_output.block1.block1-0.f.c.weight", "layer1.0.conv3.weight"),
        ("trunk_output.block1.block1-0.f.final_bn.weight", "layer1.0.bn3.weight"),
        ("trunk_output.block4.block4-11.f.a.0.weight", "layer4.11.conv1.weight"),
        ("trunk_output.block4.block4-11.f.a.3.weight", "layer4.11.conv2.weight"),
        ("trunk_output.block4.block4-11.f.final_bn.bias", "layer4.11.bn2.bias"),
    ],
    "vissl": [
        ("conv1.stem.0.weight", "conv1.weight"),
        ("conv1.stem.1.running_var", "bn1.running_var"),
        ("res2.block1-0.proj.weight", "layer1.0.downsample.0.weight"),
        ("res2.block1-0.bn.weight", "layer1.0.downsample.1.weight"),
        ("res2.block1-0.f.a.0.weight", "layer1.0.conv1.weight"),
        ("res2.block1-0.f.b.1.weight", "layer1.0.bn2.weight"),
        ("res2.block1-0.f.se.excitation.0.weight", "layer1.0.se.fc1.weight"),
        ("res2.block1-0.f.c.weight", "layer1.0.conv3.weight"),
        ("res5.block4-0.f.final_bn.running_mean", "layer4.0.bn3.running_mean"),
        ("res5.block4-0.f.c.weight", "layer4.0.conv3.weight"),
    ],
    "torchvision_regnet": [
        ("stem.0.weight", "conv1.weight"),
        ("stem.1.weight", "bn1.weight"),
        ("trunk_output.block1.block1-0.proj.0.weight", "layer1.0.downsample.0.weight"),
        ("trunk_output.block1.block1-0.proj.1.bias", "layer1.0.downsample.1.bias"),
        ("trunk_output.block1.block1-0.f.a.0.weight", "layer1.0.conv1.weight"),
        ("trunk_output.block1.block1-0.f.b.1.weight", "layer1.0.bn2.weight"),
        ("trunk_output.block1.block1-0.f.se.fc1.weight", "layer1.0.se.fc1.weight"),
        ("trunk_output.block4.block4-5.f.c.0.weight", "layer4.5.conv3.weight"),
        ("trunk_output.block4.block4-5.f.c.1.running_mean", "layer4.5.bn3.running_mean"),
        ("fc.weight", "fc.weight"),
    ],
    "regnet": [
        ("stem.conv.weight", "conv1.weight"),
        ("stem.bn.weight", "bn1.weight"),
        ("s1.b1.conv1.conv.weight", "layer1.0.conv1.weight"),
        ("s1.b1.conv1.bn.bias", "layer1.0.bn1.bias"),
        ("s1.b1.se.fc2.bias", "layer1.0.se.fc2.bias"),
        ("s1.b1.downsample.conv.weight", "layer1.0.downsample.0.weight"),
        ("s1.b1.downsample.bn.weight", "layer1.0.downsample.1.weight"),
        ("s4.b7.conv3.conv.weight", "layer4.6.conv3.weight"),
        ("head.fc.weight", "fc.weight"),
    ],
    "huggingface_regnet": [
        ("embedder.embedder.convolution.weight", "conv1.weight"),
        ("embedder.embedder.normalization.weight", "bn1.weight"),
        ("encoder.stages.0.layers.0.shortcut.convolution.weight", "layer1.0.downsample.0.weight"),
        ("encoder.stages.0.layers.0.layer.0.convolution.weight", "layer1.0.conv1.weight"),
        ("encoder.stages.0.layers.0.layer.1.normalization.bias", "layer1.0.bn2.bias"),
        ("encoder.stages.0.layers.0.layer.2.attention.0.weight", "layer1.0.se.fc1.weight"),
        ("encoder.stages.0.layers.0.layer.2.attention.2.bias", "layer1.0.se.fc2.bias"),
        ("encoder.stages.3.layers.6.layer.3.convolution.weight", "layer4.6.conv3.weight"),
        ("encoder.stages.3.layers.6.layer.3.normalization.weight", "layer4.6.bn3.weight"),
    ],
    "huggingface_bit": [
        ("embedder.convolution.weight", "conv1.weight"),
        ("encoder.stages.0.layers.0.norm1.weight", "layer1.0.bn1.weight"),
        ("encoder.stages.0.layers.0.conv1.weight", "layer1.0.conv1.weight"),
        ("encoder.stages.0.layers.0.downsample.conv.weight", "layer1.0.downsample.0.weight"),
        ("encoder.stages.3.layers.2.conv3.weight", "layer4.2.conv3.weight"),
        ("norm.weight", "norm.weight"),
        ("norm.bias", "norm.bias"),
    ],
    "res2net": [
        ("conv1.weight", "conv1.weight"),
        ("bn1.weight", "bn1.weight"),
        ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ("layer1.0.convs.2.weight", "layer1.0.conv2.convs.2.weight"),
        ("layer1.0.bns.0.running_mean", "layer1.0.conv2.bns.0.running_mean"),
        ("layer1.0.conv3.weight", "layer1.0.conv3.weight"),
        ("layer1.0.bn3.weight", "layer1.0.bn3.weight"),
        ("layer4.2.convs.0.weight", "layer4.2.conv2.convs.0.weight"),
        ("fc.weight", "fc.weight"),
    ],
    "sknet": [
        ("conv1.weight", "conv1.weight"),
        ("layer1.0.conv1.conv.weight", "layer1.0.conv1.weight"),
        ("layer1.0.conv1.bn.bias", "layer1.0.bn1.bias"),
        ("layer1.0.conv2.paths.0.conv.weight", "layer1.0.conv2.paths.0.conv.weight"),
        ("layer1.0.conv2.paths.1.bn.weight", "layer1.0.conv2.paths.1.bn.weight"),
        ("layer1.0.conv2.attn.fc_reduce.weight", "layer1.0.conv2.attn.fc_reduce.weight"),
        ("layer1.0.conv3.conv.weight", "layer1.0.conv3.weight"),
        ("layer1.0.downsample.0.weight", "layer1.0.downsample.0.weight"),
        ("fc.weight", "fc.weight"),
    ],
    "wideresnet": [
        ("conv1.weight", "conv1.weight"),
        ("block1.layer.0.bn1.weight", "layer1.0.bn1.weight"),
        ("block1.layer.0.conv1.weight", "layer1.0.conv1.weight"),
        ("block1.layer.0.convShortcut.weight", "layer1.0.downsample.0.weight"),
        ("block3.layer.3.bn2.bias", "layer3.3.bn2.bias"),
        ("block3.layer.3.conv2.weight", "layer3.3.conv2.weight"),
        ("bn1.weight", "norm.weight"),
        ("fc.weight", "fc.weight"),
    ],
    "keras": [
        ("conv1_conv/conv1_conv/kernel:0", "conv1.weight"),
        ("conv1_conv/conv1_conv/bias:0", "conv1.bias"),
        ("conv1_bn/conv1_bn/gamma:0", "bn1.weight"),
        ("conv2_block1_0_conv/conv2_block1_0_conv/kernel:0", "layer1.0.downsample.0.weight"),
        ("conv2_block1_0_bn/conv2_block1_0_bn/moving_mean:0", "layer1.0.downsample.1.running_mean"),
        ("conv2_block1_1_conv/conv2_block1_1_conv/kernel:0", "layer1.0.conv1.weight"),
        ("conv5_block3_3_conv/conv5_block3_3_conv/bias:0", "layer4.2.conv3.bias"),
        ("conv5_block3_3_conv/conv5_block3_3_conv/kernel:0", "layer4.2.conv3.weight"),
        ("conv5_block3_3_bn/conv5_block3_3_bn/moving_variance:0", "layer4.2.bn3.running_var"),
        ("predictions/predictions/kernel:0", "fc.weight"),
    ],
    "keras_resnet50": [
        ("conv1/conv1_W:0", "conv1.weight"),
        ("conv1/conv1_b:0", "conv1.bias"),
        ("bn_conv1/bn_conv1_running_std:0", "bn1.running_var"),
        ("res2a_branch1/res2a_branch1_W:0", "layer1.0.downsample.0.weight"),
        ("bn2a_branch1/bn2a_branch1_gamma:0", "layer1.0.downsample.1.weight"),
        ("res2a_branch2a/res2a_branch2a_W:0", "layer1.0.conv1.weight"),
        ("res5c_branch2c/res5c_branch2c_W:0", "layer4.2.conv3.weight"),
        ("bn5c_branch2c/bn5c_branch2c_running_mean:0", "layer4.2.bn3.running_mean"),
        ("fc1000/fc1000_W:0", "fc.weight"),
    ],
    "bit": [
        ("resnet/root_block/standardized_conv2d/kernel", "conv1.weight"),
        ("resnet/block1/unit01/a/proj/standardized_conv2d/kernel", "layer1.0.downsample.0.weight"),
        ("resnet/block1/unit01/a/standardized_conv2d/kernel", "layer1.0.conv1.weight"),
        ("resnet/block1/unit01/a/group_norm/gamma", "layer1.0.bn1.weight"),
        ("resnet/block4/unit03/c/standardized_conv2d/kernel", "layer4.2.conv3.weight"),
        ("resnet/block4/unit03/c/group_norm/beta", "layer4.2.bn3.bias"),
        ("resnet/group_norm/gamma", "norm.weight"),
        ("resnet/head/conv2d/kernel", "fc.weight"),
        ("resnet/head/conv2d/bias", "fc.bias"),
    ],
}


@pytest.mark.parametrize("name", EXACT)
def test_names_are_those_of_the_library(name: str) -> None:
    """Every one is read as the entry that it is, by the dialect that is recognised."""
    pairs = dict(EXACT[name])
    first, *_ = ranked([*pairs])
    assert first.name == name
    assert first.read(pairs) == pairs


def test_every_library_has_its_list() -> None:
    """But for our own, whose names are those of the networks that are built."""
    assert EXACT.keys() == BY_NAME.keys() - {"torchvision"}


def test_other_ways_of_the_same_library() -> None:
    """Modules of mmpretrain's deep stem; old stages of pycls; newer entries of old Keras; CLIP in timm; …"""
    others = {
        "mmpretrain": {"stem.0.conv.weight": "conv1.0.weight", "stem.1.bn.weight": "conv1.4.weight"}
        | {"stem.1.conv.weight": "conv1.3.weight", "stem.2.conv.weight": "conv1.6.weight", "stem.2.bn.bias": "bn1.bias"}
        | {"stem.0.bn.weight": "conv1.1.weight", "layer1.0.conv1.weight": "layer1.0.conv1.weight"},
        "pycls": {"s1.conv.weight": "conv1.weight", "s2.b1.f.a.weight": "layer1.0.conv1.weight"}
        | {"s5.b3.f.c.weight": "layer4.2.conv3.weight"},
        "keras_resnet50": {
            "conv1/conv1/kernel:0": "conv1.weight",
            "bn_conv1/bn_conv1/moving_mean:0": "bn1.running_mean",
        }
        | {"res2a_branch2a/res2a_branch2a/kernel:0": "layer1.0.conv1.weight"},
        "caffe2": {"conv1_w": "conv1.weight", "conv1_gn_s": "bn1.weight", "pred_w": "fc.weight"}
        | {"res2_0_branch2a_w": "layer1.0.conv1.weight", "res2_0_branch2a_gn_b": "layer1.0.bn1.bias"},
        "byobnet": {"stem.conv1.conv.weight": "conv1.0.weight", "stem.conv2.conv.weight": "conv1.3.weight"}
        | {"stages.0.0.conv1_1x1.conv.weight": "layer1.0.conv1.weight"}
        | {"stages.0.0.conv3_1x1.conv.weight": "layer1.0.conv3.weight"}
        | {"stages.0.0.shortcut.conv.conv.weight": "layer1.0.downsample.1.weight"}
        | {"stages.0.0.shortcut.conv.bn.weight": "layer1.0.downsample.2.weight"}
        | {"head.pos_embed": "attnpool.positional_embedding", "head.q.weight": "attnpool.q_proj.weight"}
        | {"head.proj.weight": "fc.weight", "head.proj.bias": "fc.bias"},
        "regnet": {"stem.weight": "conv1.weight", "s1.b1.norm1.weight": "layer1.0.bn1.weight"}
        | {"s1.b1.conv1.weight": "layer1.0.conv1.weight", "s1.b1.downsample.weight": "layer1.0.downsample.0.weight"},
        "huggingface_regnet": {"embedder.embedder.convolution.weight": "conv1.weight"}
        | {"encoder.stages.0.layers.0.layer.0.convolution.weight": "layer1.0.conv1.weight"}
        | {"encoder.stages.0.layers.0.layer.2.attention.0.weight": "layer1.0.se.fc1.weight"},
        "kuangliu": {"conv1.weight": "conv1.weight", "layer1.0.bn1.weight": "layer1.0.bn1.weight"}
        | {"layer1.0.conv1.weight": "layer1.0.conv1.weight", "linear.weight": "fc.weight"}
        | {"layer2.0.shortcut.0.weight": "layer2.0.downsample.0.weight"},
        "resnetv2": {"stem.conv.weight": "conv1.weight", "stages.0.blocks.0.conv1.weight": "layer1.0.conv1.weight"}
        | {"stages.0.blocks.0.downsample.conv.weight": "layer1.0.downsample.0.weight"},
    }
    assert {name: ranked([*pairs])[0].read(pairs) for name, pairs in others.items()} == others


def test_pooling_of_mmpretrain_is_counted_only_where_it_is() -> None:
    """Its ResNetV1d has none in the first stage, whose projection is the second module everywhere else."""
    state = lower("resnet50d").state
    written = BY_NAME["mmpretrain"].write(state)
    assert written["layer1.0.downsample.1.weight"] == "backbone.layer1.0.downsample.0.weight"
    assert written["layer2.0.downsample.1.weight"] == "backbone.layer2.0.downsample.1.weight"
    assert written["layer2.0.downsample.2.running_mean"] == "backbone.layer2.0.downsample.2.running_mean"


def test_the_trunk_of_hugging_face_and_its_head_have_different_parents() -> None:
    """As `ResNetForImageClassification` has them."""
    written = BY_NAME["huggingface"].write(lower("resnet50").state)
    assert written["conv1.weight"] == "resnet.embedder.embedder.convolution.weight"
    assert written["fc.weight"] == "classifier.1.weight"


def test_old_checkpoints_lack_counters() -> None:
    """Of batches, since they are from before PyTorch 0.4.1."""
    old = [name for name in lower("resnet18").state if not name.endswith("num_batches_tracked")]
    assert ranked(old)[0].read(old) == {name: name for name in old}


def test_a_projection_after_pooling_is_told_from_a_norm() -> None:
    """Both are at `downsample.1`, and the norm is there with its convolution only."""
    first = "layer1.0.conv1.weight"
    plain = [first, "layer1.0.downsample.0.weight", "layer1.0.downsample.1.weight"]
    pooled = [first, "layer1.0.downsample.1.weight", "layer2.0.downsample.1.weight"]
    theirs = [BY_NAME["mmpretrain"].write(dict.fromkeys(names, ())) for names in (plain, pooled)]
    assert [names["layer1.0.downsample.1.weight"] for names in theirs] == [
        "backbone.layer1.0.downsample.1.weight",
        "backbone.layer1.0.downsample.0.weight",
    ]
    with pytest.raises(Unsayable, match="that of another layer"):
        BY_NAME["mmpretrain"].write(dict.fromkeys(pooled[:2], ()))


def test_the_name_of_a_deep_stem_is_not_given_to_one_convolution() -> None:
    """timm's resnetv2 has average pooling in projections with a deep stem, and no name for the two apart."""
    state = dict.fromkeys(["conv1.weight", "layer1.0.conv1.weight", "layer1.0.downsample.1.weight"], ())
    with pytest.raises(Unsayable):
        BY_NAME["resnetv2"].write(state)
    assert DIALECTS[0].read(["conv1.0.weight"]) == {}


def test_norms_of_caffe2_without_statistics_are_scales_and_biases() -> None:
    """Unless they are group norms; what has statistics keeps them."""
    caffe2 = BY_NAME["caffe2"]
    names = [name for name, _ in EXACT["caffe2"]]
    assert caffe2.affine_norms(names) == {"bn1", "layer1.0.bn1", "layer1.0.downsample.1", "layer4.2.bn3"}
    assert caffe2.affine_norms([*names, "res_conv1_bn_rm", "res_conv1_bn_riv"]) == {
        *("layer1.0.bn1", "layer1.0.downsample.1", "layer4.2.bn3")
    }
    assert caffe2.affine_norms(["conv1_w", "conv1_gn_s", "res2_0_branch2a_w", "res2_0_branch2a_gn_s"]) == set()
    assert DIALECTS[0].affine_norms(["conv1.weight", "bn1.weight"]) == set()


def test_detectron2_leaves_the_bias_of_the_first_convolution_out() -> None:
    """So its file of ResNet-50 has one entry that is not the network's."""
    assert "conv1_b" not in BY_NAME["caffe2"].read(["conv1_b", "conv1_w", "res2_0_branch2a_w"])


@pytest.mark.parametrize(
    ("dialect", "network", "implied"),
    [
        ("torchvision", "resnet50", {}),
        ("detectron2", "resnet50", {"block.stride_in": "1x1"}),
        ("detectron2", "resnext50_32x4d", {}),
        ("detectron2", "resnet18", {}),
        ("senet", "seresnet50", {"stem.pool": CEIL, "block.stride_in": "1x1"}),
        ("senet", "seresnext50_32x4d", {"stem.pool": CEIL}),
        ("senet", "seresnet18", {"stem.pool": CEIL, "attention.position": "activated"}),
        ("senet", "resnet18", {"stem.pool": CEIL}),
        ("keras", "resnet50", {"block.stride_in": "1x1", "norm.eps": 1.001e-5}),
    ],
)
def test_what_a_library_implies(dialect: str, network: str, implied: Mapping[str, object]) -> None:
    """Of He et al.'s networks the first convolution strides, of grouped ones the 3x3; attention has its place."""
    assert BY_NAME[dialect].implied(lower(network).state) == implied


@pytest.mark.parametrize(
    ("dialect", "network", "entry", "reason"),
    [
        ("detectron2", "seresnet50", "layer1.0.se.fc1.weight", "detectron2 has no such layer"),
        ("huggingface", "resnet50d", "conv1.3.weight", "Hugging Face transformers has no such layer"),
        ("maskrcnn", "resnet50", "fc.weight", "maskrcnn-benchmark has no classifier"),
        ("keras", "resnet50", "conv1.bias", "every convolution of Keras has a bias"),
        (
            "akamaster",
            "resnet18",
            "layer2.0.downsample.0.weight",
            "akamaster's pytorch_resnet_cifar10 has no such layer",
        ),
    ],
)
def test_what_a_library_cannot_say(dialect: str, network: str, entry: str, reason: str) -> None:
    """The first entry without a name, and why."""
    with pytest.raises(Unsayable) as raised:
        BY_NAME[dialect].write(lower(network).state)
    assert (raised.value.entry, raised.value.reason) == (entry, reason)


def test_the_fault_offers_the_dialects_that_can_say_it() -> None:
    """A network with split attention is one of two."""
    state = lower({"name": "test", "block": {"type": "bottleneck", "conv3x3": {"type": "split"}}} | STAGES).state
    with pytest.raises(Unsayable) as raised:
        BY_NAME["pycls"].write(state)
    fault = unsayable_fault("w.pt", state, BY_NAME["pycls"], raised.value)
    assert (fault.code, fault.helps) == ("RD517", ("they can be written as `torchvision`",))


def test_our_own_dialect_is_first_and_the_others_are_in_order() -> None:
    """Each has a name, a library, and a source in its file."""
    names = [dialect.name for dialect in DIALECTS]
    assert names == ["torchvision", *sorted({*names} - {"torchvision"})]
    assert all(dialect.library for dialect in DIALECTS)


def test_bodies_of_fastai_are_sequences_under_a_number() -> None:
    """`Sequential(body, head)`: the body is `0.`, and the head's layers are none of the network's."""
    names = {f"0.{theirs}": ours for theirs, ours in EXACT["sequential"]}
    head = ["1.2.weight", "1.4.weight", "1.8.weight"]
    assert BY_NAME["sequential"].prefixes([*names, *head]) == {"0."}
    assert ranked([name.removeprefix("0.") for name in names])[0] is BY_NAME["sequential"]
