"""Files that are no weights, or those of networks that no spec describes."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import torch

from .kinds import Kind, Made, Refusal
from .networks import BASIC, convolution, linear, network, norm, optimizer_of, state_of, tensor
from .plain import SHARDS, saved, write_shards

LFS_POINTER = b"""version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 102469840
"""
HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>Not Found</body></html>\n"
ONNX = b"\x08\x08\x12\x07pytorch\x1a\x052.4.0:\x8c\x01\n\x1c\n\x05input\x12\x04conv"


def _bytes(data: bytes, name: str) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        (folder / name).write_bytes(data)
        return Made(folder / name)

    return write


def _shard(folder: Path) -> Made:
    write_shards(state_of(network(BASIC)), folder)
    (folder / SHARDS[1]).unlink()
    (folder / "model.safetensors.index.json").unlink()
    return Made(folder / SHARDS[0])


def _index_alone(folder: Path) -> Made:
    index = write_shards(state_of(network(BASIC)), folder)
    (folder / SHARDS[1]).unlink()
    return Made(index)


def _quantized(folder: Path) -> Made:
    state: dict[str, object] = OrderedDict()
    for name, value in state_of(network(BASIC)).items():
        is_weight = value.dim() == 4
        state[name] = torch.quantize_per_tensor(value, 0.01, 0, torch.qint8) if is_weight else value
        if is_weight:
            state[name.replace("weight", "scale")] = torch.tensor(0.1)
            state[name.replace("weight", "zero_point")] = torch.tensor(0)
    return saved(state, folder / "resnet18_fbgemm_16fa66dd.pth")


def _integers(folder: Path) -> Made:
    state = state_of(network(BASIC))
    rounded = {name: (value * 100).to(torch.int8) if value.dim() == 4 else value for name, value in state.items()}
    return saved(rounded, folder / "resnet18-int8.pt")


def _vit(folder: Path) -> Made:
    state = {
        "cls_token": tensor("cls", 1, 1, 16),
        "pos_embed": tensor("pos", 1, 197, 16),
        **convolution("patch_embed.proj", 3, 16, 16),
        **linear("blocks.0.attn.qkv", 16, 48),
        **linear("blocks.0.mlp.fc1", 16, 64),
        **linear("head", 16, 1000),
    }
    return saved({"model": state}, folder / "deit_tiny_patch16_224-a1311bcf.pth")


def _optimizer(folder: Path) -> Made:
    return saved(optimizer_of(network(BASIC)), folder / "optimizer.pt")


def _gan(folder: Path) -> Made:
    generator = {**linear("mapping.fc0", 16, 16), **convolution("synthesis.b4.conv1", 16, 16, 3)}
    discriminator = {**convolution("b4.conv", 16, 16, 3), **linear("b4.out", 16, 1)}
    return saved({"G": generator, "D": discriminator, "G_ema": generator}, folder / "network-snapshot.pkl")


def _missing_layer(folder: Path) -> Made:
    state = state_of(network(BASIC))
    kept = {name: value for name, value in state.items() if not name.startswith("layer2.0.conv2.")}
    return saved(kept, folder / "resnet18.pth")


def _unet_like(folder: Path) -> Made:
    state = {**convolution("down1.conv", 3, 8, 3), **norm("down1.norm", 8), **convolution("out", 8, 2)}
    return saved(state, folder / "unet.pth")


REFUSED = (
    Kind(
        name="shard",
        source="one shard of a sharded file",
        layout="`model-00001-of-00002.safetensors` alone",
        write=_shard,
        refused=Refusal("RD504", "model.safetensors.index.json", "the other shards are missing"),
    ),
    Kind(
        name="index-without-shards",
        source="a sharded file, not complete",
        layout="`model.safetensors.index.json` without one of its shards",
        write=_index_alone,
        refused=Refusal("RD504", "model-00002-of-00002.safetensors", "a shard is missing"),
    ),
    Kind(
        name="quantized",
        source="torchvision's and `torch.ao`'s quantized networks",
        layout="`qint8` weights, `scale`, `zero_point`",
        write=_quantized,
        refused=Refusal("RD504", "quantized", "the weights are rounded to 8 bits"),
    ),
    Kind(
        name="integers",
        source="quantized networks",
        layout="weights in `int8`",
        write=_integers,
        refused=Refusal("RD504", "int8", "the same"),
        like="quantized",
    ),
    Kind(
        name="lfs-pointer",
        source="Git without Git LFS",
        layout="three lines of text instead of the file",
        write=_bytes(LFS_POINTER, "pytorch_model.bin"),
        refused=Refusal("RD504", "git lfs pull", "the file was not fetched: `git lfs pull`"),
    ),
    Kind(
        name="web-page",
        source="a failed download",
        layout="an HTML page",
        write=_bytes(HTML, "resnet50.pth"),
        refused=Refusal("RD504", "web page", "it is a web page"),
    ),
    Kind(
        name="onnx",
        source="ONNX",
        layout="a protocol buffer",
        write=_bytes(ONNX, "resnet50.onnx"),
        refused=Refusal("RD504", "", "another format"),
    ),
    Kind(
        name="empty",
        source="an interrupted download",
        layout="no bytes",
        write=_bytes(b"", "resnet50.pth"),
        refused=Refusal("RD504", "empty", "it is empty"),
    ),
    Kind(
        name="optimizer",
        source="an optimizer's state",
        layout="`state`, `param_groups`",
        write=_optimizer,
        refused=Refusal("RD511", "the state of an optimizer", "no network is in it"),
    ),
    Kind(
        name="vit",
        source="DeiT, ViT",
        layout="`model` with `patch_embed`, `blocks.0.attn`",
        write=_vit,
        refused=Refusal("RD511", "", "no network of this family is in it"),
    ),
    Kind(
        name="gan",
        source="StyleGAN",
        layout="`G`, `D`, `G_ema`",
        write=_gan,
        refused=Refusal("RD511", "", "no network of this family is in it"),
    ),
    Kind(
        name="u-net",
        source="a U-Net of one's own",
        layout="`down1.conv`, `out`",
        write=_unet_like,
        refused=Refusal("RD511", "", "no network of this family is in it"),
    ),
    Kind(
        name="missing-layer",
        source="a `state_dict` without one layer",
        layout="no `layer2.0.conv2`",
        write=_missing_layer,
        refused=Refusal("RD511", "layer2.0.conv2.weight", "a layer is missing"),
    ),
)
