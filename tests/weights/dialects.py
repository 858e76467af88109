"""Files with the names that other libraries give to entries: their exact names, and weights of small networks."""

import pickle
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .kinds import Kind, Made, Refusal
from .networks import (
    BASIC,
    BIT,
    BOTTLENECK,
    CIFAR,
    CLIP,
    DEEP,
    REGNET,
    State,
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
from .renaming import BIT as BIT_NAMES
from .renaming import (
    CAFFE2,
    CLASSYVISION,
    DETECTRON2,
    KUANGLIU,
    MASKRCNN,
    PYCLS,
    RES2NET,
    SENET,
    SEQUENTIAL,
    VISSL,
    WEIAICUNZAI,
    WIDERESNET,
    renamed,
)
from .renaming import CLIP as CLIP_NAMES
from .training import PYTHON2

SENET_LIKE = BOTTLENECK | {
    "stem": {"channels": 8, "pool": {"type": "max", "padding": "ceil"}},
    "attention": {"type": "se", "divisor": 1},
    "block": {"type": "bottleneck", "stride_in": "1x1"},
}


def _kuangliu(folder: Path) -> Made:
    module = network(CIFAR)
    state = renamed(state_of(module), *KUANGLIU, prefix="module.")
    return saved({"net": state, "acc": 95.47, "epoch": 199}, folder / "ckpt.pth", module)


def _preactivation(folder: Path) -> Made:
    module = network(CIFAR, block__preactivation=True, head__norm=False)
    state = renamed(state_of(module), *KUANGLIU)
    return saved({"net": state, "acc": 95.11, "epoch": 199}, folder / "ckpt.pth", module)


def _wide(folder: Path) -> Made:
    module = network(CIFAR, block__preactivation=True)
    state = renamed(state_of(module), *WIDERESNET)
    return saved({"state_dict": state, "epoch": 199, "best_prec1": 96.1}, folder / "checkpoint.pth.tar", module)


def _meliketoy(folder: Path) -> Made:
    state = renamed(state_of(network(CIFAR, block__preactivation=True)), *KUANGLIU, (r"^norm\.", "bn1."))
    weights = [name for name, value in state.items() if value.dim() == 4]
    biases = {name.replace("weight", "bias"): tensor(name, state[name].shape[0]) for name in weights}
    return saved({"net": {**state, **biases}, "acc": 96.0, "epoch": 200}, folder / "wide-resnet-28x10.t7")


def _weiaicunzai(folder: Path) -> Made:
    module = network(CIFAR)
    return saved(renamed(state_of(module), *WEIAICUNZAI), folder / "resnet18-200-regular.pth", module)


def _weiaicunzai_bottleneck(folder: Path) -> Made:
    module = network(BOTTLENECK, stem__kernel=3, stem__stride=1, stem__pool="none")
    return saved(renamed(state_of(module), *WEIAICUNZAI), folder / "resnet50-197-best.pth", module)


def _akamaster(folder: Path) -> Made:
    module = network(CIFAR, shortcut__type="padding", shortcut__zeros="both")
    state = renamed(state_of(module), *KUANGLIU, prefix="module.")
    return saved({"state_dict": state, "best_prec1": 92.6}, folder / "resnet20-12fca82f.th", module)


def _chenyaofo(folder: Path) -> Made:
    module = network(CIFAR)
    return saved(state_of(module), folder / "cifar10_resnet20-4118986f.pt", module)


def arrays(state: State) -> dict[str, object]:
    """The entries as NumPy's arrays."""
    return {name: value.numpy() for name, value in state.items()}


def _pickled(content: object, path: Path, module: torch.nn.Module | None = None) -> Made:
    path.write_bytes(pickle.dumps(content))
    return Made(path, module)


def _detectron2_converted(folder: Path) -> Made:
    module = network(BOTTLENECK)
    state = arrays(renamed(without_counters(state_of(module)), *DETECTRON2))
    content = {"model": state, "__author__": "torchvision", "matching_heuristics": True}
    return _pickled(content, folder / "R-50.pkl", module)


def _detectron2_zoo(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0, block__stride_in="1x1")
    state = {
        **renamed(without_counters(state_of(module)), *DETECTRON2, prefix="backbone.bottom_up."),
        **convolution("backbone.fpn_lateral2", 16, 8),
        **convolution("proposal_generator.rpn_head.conv", 8, 8, 3),
        **linear("roi_heads.box_predictor.cls_score", 8, 81),
    }
    content = {"model": arrays(state), "__author__": "Detectron2 Model Zoo"}
    return _pickled(content, folder / "model_final_280758.pkl", module)


def _detectron2_training(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0, block__stride_in="1x1")
    state = {
        **renamed(without_counters(state_of(module)), *DETECTRON2, prefix="backbone.bottom_up."),
        **convolution("proposal_generator.rpn_head.conv", 8, 8, 3),
    }
    content = {"model": state, "optimizer": optimizer_of(module), "scheduler": {}, "iteration": 89999}
    return saved(content, folder / "model_0089999.pth", module)


def _maskrcnn(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0, block__stride_in="1x1")
    state = {
        **renamed(without_counters(state_of(module)), *MASKRCNN, prefix="module.backbone.body."),
        **convolution("module.backbone.fpn.fpn_inner1", 16, 8),
        **convolution("module.rpn.head.conv", 8, 8, 3),
    }
    content = {"model": state, "optimizer": optimizer_of(module), "iteration": 90000}
    return saved(content, folder / "e2e_faster_rcnn_R_50_FPN_1x.pth", module)


def _caffe2(folder: Path) -> Made:
    module = network(BOTTLENECK, block__stride_in="1x1")
    for layer in (each for each in module.modules() if isinstance(each, nn.BatchNorm2d)):
        layer.running_mean.zero_()  # type: ignore[union-attr]  # it has one
        layer.running_var.fill_(1 - layer.eps)  # type: ignore[union-attr]
    affine = {name: value for name, value in without_counters(state_of(module)).items() if "running_" not in name}
    blobs = renamed(affine, *CAFFE2)
    momentum = {f"{name}_momentum": torch.zeros_like(value) for name, value in blobs.items()}
    path = folder / "R-50.pkl"
    with path.open("wb") as file:
        PYTHON2.dump({"blobs": arrays({**blobs, **momentum})}, file)
    return Made(path, module)


def _pycls(folder: Path) -> Made:
    module, raw = network(BOTTLENECK, "ema"), network(BOTTLENECK)
    content = {
        "epoch": 99,
        "test_err": 23.2,
        "ema_err": 23.1,
        "model_state": renamed(state_of(raw), *PYCLS),
        "ema_state": renamed(state_of(module), *PYCLS),
        "optimizer_state": optimizer_of(raw),
        "cfg": "MODEL:\n  TYPE: resnet\n",
    }
    return saved(content, folder / "model_epoch_0100.pyth", module)


def _pycls_zoo(folder: Path) -> Made:
    module = network(BOTTLENECK)
    content = {"epoch": 99, "model_state": renamed(state_of(module), *PYCLS), "cfg": ""}
    return saved(content, folder / "R-50-1x64d_dds_8gpu.pyth", module)


def _cadene(folder: Path) -> Made:
    module = network(BOTTLENECK)
    state = renamed(without_counters(state_of(module)), (r"^fc\.", "last_linear."))
    return saved(state, folder / "resnet50-19c8e357.pth", module)


def _cadene_se(folder: Path) -> Made:
    module = network(SENET_LIKE)
    return saved(renamed(without_counters(state_of(module)), *SENET), folder / "se_resnet50-ce0d4300.pth", module)


def _sequential(folder: Path) -> Made:
    module = network(BASIC, head__classes=0)
    return saved(renamed(state_of(module), *SEQUENTIAL), folder / "features.pth", module)


def _fastai(folder: Path) -> Made:
    module = network(BASIC, head__classes=0)
    state = {
        **renamed(state_of(module), *SEQUENTIAL, prefix="0."),
        **norm("1.2", 48),
        **linear("1.4", 48, 16, bias=False),
        **norm("1.6", 16),
        **linear("1.8", 16, 7, bias=False),
    }
    return saved({"model": state, "opt": {"hypers": [{"lr": 0.001}], "state": []}}, folder / "stage-1.pth", module)


def _mmaction(folder: Path) -> Made:
    module = network(BOTTLENECK, head__classes=0)
    state = {**state_of(module, "backbone."), **linear("cls_head.fc_cls", 64, 400)}
    return saved({"meta": {}, "state_dict": state}, folder / "tsn_r50_1x1x3_100e_kinetics400_rgb.pth", module)


def _panns_like(folder: Path) -> Made:
    module = network(BASIC, head__classes=0, input__channels=1)
    state = {
        "spectrogram_extractor.stft.conv_real.weight": tensor("stft", 33, 1, 64),
        "logmel_extractor.melW": tensor("mel", 33, 16),
        **norm("bn0", 16),
        **state_of(module, "resnet."),
        **linear("fc_audioset", 24, 527),
    }
    return saved({"iteration": 600000, "model": state, "sampler": {}}, folder / "audio.pth", module)


TEXT_TOWER = {
    **linear("transformer.resblocks.0.mlp.c_fc", 16, 64),
    "token_embedding.weight": tensor("token", 50, 16),
    "logit_scale": torch.tensor(4.6),
}


class _Tree(torch.nn.Module):
    """Modules by names, to be written as a TorchScript archive."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images


def module_tree(state: State) -> torch.nn.Module:
    """A module whose `state_dict` has these names."""
    root = _Tree()
    for name, value in state.items():
        *path, leaf = name.split(".")
        parent: torch.nn.Module = root
        for part in path:
            if part not in parent._modules:
                parent.add_module(part, _Tree())
            parent = parent.get_submodule(part)
        parent.register_buffer(leaf, value)
    return root


def _clip(folder: Path) -> Made:
    module = network(CLIP).half()
    tree = module_tree({**renamed(state_of(module), *CLIP_NAMES, prefix="visual."), **TEXT_TOWER}).half()
    tree.register_buffer("input_resolution", torch.tensor(64))
    path = folder / "RN50.pt"
    torch.jit.save(torch.jit.script(tree), path)
    return Made(path, module.float())


def _open_clip(folder: Path) -> Made:
    module = network(CLIP)
    state = {**renamed(state_of(module), *CLIP_NAMES, prefix="visual."), **TEXT_TOWER}
    content = {"epoch": 32, "name": "RN50", "state_dict": {f"module.{name}": value for name, value in state.items()}}
    return saved(content, folder / "rn50-quickgelu-cc12m.pt", module)


def _res2net(folder: Path) -> Made:
    module = network(BOTTLENECK, block__conv3x3={"type": "res2", "scale": 4})
    return saved(renamed(state_of(module), *RES2NET), folder / "res2net50_26w_4s-06e79181.pth", module)


def _resnest(folder: Path) -> Made:
    module = network(DEEP, block__conv3x3={"type": "split", "radix": 2}, block__pool="after")
    return saved(state_of(module), folder / "resnest50-528c19ca.pth", module)


def _regnet_pycls(folder: Path) -> Made:
    module = network(REGNET)
    content = {"epoch": 99, "model_state": renamed(state_of(module), *PYCLS), "cfg": ""}
    return saved(content, folder / "RegNetY-200MF_dds_8gpu.pyth", module)


def _classyvision(folder: Path) -> Made:
    module = network(REGNET, head__classes=0)
    trunk = renamed(state_of(module), *CLASSYVISION)
    heads = linear("default_head.fc", 48, 1000)
    content = {"classy_state_dict": {"base_model": {"model": {"trunk": trunk, "heads": heads}}}, "phase_idx": 99}
    return saved(content, folder / "checkpoint.torch", module)


def _seer(folder: Path) -> Made:
    module = network(REGNET, head__classes=0)
    trunk = renamed(state_of(module), *VISSL)
    heads = linear("0.projection_head.0", 48, 64)
    content = {"classy_state_dict": {"base_model": {"model": {"trunk": trunk, "heads": heads}}}, "iteration": 122000}
    return saved(content, folder / "seer_regnet32gf.torch", module)


def _bit(folder: Path) -> Made:
    module = network(BIT)
    state = renamed(state_of(module), *BIT_NAMES)
    kernels = {name: value for name, value in state.items() if name.endswith("kernel")}
    kernels["resnet/head/conv2d/kernel"] = kernels["resnet/head/conv2d/kernel"][:, :, None, None]
    path = folder / "BiT-M-R50x1.npz"
    np.savez(path, **arrays(state | {name: value.permute(2, 3, 1, 0) for name, value in kernels.items()}))  # type: ignore[arg-type]
    return Made(path, module)


def _iresnet(folder: Path) -> Made:
    state = state_of(network(CIFAR, block__preactivation=True))
    blocks = [name for name in state if name.endswith("conv2.weight")]
    slopes = {name.replace("conv2.weight", "prelu.weight"): tensor(name, state[name].shape[1]) for name in blocks}
    return saved({**state, **slopes, "prelu.weight": tensor("prelu", 8)}, folder / "backbone.pth")


def _unsayable(because: str, why: str) -> Refusal:
    return Refusal("RD511", because, why)


DIALECTS = (
    Kind(
        name="kuangliu",
        source="kuangliu's pytorch-cifar",
        layout="`net`, `acc`, `epoch`; `module.`, `shortcut`, `linear`",
        write=_kuangliu,
    ),
    Kind(
        name="preactivation-without-norm",
        source="kuangliu's `PreActResNet`",
        layout="`net`; no norm after the last block",
        write=_preactivation,
    ),
    Kind(
        name="weiaicunzai",
        source="weiaicunzai's pytorch-cifar100",
        layout="`conv2_x.0.residual_function.0`, `shortcut`",
        write=_weiaicunzai,
    ),
    Kind(
        name="weiaicunzai-50",
        source="the same, bottlenecks",
        layout="`conv2_x.0.residual_function.6`",
        write=_weiaicunzai_bottleneck,
        like="weiaicunzai",
    ),
    Kind(
        name="akamaster",
        source="akamaster's pytorch_resnet_cifar10",
        layout="`state_dict`, `best_prec1`; `module.`, shortcuts without weights; `.th`",
        write=_akamaster,
    ),
    Kind(
        name="wideresnet",
        source="xternalz's WideResNet-pytorch, RobustBench",
        layout="`state_dict`, `best_prec1`; `block1.layer.0.convShortcut`, `bn1`",
        write=_wide,
    ),
    Kind(
        name="chenyaofo",
        source="chenyaofo's pytorch-cifar-models",
        layout="a `state_dict` of a CIFAR network",
        write=_chenyaofo,
    ),
    Kind(
        name="detectron2-converted",
        source="detectron2, from torchvision",
        layout="a `.pkl` of arrays: `model`, `__author__`; `stem.conv1.norm`, `res2.0.shortcut`, `stem.fc`",
        write=_detectron2_converted,
        given={"block.stride_in": "3x3"},
    ),
    Kind(
        name="detectron2-zoo",
        source="detectron2's model zoo",
        layout="a `.pkl` of arrays with `backbone.bottom_up.`, beside `proposal_generator`, `roi_heads`",
        write=_detectron2_zoo,
        says=("fpn_lateral2, proposal_generator, roi_heads",),
    ),
    Kind(
        name="detectron2-training",
        source="detectron2, in training",
        layout="`model`, `optimizer`, `scheduler`, `iteration`",
        write=_detectron2_training,
        says=("proposal_generator",),
    ),
    Kind(
        name="maskrcnn-benchmark",
        source="maskrcnn-benchmark",
        layout="`model` with `module.backbone.body.stem.conv1`, `module.backbone.body.layer1`, `module.rpn`",
        write=_maskrcnn,
        says=("fpn, rpn",),
    ),
    Kind(
        name="pycls",
        source="pycls, in training",
        layout="`model_state`, `ema_state`, `optimizer_state`, `cfg`; `.pyth`",
        write=_pycls,
        says=("ema_state",),
        takes="the average",
    ),
    Kind(
        name="pycls-zoo",
        source="pycls's model zoo",
        layout="`model_state` with `stem.conv`, `s1.b1.f.a`, `head.fc`",
        write=_pycls_zoo,
    ),
    Kind(
        name="pycls-regnet",
        source="pycls's RegNets",
        layout="the same, with `f.se.f_ex`",
        write=_regnet_pycls,
    ),
    Kind(
        name="classyvision",
        source="ClassyVision's RegNets",
        layout="`classy_state_dict.base_model.model` with `trunk` and `heads`; `trunk_output.block1.block1-0`",
        write=_classyvision,
    ),
    Kind(
        name="seer",
        source="VISSL's RegNets, SEER",
        layout="the same, with `_feature_blocks.res2.block1-0`",
        write=_seer,
    ),
    Kind(
        name="res2net",
        source="Res2Net",
        layout="`layer1.0.convs.0`, `layer1.0.bns.0`",
        write=_res2net,
    ),
    Kind(
        name="resnest",
        source="ResNeSt",
        layout="`layer1.0.conv2.conv`, `layer1.0.conv2.fc1`",
        write=_resnest,
    ),
    Kind(
        name="bit",
        source="Google's BiT",
        layout="an `.npz` of `standardized_conv2d` and `group_norm`",
        write=_bit,
    ),
    Kind(
        name="cadene",
        source="Cadene's pretrained-models",
        layout="a `state_dict` with `last_linear`",
        write=_cadene,
    ),
    Kind(
        name="sequential",
        source="`nn.Sequential(*resnet.children())`",
        layout="`0`, `1`, `4.0.conv1` … `7.0.conv1`",
        write=_sequential,
    ),
    Kind(
        name="fastai",
        source="fastai's `learn.save`",
        layout="`model` with `0.0`, `0.1`, `0.4.0.conv1` … and a head `1.2` …; `opt`",
        write=_fastai,
        says=("left out",),
    ),
    Kind(
        name="mmaction",
        source="mmaction's TSN",
        layout="`state_dict` with `backbone.`, beside `cls_head.fc_cls`",
        write=_mmaction,
        says=("left out 2 entries: cls_head",),
    ),
    Kind(
        name="audio",
        source="audio models",
        layout="`model` with `resnet.` for one channel, beside a spectrogram's filters",
        write=_panns_like,
        says=("bn0, fc_audioset",),
    ),
    Kind(
        name="caffe2",
        source="MSRA's networks for Detectron",
        layout="a `.pkl` of `blobs`: `conv1_w`, `res_conv1_bn_s`, `res2_0_branch2a_w`",
        write=_caffe2,
    ),
    Kind(
        name="cadene-se",
        source="Cadene's and timm's legacy SENets",
        layout="`layer0.conv1`, `se_module`, `last_linear`",
        write=_cadene_se,
    ),
    Kind(
        name="clip",
        source="OpenAI's CLIP",
        layout="a TorchScript archive with `visual.`, in float16",
        write=_clip,
    ),
    Kind(
        name="open-clip",
        source="open_clip",
        layout="`state_dict` with `module.visual.`",
        write=_open_clip,
    ),
    Kind(
        name="meliketoy",
        source="meliketoy's wide-resnet.pytorch",
        layout="`net`; a norm `bn1` after the last block",
        write=_meliketoy,
        refused=_unsayable("bn1", "its projections read what is not activated, and its second convolutions stride"),
    ),
    Kind(
        name="arcface",
        source="insightface's `iresnet`",
        layout="`layer1.0.prelu`, a norm before and after each convolution",
        write=_iresnet,
        refused=_unsayable("prelu", "a norm before and after each convolution"),
    ),
)
