"""Files that transformers, Lightning, huggingface_hub and torch's own tools write themselves."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

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
    _transformers_sharded(folder)
    return Made(min(folder.glob("*.safetensors")))


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
            self.backbone = timm_network()

        def forward(self, images: Tensor) -> Any:
            return self.backbone(images)

    module = Classifier()
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
    module = quantization.quantize_dynamic(timm_network(), {nn.Linear})
    return saved(module.state_dict(), folder / "resnet18-dynamic.pt")


def _keras(folder: Path) -> Made:
    h5py = library("h5py")
    path = folder / "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    layers: dict[str, dict[str, tuple[int, ...]]] = {}
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
        refused=Refusal("RD511", "bias", "its convolutions have biases"),
        needs=("h5py",),
    ),
)
