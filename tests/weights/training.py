"""Checkpoints of training scripts and frameworks: weights beside optimizers, arguments and averages."""

import argparse
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import IO, ClassVar

import numpy as np
import torch

from .kinds import Kind, Made
from .networks import (
    BASIC,
    BOTTLENECK,
    DEEP,
    convolution,
    linear,
    network,
    norm,
    optimizer_of,
    state_of,
    tensor,
    without_counters,
)
from .plain import saved

ARGUMENTS = argparse.Namespace(arch="resnet18", lr=0.1, data=PurePosixPath("/data"), distributed=False)


def _imagenet(folder: Path) -> Made:
    module = network(BASIC)
    content = {
        "epoch": 90,
        "arch": "resnet18",
        "state_dict": state_of(module, "module."),
        "best_acc1": torch.tensor(69.8),
        "optimizer": optimizer_of(module),
        "scheduler": {"step_size": 30, "last_epoch": 90, "_last_lr": [0.1]},
    }
    return saved(content, folder / "model_best.pth.tar", module)


class _OldPickler(pickle._Pickler):
    """Writes text and bytes as Python 2 did, which had one type for both."""

    write: Callable[[bytes], None]
    memoize: Callable[[object], None]
    dispatch: ClassVar[dict[type, Callable[..., None]]] = {**pickle._Pickler.dispatch}

    def save_str(self, text: str) -> None:
        self.save_bytes(text.encode("latin-1"))

    def save_bytes(self, data: bytes) -> None:
        self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(data)

    dispatch[str] = save_str
    dispatch[bytes] = save_bytes


def _old_dump(content: object, file: IO[bytes], protocol: int = 2) -> None:
    pickled = BytesIO()
    _OldPickler(pickled, protocol).dump(content)
    file.write(pickled.getvalue().replace(b"cnumpy._core.", b"cnumpy.core."))


PYTHON2 = SimpleNamespace(__name__="pickle", Pickler=_OldPickler, dump=_old_dump)
"""Stands in for the module `pickle`, as it was in Python 2."""


def _places365(folder: Path) -> Made:
    module = network(BASIC)
    content = {
        "epoch": 90,
        "arch": "resnet18",
        "state_dict": without_counters(state_of(module, "module.")),
        "best_prec1": 54.2,
    }
    path = folder / "resnet18_places365.pth.tar"
    return saved(content, path, module, pickle_module=PYTHON2, pickle_protocol=2, _use_new_zipfile_serialization=False)


def _timm(folder: Path) -> Made:
    module, raw = network(BOTTLENECK, "ema"), network(BOTTLENECK)
    content = {
        "epoch": 299,
        "arch": "resnet50",
        "state_dict": raw.state_dict(),
        "optimizer": optimizer_of(raw),
        "version": 2,
        "args": ARGUMENTS,
        "amp_scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 0},
        "state_dict_ema": module.state_dict(),
        "metric": np.float64(80.4),
    }
    return saved(content, folder / "model_best.pth.tar", module)


def _references(folder: Path) -> Made:
    module, raw = network(BOTTLENECK, "ema"), network(BOTTLENECK)
    content = {
        "model": raw.state_dict(),
        "optimizer": optimizer_of(raw),
        "lr_scheduler": {"last_epoch": 599, "milestones": defaultdict(int)},
        "epoch": 599,
        "args": ARGUMENTS,
        "model_ema": {"n_averaged": torch.tensor(9), **state_of(module, "module.")},
        "scaler": {"scale": 65536.0},
    }
    return saved(content, folder / "model_599.pth", module)


def _lightning(folder: Path) -> Made:
    module = network(BASIC)
    content = {
        "epoch": 9,
        "global_step": 1000,
        "pytorch-lightning_version": "2.6.6",
        "state_dict": {**state_of(module, "model."), "criterion.weight": torch.ones(7)},
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"current": {"ready": 10}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'val_loss'}": {"best_model_score": torch.tensor(0.3)}},
        "optimizer_states": [optimizer_of(module)],
        "lr_schedulers": [],
        "hparams_name": "kwargs",
        "hyper_parameters": {"lr": 0.1, "backbone": "resnet18"},
    }
    return saved(content, folder / "epoch=9-step=1000.ckpt", module)


def _lightning_average(folder: Path) -> Made:
    module, raw = network(BASIC, "ema"), network(BASIC)
    content = {
        "epoch": 9,
        "pytorch-lightning_version": "2.6.6",
        "state_dict": state_of(module, "net."),
        "current_model_state": state_of(raw, "net."),
        "averaging_state": {"n_averaged": torch.tensor(9)},
        "optimizer_states": [optimizer_of(raw)],
    }
    return saved(content, folder / "last.ckpt", module)


def _ignite(folder: Path) -> Made:
    module = network(BASIC)
    content = {
        "trainer": OrderedDict(epoch_length=10, max_epochs=3, iteration=30),
        "model": module.state_dict(),
        "optimizer": optimizer_of(module),
    }
    return saved(content, folder / "training_checkpoint_30.pt", module)


def _mmpretrain(folder: Path) -> Made:
    module = network(BASIC)
    state = {_mm(name): value for name, value in state_of(module).items()}
    content = {"meta": {"mmengine_version": "0.10", "CLASSES": ("cat", "dog"), "epoch": 100}, "state_dict": state}
    return saved(content, folder / "resnet18_8xb32_in1k.pth", module)


def _mm(name: str) -> str:
    return f"head.{name}" if name.startswith("fc.") else f"backbone.{name}"


_STEM = {"conv1.0": "0", "conv1.1": "1", "conv1.3": "3", "conv1.4": "4", "conv1.6": "6", "bn1": "7"}


def _deep(name: str) -> str:
    for ours, theirs in _STEM.items():
        if name.startswith(f"{ours}."):
            return f"backbone.stem.{theirs}{name.removeprefix(ours)}"
    return _mm(name)


def _resnet_d(folder: Path) -> Made:
    module = network(DEEP)
    state = {_deep(name): value for name, value in state_of(module).items()}
    return saved({"meta": {}, "state_dict": state}, folder / "resnetv1d50_b32x8_imagenet.pth", module)


def _mmengine_average(folder: Path) -> Made:
    module, raw = network(BASIC, "ema"), network(BASIC)
    average = {_mm(name): value for name, value in state_of(module).items()}
    current = {f"module.{_mm(name)}": value for name, value in state_of(raw).items()}
    content = {
        "meta": {"mmengine_version": "0.10", "epoch": 100},
        "state_dict": average,
        "ema_state_dict": {"steps": torch.tensor(100), **current},
        "message_hub": {"runtime_info": {"epoch": 99}},
        "optimizer": optimizer_of(raw),
    }
    return saved(content, folder / "epoch_100.pth", module)


def _mmdet(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0)
    state = {
        **state_of(module, "backbone."),
        **convolution("neck.lateral_convs.0.conv", 16, 8),
        **convolution("rpn_head.rpn_conv", 8, 8, 3),
        **linear("roi_head.bbox_head.fc_cls", 8, 81),
    }
    return saved({"meta": {}, "state_dict": state, "optimizer": {}}, folder / "faster_rcnn_r50_fpn_1x.pth", module)


def _mmseg(folder: Path) -> Made:
    module = network(DEEP, head__classes=0, stages__output_stride=8)
    state = {
        **{_deep(name): value for name, value in state_of(module).items()},
        **convolution("decode_head.conv_seg", 64, 19),
        **convolution("auxiliary_head.conv_seg", 48, 19),
    }
    return saved({"meta": {}, "state_dict": state}, folder / "pspnet_r50-d8.pth", module)


def _detr(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0)
    state = {
        **linear("transformer.encoder.layers.0.linear1", 8, 8),
        **linear("class_embed", 8, 92),
        "query_embed.weight": tensor("query_embed", 100, 8),
        **convolution("input_proj", 64, 8),
        **without_counters(state_of(module, "backbone.0.body.")),
    }
    content = {"model": state, "optimizer": {}, "epoch": 299, "args": ARGUMENTS}
    return saved(content, folder / "detr-r50-e632da11.pth", module)


def _detection(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0)
    state = {
        **without_counters(state_of(module, "backbone.body.")),
        **convolution("backbone.fpn.inner_blocks.0.0", 16, 8),
        **convolution("rpn.head.cls_logits", 8, 3),
        **linear("roi_heads.box_predictor.cls_score", 8, 91),
    }
    return saved(state, folder / "fasterrcnn_resnet50_fpn_coco-258fb6c6.pth", module)


def _segmentation(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0, stages__output_stride=8)
    state = {
        **state_of(module, "backbone."),
        **convolution("classifier.0", 64, 16, 3, bias=False),
        **norm("classifier.1", 16),
        **convolution("classifier.4", 16, 21),
        **convolution("aux_classifier.0", 48, 12, 3, bias=False),
        **norm("aux_classifier.1", 12),
        **convolution("aux_classifier.4", 12, 21),
    }
    return saved(state, folder / "fcn_resnet50_coco-1167a1af.pth", module)


def _fine_tuned(folder: Path) -> Made:
    module = network(BASIC)
    state = {name.replace("fc.", "fc.1."): value for name, value in state_of(module).items()}
    return saved({"model_state_dict": state, "loss": 0.3}, folder / "best.pt", module)


def _new_head(folder: Path) -> Made:
    module = network(BASIC, head__classes=0)
    state = {**state_of(module), **linear("fc.0", 24, 16), **linear("fc.3", 16, 2)}
    return saved({"net": state}, folder / "cats-and-dogs.pth", module)


def _robustness(folder: Path) -> Made:
    module = network(BASIC)
    state = {
        "module.normalizer.new_mean": tensor("mean", 3, 1, 1),
        "module.normalizer.new_std": tensor("std", 3, 1, 1),
        **state_of(module, "module.model."),
        "module.attacker.normalize.new_mean": tensor("mean", 3, 1, 1),
        "module.attacker.normalize.new_std": tensor("std", 3, 1, 1),
        **state_of(module, "module.attacker.model."),
    }
    content = {"model": state, "epoch": 90, "optimizer": optimizer_of(module), "schedule": None}
    return saved(content, folder / "imagenet_l2_3_0.pt", module)


def _fairseq(folder: Path) -> Made:
    module = network(BASIC, head__classes=0)
    content = {
        "args": ARGUMENTS,
        "cfg": {"common": {"seed": 1}},
        "model": {**state_of(module, "encoder.image_encoder."), **linear("decoder.output_projection", 24, 50)},
        "last_optimizer_state": optimizer_of(module),
        "extra_state": {"train_iterator": {"epoch": 3}},
    }
    return saved(content, folder / "checkpoint_best.pt", module)


TRAINING = (
    Kind(
        name="imagenet",
        source="PyTorch's ImageNet example",
        layout="`state_dict` with `module.`, beside `optimizer`, `scheduler`; `.pth.tar`",
        write=_imagenet,
    ),
    Kind(
        name="places365",
        source="Places365",
        layout="`state_dict` with `module.`, pickled by Python 2",
        write=_places365,
    ),
    Kind(
        name="timm-train",
        source="timm's `train.py`",
        layout="`state_dict`, `state_dict_ema`, `args`, …",
        write=_timm,
        says=("state_dict_ema",),
        takes="the average",
    ),
    Kind(
        name="torchvision-references",
        source="torchvision's `references`",
        layout="`model`, `model_ema` with `module.` and `n_averaged`, `args`, …",
        write=_references,
        says=("model_ema",),
        takes="the average",
    ),
    Kind(
        name="lightning",
        source="Lightning",
        layout="`state_dict` with `model.`, `hyper_parameters`, `optimizer_states`, …",
        write=_lightning,
        says=("left out 1 entry: criterion",),
    ),
    Kind(
        name="lightning-average",
        source="Lightning's `WeightAveraging`",
        layout="`state_dict`, which is the average; `current_model_state`; `averaging_state`",
        write=_lightning_average,
        says=("`state_dict`",),
        takes="the average",
    ),
    Kind(
        name="ignite",
        source="ignite, accelerate",
        layout="`trainer`, `model`, `optimizer`",
        write=_ignite,
    ),
    Kind(
        name="mmpretrain",
        source="mmpretrain",
        layout="`state_dict` with `backbone.` and `head.fc`, `meta`",
        write=_mmpretrain,
    ),
    Kind(
        name="mmpretrain-d",
        source="mmpretrain's `ResNetV1d`",
        layout="the same, with a deep stem `stem.0` …",
        write=_resnet_d,
    ),
    Kind(
        name="mmengine-average",
        source="mmengine's `EMAHook`",
        layout="`state_dict`, which is the average; `ema_state_dict`, which is not",
        write=_mmengine_average,
        says=("`state_dict`",),
        takes="the average",
    ),
    Kind(
        name="mmdet",
        source="mmdet",
        layout="`state_dict` with `backbone.`, beside `neck`, `rpn_head`, `roi_head`",
        write=_mmdet,
        says=("left out 6 entries: neck, roi_head, rpn_head",),
    ),
    Kind(
        name="mmseg",
        source="mmseg",
        layout="`state_dict` with `backbone.stem.0` …, beside `decode_head`, `auxiliary_head`",
        write=_mmseg,
        given={"stages.output_stride": 8},
        says=("left out 4 entries: auxiliary_head, decode_head",),
    ),
    Kind(
        name="detr",
        source="DETR",
        layout="`model` with `backbone.0.body.`, norms without counters, `args`",
        write=_detr,
        says=("left out",),
    ),
    Kind(
        name="torchvision-detection",
        source="torchvision's detectors",
        layout="`backbone.body.` beside `backbone.fpn`, `rpn`, `roi_heads`",
        write=_detection,
        says=("left out 6 entries: fpn, roi_heads, rpn",),
    ),
    Kind(
        name="torchvision-segmentation",
        source="torchvision's segmentation",
        layout="`backbone.` beside `classifier.4`, `aux_classifier.4`",
        write=_segmentation,
        given={"stages.output_stride": 8},
        says=("aux_classifier, classifier",),
    ),
    Kind(
        name="fine-tuned",
        source="training scripts",
        layout="`model_state_dict` with a classifier `fc.1`, as after dropout",
        write=_fine_tuned,
    ),
    Kind(
        name="new-head",
        source="training scripts",
        layout="`net` with a head of two layers, `fc.0` and `fc.3`",
        write=_new_head,
        says=("left out 4 entries: fc",),
    ),
    Kind(
        name="robustness",
        source="MadryLab's robustness",
        layout="`model` with the same network twice: `module.model.`, `module.attacker.model.`",
        write=_robustness,
        says=("left out",),
    ),
    Kind(
        name="fairseq",
        source="fairseq",
        layout="`model` with `encoder.image_encoder.`, `args`, `cfg`, `extra_state`",
        write=_fairseq,
        says=("left out 2 entries: decoder",),
    ),
)
