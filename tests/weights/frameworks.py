"""Files that transformers, Lightning, huggingface_hub and torch's own tools write themselves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tests.peers import hashfill

from .kinds import Kind, Made, Refusal
from .networks import filled
from .networks_of_libraries import Through, library, timm_network
from .plain import saved


def transformers_config(kind: str = "bottleneck") -> Any:
    return library("transformers").ResNetConfig(
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
    module = filled(library("transformers").ResNetForImageClassification(transformers_config()))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, _logits))


def _transformers_pickle(folder: Path) -> Made:
    module = filled(library("transformers").ResNetForImageClassification(transformers_config("basic")))
    return saved(module.state_dict(), folder / "pytorch_model.bin", Through(module, _logits))


def _transformers_sharded(folder: Path) -> Made:
    module = filled(library("transformers").ResNetForImageClassification(transformers_config()))
    module.save_pretrained(folder, max_shard_size="30KB")
    return Made(folder / "model.safetensors.index.json", Through(module, _logits))


def _transformers_shard(folder: Path) -> Made:
    made = _transformers_sharded(folder)
    return Made(min(folder.glob("*.safetensors")), made.reference)


def _transformers_backbone(folder: Path) -> Made:
    module = filled(library("transformers").ResNetBackbone(transformers_config()))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, lambda found: found.feature_maps[-1]))


def _transformers_timm(folder: Path) -> Made:
    transformers = library("transformers")
    config = transformers.TimmWrapperConfig(architecture="test_resnet", num_labels=7)
    module = filled(transformers.TimmWrapperForImageClassification(config))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, _logits))


def _transformers_regnet(folder: Path, kind: str) -> Made:
    transformers = library("transformers")
    config = transformers.RegNetConfig(
        embedding_size=8, hidden_sizes=[16, 24], depths=[1, 2], groups_width=8, layer_type=kind, num_labels=7
    )
    module = filled(transformers.RegNetForImageClassification(config))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, _logits))


def _transformers_regnet_model(folder: Path) -> Made:
    transformers = library("transformers")
    config = transformers.RegNetConfig(
        embedding_size=8, hidden_sizes=[16, 24], depths=[1, 2], groups_width=8, layer_type="x"
    )
    module = filled(transformers.RegNetModel(config))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, lambda found: found.last_hidden_state))


def _transformers_bit(folder: Path) -> Made:
    transformers = library("transformers")
    config = transformers.BitConfig(
        embedding_size=32, hidden_sizes=[128, 256], depths=[1, 2], num_groups=32, num_labels=7
    )
    module = filled(transformers.BitForImageClassification(config))
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", Through(module, _logits))


def _lightning_module() -> Any:
    class Classifier(library("lightning").LightningModule):  # type: ignore[misc]
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
    module = _lightning_module()
    trainer = library("lightning").Trainer(
        max_steps=2,
        accelerator="cpu",
        logger=False,
        callbacks=list(callbacks),
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    images: Any = [torch.randn(3, 32, 32) for _ in range(4)]
    trainer.fit(module, torch.utils.data.DataLoader(images, batch_size=2))
    path = folder / "epoch=0-step=2.ckpt"
    trainer.save_checkpoint(path)
    return Made(path, _average(trainer) or module.net.eval())


def _average(trainer: Any) -> Any:
    averages = [callback._average_model for callback in trainer.callbacks if hasattr(callback, "_average_model")]
    return averages[0].module.net.eval() if averages else None


def _lightning_average(folder: Path) -> Made:
    callbacks = library("lightning.pytorch.callbacks")
    return _lightning(folder, callbacks.EMAWeightAveraging(decay=0.5))


def _hub_mixin(folder: Path) -> Made:
    class Classifier(nn.Module, library("huggingface_hub").PyTorchModelHubMixin):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.backbone: Any = timm_network()

        def forward(self, images: Tensor) -> Any:
            return self.backbone(images)

    module: Any = Classifier()
    module.save_pretrained(folder)
    return Made(folder / "model.safetensors", module)


def _distributed(folder: Path) -> Made:
    distributed = library("torch.distributed")
    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    try:
        module = timm_network()
        parallel = nn.parallel.DistributedDataParallel(module)
        return saved(parallel.state_dict(), folder / "checkpoint.pt", module)
    finally:
        distributed.destroy_process_group()


def _dynamic(folder: Path) -> Made:
    quantization = library("torch.ao.quantization")
    module = timm_network()
    state = quantization.quantize_dynamic(module, {nn.Linear}).state_dict()
    module.reset_classifier(0)
    return saved(state, folder / "resnet18-dynamic.pt", module)


def _keras_library(name: str) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return library(f"keras.src.{name}")


@contextmanager
def _double_precision() -> Iterator[None]:
    """In which Keras computes."""
    config = _keras_library("backend.config")
    config.set_floatx("float64")
    try:
        yield
    finally:
        config.set_floatx("float32")


def _keras_network() -> Any:
    resnet = _keras_library("applications.resnet")

    def stages(features: Any) -> Any:
        features = resnet.stack_residual_blocks_v1(features, 8, 2, stride1=1, name="conv2")
        return resnet.stack_residual_blocks_v1(features, 16, 2, name="conv3")

    arguments = {"weights": None, "classes": 7, "input_shape": (64, 64, 3), "classifier_activation": None}
    with _double_precision():
        module = resnet.ResNet(stages, False, True, **arguments)
    for variable in module.variables:
        name = variable.path.replace("moving_variance", "running_var")
        variable.assign(hashfill.value(name, variable.value).float())  # they are loaded in single precision
    return module


class _Keras(nn.Module):
    """A network of Keras, whose channels are the last axis of images."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self.module = module

    def forward(self, images: Tensor) -> Any:
        with _double_precision():
            return self.module(images.permute(0, 2, 3, 1), training=False)


def _keras(folder: Path) -> Made:
    path = folder / "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    legacy = _keras_library("legacy.saving.legacy_h5_format")
    module = _keras_network()
    with library("h5py").File(path, "w") as file:
        legacy.save_weights_to_hdf5_group(file, module)
    return Made(path, _Keras(module))


def _keras_numbered(folder: Path) -> Made:
    path = folder / "resnet50.weights.h5"
    _keras_network().save_weights(path)
    return Made(path)


FRAMEWORKS = (
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
        like="sharded",
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
        name="transformers-regnet",
        source="transformers' `RegNetForImageClassification`",
        layout="`regnet.embedder.embedder.convolution`, `layer.2.attention.0`, `classifier.1`",
        write=partial(_transformers_regnet, kind="y"),
        needs=("transformers",),
    ),
    Kind(
        name="transformers-regnet-x",
        source="the same, without attention",
        layout="`layer.2.convolution`",
        write=partial(_transformers_regnet, kind="x"),
        needs=("transformers",),
        like="transformers-regnet",
    ),
    Kind(
        name="transformers-regnet-model",
        source="transformers' `RegNetModel`",
        layout="`embedder.embedder.convolution`",
        write=_transformers_regnet_model,
        needs=("transformers",),
        like="transformers-regnet",
    ),
    Kind(
        name="transformers-bit",
        source="transformers' `BitForImageClassification`",
        layout="`bit.embedder.convolution`, `bit.encoder.stages.0.layers.0.norm1`, `classifier.1`",
        write=_transformers_bit,
        needs=("transformers",),
    ),
    Kind(
        name="lightning-fit",
        source="Lightning's `Trainer`",
        layout="`state_dict` with `net.`, `hyper_parameters`, …",
        write=_lightning,
        says=("left out 1 entry: loss",),
        needs=("lightning", "timm"),
        like="lightning",
    ),
    Kind(
        name="lightning-ema",
        source="Lightning's `EMAWeightAveraging`",
        layout="`state_dict`, which is the average, `current_model_state`, `averaging_state`",
        write=_lightning_average,
        says=("left out 1 entry: loss",),
        needs=("lightning", "timm"),
        like="lightning-average",
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
        like="data-parallel",
    ),
    Kind(
        name="dynamic-quantization",
        source="`torch.ao.quantization.quantize_dynamic`",
        layout="`fc._packed_params`",
        write=_dynamic,
        takes="all but the classifier, whose weights are rounded,",
        says=("left out", "fc"),
        needs=("timm",),
    ),
    Kind(
        name="transformers-shard",
        source="one shard of a sharded file",
        layout="`model-00001-of-0000….safetensors`, its index beside it",
        write=_transformers_shard,
        refused=Refusal("RD504", "", "it is one of several", instead="model.safetensors.index.json"),
        needs=("transformers",),
        like="shard",
    ),
    Kind(
        name="keras",
        source="Keras's `ResNet50`",
        layout="an `.h5` of groups `conv1_conv`, `conv2_block1_1_bn`, …",
        write=_keras,
        digits=5,
        needs=("keras", "h5py"),
    ),
    Kind(
        name="keras-numbered",
        source="Keras 3's `save_weights`",
        layout="a `.weights.h5` of groups `layers`, `conv2d`, `vars`, `0`, …",
        write=_keras_numbered,
        refused=Refusal("RD511", "", "its names do not say which layer is which"),
        needs=("keras", "h5py"),
    ),
)
