"""Files that torchvision, timm and segmentation_models.pytorch write themselves."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .kinds import Kind, Made, Refusal
from .networks import filled, state_of
from .networks_of_libraries import Through, library, timm_network, torchvision_network
from .plain import saved


def _torchvision(folder: Path) -> Made:
    module = torchvision_network()
    return saved(module.state_dict(), folder / "resnet50-11ad3fa6.pth", module)


def _torchvision_whole(folder: Path) -> Made:
    module = torchvision_network()
    return saved(module, folder / "resnet50.pt", module)


def _features(module: Any) -> Any:
    utils = library("torchvision.models._utils")
    return utils.IntermediateLayerGetter(module, {"layer4": "out", "layer3": "aux"})


def _torchvision_segmentation(folder: Path) -> Made:
    fcn = library("torchvision.models.segmentation.fcn")
    trunk = _features(torchvision_network(replace_stride_with_dilation=[False, True, True]))
    module = fcn.FCN(trunk, fcn.FCNHead(2048, 21), fcn.FCNHead(1024, 21))
    return saved(module.state_dict(), folder / "fcn.pth", Through(trunk, lambda found: found["out"]))


def _torchvision_detection(folder: Path) -> Made:
    detection = library("torchvision.models.detection")
    layers = {f"layer{number}": str(number - 1) for number in (1, 2, 3, 4)}
    trunk = detection.backbone_utils.BackboneWithFPN(torchvision_network(), layers, [256, 512, 1024, 2048], 16)
    module = detection.FasterRCNN(trunk, box_head=nn.Flatten(), box_predictor=nn.Linear(16, 5))
    return saved(module.state_dict(), folder / "fasterrcnn.pth", Through(trunk.body, lambda found: found["3"]))


def _timm_train(folder: Path) -> Made:
    utils = library("timm.utils")
    module = timm_network()
    average = utils.ModelEmaV3(timm_network("ema"))
    arguments = argparse.Namespace(model="resnet18", opt="sgd")
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    saver = utils.CheckpointSaver(module, optimizer, arguments, average, checkpoint_dir=str(folder))
    saver.save_checkpoint(3, 80.0)
    return Made(folder / "last.pth.tar", average.module.eval())


def _timm_hub(folder: Path) -> Made:
    timm = library("timm")

    module = filled(timm.create_model("test_resnet", num_classes=7))
    timm.models.save_for_hf(module, str(folder), safe_serialization="both")
    return Made(folder / "model.safetensors", module)


def _timm_hub_pickle(folder: Path) -> Made:
    made = _timm_hub(folder)
    return Made(folder / "pytorch_model.bin", made.reference)


def _resnetv2(folder: Path, name: str, channels: tuple[int, ...], **arguments: Any) -> Made:
    module = library("timm.models.resnetv2").ResNetV2([2, 1, 1, 1], channels=channels, num_classes=7, **arguments)
    return saved(state_of(filled(module)), folder / name, module)


def _timm_resnetv2(folder: Path, **arguments: Any) -> Made:
    layers = library("timm.layers")
    plain = {"conv_layer": layers.create_conv2d, "norm_layer": layers.BatchNormAct2d}
    return _resnetv2(folder, "resnetv2_50.pth", (32, 48, 64, 80), stem_chs=8, **plain, **arguments)


def _timm_bit(folder: Path) -> Made:
    standardized = {"conv_layer": partial(library("timm.layers").StdConv2d, eps=1e-8), "stem_type": "fixed"}
    return _resnetv2(folder, "resnetv2_50x1_bit.pth", (128, 128, 256, 256), stem_chs=32, **standardized)


def _timm(name: str, **arguments: Any) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        module = filled(library("timm").create_model(name, num_classes=7, **arguments))
        return saved(module.state_dict(), folder / f"{name}.pth", module)

    return write


def _torchvision_regnet(folder: Path) -> Made:
    regnet = library("torchvision.models.regnet")
    stages = {"depths": [1, 2], "widths": [16, 24], "group_widths": [8, 8], "bottleneck_multipliers": [1.0, 1.0]}
    module = filled(regnet.RegNet(regnet.BlockParams(**stages, strides=[2, 2], se_ratio=0.25), num_classes=7))
    return saved(module.state_dict(), folder / "regnet_y_400mf-c65dace8.pth", module)


def _timm_other(name: str, **arguments: Any) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        module = library("timm").create_model(name, num_classes=7, **arguments)
        return saved(module.state_dict(), folder / f"{name}.pth")

    return write


def _segmentation_models(folder: Path) -> Made:
    smp = library("segmentation_models_pytorch")
    module = filled(smp.Unet("resnet18", encoder_weights=None, decoder_channels=(32, 16, 8, 8, 8), classes=2))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module.encoder, lambda found: found[-1]))


VISION = (
    Kind(
        name="torchvision",
        source="torchvision",
        layout="a `state_dict`",
        write=_torchvision,
        needs=("torchvision",),
        like="state-dict",
    ),
    Kind(
        name="torchvision-whole",
        source="torchvision, `torch.save(model)`",
        layout="a pickled module",
        write=_torchvision_whole,
        needs=("torchvision",),
        like="whole-module",
    ),
    Kind(
        name="torchvision-fcn",
        source="torchvision's `FCN`",
        layout="`backbone.` beside `classifier`, `aux_classifier`",
        write=_torchvision_segmentation,
        given={"stages.output_stride": 8},
        says=("aux_classifier, classifier",),
        needs=("torchvision",),
        like="torchvision-segmentation",
    ),
    Kind(
        name="torchvision-faster-rcnn",
        source="torchvision's `FasterRCNN`",
        layout="`backbone.body.` beside `backbone.fpn`, `rpn`, `roi_heads`",
        write=_torchvision_detection,
        says=("fpn, roi_heads, rpn",),
        needs=("torchvision",),
        like="torchvision-detection",
    ),
    Kind(
        name="timm-saver",
        source="timm's `CheckpointSaver`",
        layout="`state_dict`, `state_dict_ema`, `args`, …",
        write=_timm_train,
        says=("state_dict_ema",),
        needs=("timm",),
        like="timm-train",
    ),
    Kind(
        name="timm-hub",
        source="timm's `save_for_hf`",
        layout="`model.safetensors` beside `config.json`",
        write=_timm_hub,
        needs=("timm", "huggingface_hub"),
    ),
    Kind(
        name="timm-hub-pickle",
        source="timm's `save_for_hf`",
        layout="`pytorch_model.bin`",
        write=_timm_hub_pickle,
        needs=("timm", "huggingface_hub"),
    ),
    Kind(
        name="timm-resnetv2",
        source="timm's `resnetv2`",
        layout="`stem.conv`, `stages.0.blocks.0.norm1`, `head.fc`",
        write=_timm_resnetv2,
        digits=9,
        needs=("timm",),
    ),
    Kind(
        name="timm-resnetv2-deep",
        source="the same, with a deep stem, but no pooling in projections",
        layout="`stem.conv1`, `stages.0.blocks.0.downsample.conv`",
        write=partial(_timm_resnetv2, stem_type="deep"),
        given={"shortcut.pool": "none"},
        digits=9,
        needs=("timm",),
    ),
    Kind(
        name="segmentation-models",
        source="segmentation_models.pytorch",
        layout="`encoder.` beside `decoder`, `segmentation_head`",
        write=_segmentation_models,
        says=("decoder, segmentation_head",),
        needs=("segmentation_models_pytorch",),
    ),
    Kind(
        name="timm-bit",
        source="timm's `resnetv2_50x1_bit`",
        layout="`stages.0.blocks.0.norm1` without running statistics",
        write=_timm_bit,
        digits=9,
        needs=("timm",),
    ),
    Kind(
        name="timm-legacy-senet",
        source="timm's `legacy_seresnet18`",
        layout="`layer0.conv1`, `se_module`, `last_linear`",
        write=_timm("legacy_seresnet18"),
        needs=("timm",),
        like="cadene-se",
    ),
    Kind(
        name="timm-res2net",
        source="timm's `res2net50_26w_4s`",
        layout="`layer1.0.convs.0`",
        write=_timm("res2net50_26w_4s", layers=[1, 2, 1, 1], channels=(16, 24, 32, 48)),
        needs=("timm",),
        like="res2net",
    ),
    Kind(
        name="timm-sknet",
        source="timm's `skresnet18`",
        layout="`layer1.0.conv1.paths.0`, `layer1.0.conv2.conv`",
        write=_timm("skresnet18", layers=[1, 2, 1, 1], channels=(16, 24, 32, 48)),
        needs=("timm",),
    ),
    Kind(
        name="timm-resnest",
        source="timm's `resnest14d`",
        layout="`layer1.0.conv2.fc1`",
        write=_timm("resnest14d", channels=(16, 24, 32, 48)),
        needs=("timm",),
        like="resnest",
    ),
    Kind(
        name="timm-regnet",
        source="timm's `regnetx_002`",
        layout="`s1.b1.conv1.conv`",
        write=_timm("regnetx_002"),
        needs=("timm",),
    ),
    Kind(
        name="timm-regnetv",
        source="timm's `regnetv_040`",
        layout="`stem`, `s1.b1.norm1`, `s1.b1.conv1`",
        write=_timm("regnetv_040", depth=8, wa=16.0, w0=16, wm=2.0, group_size=8),
        needs=("timm",),
    ),
    Kind(
        name="timm-byobnet",
        source="timm's `seresnext26ts`",
        layout="`stem.conv1.conv`, `stages.0.0.conv1_1x1.conv`, `stages.0.0.attn.fc1`",
        write=_timm("seresnext26ts", width_factor=0.5),
        needs=("timm",),
    ),
    Kind(
        name="timm-gernet",
        source="timm's `gernet_s`",
        layout="`stages.0.0.conv1_kxk.conv`, `final_conv.conv`",
        write=_timm("gernet_s"),
        needs=("timm",),
    ),
    Kind(
        name="timm-clip",
        source="timm's `resnet50_clip`",
        layout="`stages.0.0.shortcut.conv.conv`, `head.pos_embed`",
        write=_timm("resnet50_clip", width_factor=0.25, img_size=64),
        needs=("timm",),
    ),
    Kind(
        name="torchvision-regnet",
        source="torchvision's `regnet_y_400mf`",
        layout="`trunk_output.block1.block1-0.f.a.0`",
        write=_torchvision_regnet,
        needs=("torchvision",),
    ),
    Kind(
        name="timm-vit",
        source="timm's `test_vit`",
        layout="`patch_embed`, `blocks.0.attn`",
        write=_timm("test_vit"),
        refused=Refusal("RD511", "", "another family"),
        needs=("timm",),
        like="vit",
    ),
)
