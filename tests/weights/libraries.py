"""Files that the libraries themselves write; each writer imports what it needs."""

import argparse
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .kinds import Kind, Made, Refusal
from .networks import filled, state_of
from .plain import saved

OUTPUT = Callable[[Any], Any]


class Through(nn.Module):
    """A library's module as a function from images to one tensor."""

    def __init__(self, module: nn.Module, take: OUTPUT) -> None:
        super().__init__()
        self.module = module
        self.take = take

    def forward(self, images: Tensor) -> Any:
        return self.take(self.module(images))


def torchvision_network(**arguments: Any) -> Any:
    """A small network of torchvision's `resnet.py`."""
    from torchvision.models.resnet import Bottleneck, ResNet

    return filled(ResNet(Bottleneck, [1, 1, 1, 1], num_classes=7, width_per_group=8, **arguments))


def timm_network(salt: str = "", **arguments: Any) -> Any:
    """A small network of timm's `resnet.py`."""
    from timm.models.resnet import BasicBlock, ResNet

    return filled(ResNet(BasicBlock, (2, 1, 1, 1), num_classes=7, channels=(64, 16, 24, 32), **arguments), salt)


def _torchvision(folder: Path) -> Made:
    module = torchvision_network()
    return saved(module.state_dict(), folder / "resnet50-11ad3fa6.pth", module)


def _torchvision_whole(folder: Path) -> Made:
    module = torchvision_network()
    return saved(module, folder / "resnet50.pt", module)


def _features(module: Any) -> Any:
    from torchvision.models._utils import IntermediateLayerGetter

    return IntermediateLayerGetter(module, {"layer4": "out", "layer3": "aux"})


def _torchvision_segmentation(folder: Path) -> Made:
    from torchvision.models.segmentation.fcn import FCN, FCNHead

    trunk = _features(torchvision_network(replace_stride_with_dilation=[False, True, True]))
    module = FCN(trunk, FCNHead(2048, 21), FCNHead(1024, 21))
    return saved(module.state_dict(), folder / "fcn.pth", Through(trunk, lambda found: found["out"]))


def _torchvision_detection(folder: Path) -> Made:
    from torchvision.models.detection import FasterRCNN
    from torchvision.models.detection.backbone_utils import BackboneWithFPN

    layers = {f"layer{number}": str(number - 1) for number in (1, 2, 3, 4)}
    trunk = BackboneWithFPN(torchvision_network(), layers, [256, 512, 1024, 2048], 16)
    module = FasterRCNN(trunk, box_head=nn.Flatten(), box_predictor=nn.Linear(16, 5))
    return saved(module.state_dict(), folder / "fasterrcnn.pth", Through(trunk.body, lambda found: found["3"]))


def _timm_train(folder: Path) -> Made:
    from timm.utils import CheckpointSaver, ModelEmaV3

    module = timm_network()
    average = ModelEmaV3(timm_network("ema"))
    arguments = argparse.Namespace(model="resnet18", opt="sgd")
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    saver = CheckpointSaver(module, optimizer, arguments, average, checkpoint_dir=str(folder))
    saver.save_checkpoint(3, 80.0)
    return Made(folder / "last.pth.tar", average.module.eval())


def _timm_hub(folder: Path) -> Made:
    import timm
    from timm.models import save_for_hf

    module = filled(timm.create_model("test_resnet", num_classes=7))
    save_for_hf(module, str(folder), safe_serialization="both")
    return Made(folder / "model.safetensors", module)


def _timm_hub_pickle(folder: Path) -> Made:
    made = _timm_hub(folder)
    return Made(folder / "pytorch_model.bin", made.reference)


def _timm_resnetv2(folder: Path) -> Made:
    from timm.models.resnetv2 import ResNetV2

    module = ResNetV2(
        [2, 1, 1, 1],
        channels=(32, 48, 64, 80),
        num_classes=7,
        stem_chs=8,
        conv_layer=nn.Conv2d,
        norm_layer=_batch_norm(),
    )
    return saved(state_of(filled(module)), folder / "resnetv2_50.pth", module)


def _batch_norm() -> Any:
    from timm.layers import BatchNormAct2d

    return BatchNormAct2d


def _timm_bit(folder: Path) -> Made:
    from timm.models.resnetv2 import ResNetV2

    module = filled(ResNetV2([1, 1, 1, 1], channels=(128, 128, 128, 128), num_classes=7, stem_chs=32))
    return saved(module.state_dict(), folder / "resnetv2_50x1_bit.pth")


def _timm_other(name: str, **arguments: Any) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        import timm

        module = timm.create_model(name, num_classes=7, **arguments)
        return saved(module.state_dict(), folder / f"{name}.pth")

    return write


def transformers_config(kind: str = "bottleneck") -> Any:
    from transformers import ResNetConfig

    return ResNetConfig(
        embedding_size=8,
        hidden_sizes=[16, 32, 48, 64],
        depths=[2, 1, 1, 1],
        layer_type=kind,
        num_labels=7,
        out_features=["stage4"],
    )


def _logits(found: Any) -> Any:
    return found.logits


def _transformers(folder: Path) -> Made:
    from transformers import ResNetForImageClassification

    module = filled(ResNetForImageClassification(transformers_config()))
    module.save_pretrained(folder)  # type: ignore[operator]
    return Made(folder / "model.safetensors", Through(module, _logits))


def _transformers_pickle(folder: Path) -> Made:
    from transformers import ResNetForImageClassification

    module = filled(ResNetForImageClassification(transformers_config("basic")))
    return saved(module.state_dict(), folder / "pytorch_model.bin", Through(module, _logits))


def _transformers_sharded(folder: Path) -> Made:
    from transformers import ResNetForImageClassification

    module = filled(ResNetForImageClassification(transformers_config()))
    module.save_pretrained(folder, max_shard_size="30KB")  # type: ignore[operator]
    return Made(folder / "model.safetensors.index.json", Through(module, _logits))


def _transformers_shard(folder: Path) -> Made:
    _transformers_sharded(folder)
    return Made(min(folder.glob("*.safetensors")))


def _transformers_backbone(folder: Path) -> Made:
    from transformers import ResNetBackbone

    module = filled(ResNetBackbone(transformers_config()))
    module.save_pretrained(folder)  # type: ignore[operator]
    return Made(folder / "model.safetensors", Through(module, lambda found: found.feature_maps[-1]))


def _transformers_timm(folder: Path) -> Made:
    from transformers import TimmWrapperConfig, TimmWrapperForImageClassification

    config = TimmWrapperConfig(architecture="test_resnet", num_labels=7)
    module = filled(TimmWrapperForImageClassification(config))
    module.save_pretrained(folder)  # type: ignore[operator]
    return Made(folder / "model.safetensors", Through(module, _logits))


def _segmentation_models(folder: Path) -> Made:
    import segmentation_models_pytorch as smp

    module = filled(smp.Unet("resnet18", encoder_weights=None, decoder_channels=(32, 16, 8, 8, 8), classes=2))
    module.save_pretrained(folder)  # type: ignore[operator]
    return Made(folder / "model.safetensors", Through(module.encoder, lambda found: found[-1]))  # type: ignore[arg-type]


def _lightning_module() -> Any:
    import lightning

    class Classifier(lightning.LightningModule):
        def __init__(self, learning_rate: float = 0.1) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.net = timm_network()
            self.loss = nn.CrossEntropyLoss(weight=torch.ones(7))

        def training_step(self, batch: Tensor, number: int) -> Tensor:
            found: Tensor = self.loss(self.net(batch), torch.zeros(len(batch), dtype=torch.int64))
            return found

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.01, momentum=0.9)

    return Classifier()


def _lightning(folder: Path, *callbacks: Any) -> Made:
    import lightning

    module = _lightning_module()
    trainer = lightning.Trainer(
        max_steps=2,
        accelerator="cpu",
        logger=False,
        callbacks=list(callbacks),
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    trainer.fit(module, torch.utils.data.DataLoader([torch.randn(3, 32, 32) for _ in range(4)], batch_size=2))  # type: ignore[arg-type, var-annotated]
    path = folder / "epoch=0-step=2.ckpt"
    trainer.save_checkpoint(path)
    return Made(path, _average(trainer) or module.net.eval())


def _average(trainer: Any) -> Any:
    averages = [callback._average_model for callback in trainer.callbacks if hasattr(callback, "_average_model")]
    return averages[0].module.net.eval() if averages else None


def _lightning_average(folder: Path) -> Made:
    from lightning.pytorch.callbacks import EMAWeightAveraging

    return _lightning(folder, EMAWeightAveraging(decay=0.5))


def _hub_mixin(folder: Path) -> Made:
    from huggingface_hub import PyTorchModelHubMixin

    class Classifier(nn.Module, PyTorchModelHubMixin):
        def __init__(self) -> None:
            super().__init__()
            self.backbone = timm_network()

        def forward(self, images: Tensor) -> Any:
            return self.backbone(images)

    module = Classifier()
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", module)


def _distributed(folder: Path) -> Made:
    from torch import distributed

    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    try:
        module = timm_network()
        parallel = nn.parallel.DistributedDataParallel(module)
        return saved(parallel.state_dict(), folder / "checkpoint.pt", module)
    finally:
        distributed.destroy_process_group()


def _dynamic(folder: Path) -> Made:
    from torch.ao.quantization import quantize_dynamic

    return saved(quantize_dynamic(timm_network(), {nn.Linear}).state_dict(), folder / "resnet18-dynamic.pt")


def _keras(folder: Path) -> Made:
    import h5py

    path = folder / "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    layers: dict[str, dict[str, tuple[int, ...]]] = OrderedDict()
    layers["input_1"] = {}
    layers["conv1_conv"] = {"kernel:0": (7, 7, 3, 8), "bias:0": (8,)}
    layers["conv1_bn"] = _keras_norm(8)
    for number, (inputs, outputs, kernel) in enumerate([(8, 16, 1), (8, 4, 1), (4, 4, 3), (4, 16, 1)]):
        layers[f"conv2_block1_{number}_conv"] = {"kernel:0": (kernel, kernel, inputs, outputs), "bias:0": (outputs,)}
        layers[f"conv2_block1_{number}_bn"] = _keras_norm(outputs)
    layers["predictions"] = {"kernel:0": (16, 7), "bias:0": (7,)}
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.2.4"
        for layer, weights in layers.items():
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{name}".encode() for name in weights]
            for name, shape in weights.items():
                group.create_dataset(f"{layer}/{name}", data=torch.rand(shape).numpy())
    return Made(path)


def _keras_norm(channels: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}:0": (channels,) for name in ("gamma", "beta", "moving_mean", "moving_variance")}


def _unsayable(because: str, why: str) -> Refusal:
    return Refusal("RD511", because, why)


LIBRARIES = (
    Kind(
        name="torchvision",
        source="torchvision",
        layout="a `state_dict`",
        write=_torchvision,
        needs=("torchvision",),
    ),
    Kind(
        name="torchvision-whole",
        source="torchvision, `torch.save(model)`",
        layout="a pickled module",
        write=_torchvision_whole,
        needs=("torchvision",),
    ),
    Kind(
        name="torchvision-fcn",
        source="torchvision's `FCN`",
        layout="`backbone.` beside `classifier`, `aux_classifier`",
        write=_torchvision_segmentation,
        given={"stages.output_stride": 8},
        says=("aux_classifier, classifier",),
        needs=("torchvision",),
    ),
    Kind(
        name="torchvision-faster-rcnn",
        source="torchvision's `FasterRCNN`",
        layout="`backbone.body.` beside `backbone.fpn`, `rpn`, `roi_heads`",
        write=_torchvision_detection,
        says=("fpn, roi_heads, rpn",),
        needs=("torchvision",),
    ),
    Kind(
        name="timm-saver",
        source="timm's `CheckpointSaver`",
        layout="`state_dict`, `state_dict_ema`, `args`, …",
        write=_timm_train,
        says=("state_dict_ema",),
        needs=("timm",),
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
        needs=("timm",),
    ),
    Kind(
        name="transformers",
        source="transformers' `ResNetForImageClassification`",
        layout="`resnet.embedder.embedder.convolution`, `classifier.1`",
        write=_transformers,
        needs=("transformers",),
    ),
    Kind(
        name="transformers-pickle",
        source="the same, before safetensors",
        layout="`pytorch_model.bin`",
        write=_transformers_pickle,
        needs=("transformers",),
    ),
    Kind(
        name="transformers-sharded",
        source="the same, with `max_shard_size`",
        layout="`model.safetensors.index.json`",
        write=_transformers_sharded,
        needs=("transformers",),
    ),
    Kind(
        name="transformers-backbone",
        source="transformers' `ResNetBackbone`",
        layout="`embedder.embedder.convolution`, `encoder.stages.0`",
        write=_transformers_backbone,
        needs=("transformers",),
    ),
    Kind(
        name="transformers-timm",
        source="transformers' `TimmWrapperForImageClassification`",
        layout="`timm_model.`",
        write=_transformers_timm,
        needs=("transformers", "timm"),
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
        name="lightning-fit",
        source="Lightning's `Trainer`",
        layout="`state_dict` with `net.`, `hyper_parameters`, …",
        write=_lightning,
        says=("left out 1 entry: loss",),
        needs=("lightning", "timm"),
    ),
    Kind(
        name="lightning-ema",
        source="Lightning's `EMAWeightAveraging`",
        layout="`state_dict`, which is the average, `current_model_state`, `averaging_state`",
        write=_lightning_average,
        says=("left out 1 entry: loss",),
        needs=("lightning", "timm"),
    ),
    Kind(
        name="hub-mixin",
        source="huggingface_hub's `PyTorchModelHubMixin`",
        layout="`model.safetensors` with `backbone.`",
        write=_hub_mixin,
        needs=("huggingface_hub", "timm"),
    ),
    Kind(
        name="distributed",
        source="torch's `DistributedDataParallel`",
        layout="`module.`",
        write=_distributed,
        needs=("timm",),
    ),
    Kind(
        name="dynamic-quantization",
        source="`torch.ao.quantization.quantize_dynamic`",
        layout="`fc._packed_params`",
        write=_dynamic,
        refused=Refusal("RD504", "quantized", "the classifier is rounded to 8 bits"),
        needs=("timm",),
    ),
    Kind(
        name="timm-bit",
        source="timm's `resnetv2_50x1_bit`",
        layout="`stages.0.blocks.0.norm1` without running statistics",
        write=_timm_bit,
        refused=_unsayable("standardi", "its convolutions standardise their weights"),
        needs=("timm",),
    ),
    Kind(
        name="timm-legacy-senet",
        source="timm's `legacy_seresnet18`",
        layout="`layer0.conv1`, `se_module`, `last_linear`",
        write=_timm_other("legacy_seresnet18"),
        refused=_unsayable("pooling", "the max pooling in its stem has no padding"),
        needs=("timm",),
    ),
    Kind(
        name="timm-res2net",
        source="timm's `res2net50_26w_4s`",
        layout="`layer1.0.convs.0`",
        write=_timm_other("res2net50_26w_4s"),
        refused=_unsayable("convs", "its 3×3 convolutions are split"),
        needs=("timm",),
    ),
    Kind(
        name="timm-sknet",
        source="timm's `skresnet18`",
        layout="`layer1.0.conv1.paths.0`",
        write=_timm_other("skresnet18"),
        refused=_unsayable("", "its kernels are selected"),
        needs=("timm",),
    ),
    Kind(
        name="timm-resnest",
        source="timm's `resnest14d`",
        layout="`layer1.0.conv2.fc1`",
        write=_timm_other("resnest14d"),
        refused=_unsayable("", "its 3×3 convolutions are split"),
        needs=("timm",),
    ),
    Kind(
        name="timm-regnet",
        source="timm's `regnetx_002`",
        layout="`s1.b1.conv1.conv`",
        write=_timm_other("regnetx_002"),
        refused=_unsayable("", "another family"),
        needs=("timm",),
    ),
    Kind(
        name="timm-vit",
        source="timm's `test_vit`",
        layout="`patch_embed`, `blocks.0.attn`",
        write=_timm_other("test_vit"),
        refused=_unsayable("", "another family"),
        needs=("timm",),
    ),
    Kind(
        name="transformers-shard",
        source="one shard of a sharded file",
        layout="`model-00001-of-0000….safetensors`, its index beside it",
        write=_transformers_shard,
        refused=Refusal("RD504", "model.safetensors.index.json", "it is one of several: name the index"),
        needs=("transformers",),
    ),
    Kind(
        name="keras",
        source="Keras's `ResNet50`",
        layout="an `.h5` of `conv1_conv/kernel`, …",
        write=_keras,
        refused=_unsayable("bias", "its convolutions have biases"),
        needs=("h5py",),
    ),
)
