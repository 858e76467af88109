"""Checkpoints of self-supervised learning: teachers, momentum encoders, projection heads."""

import random
from pathlib import Path
from typing import Any

import torch

from .kinds import Kind, Made
from .networks import BOTTLENECK, State, linear, network, norm, optimizer_of, state_of, tensor
from .plain import saved
from .training import ARGUMENTS

WIDTH = 64
"""Channels that the small networks end with."""


def _trunk(salt: str = "") -> Any:
    return network(BOTTLENECK, salt, head__classes=0)


def _dino_head(prefix: str) -> State:
    return {
        **linear(f"{prefix}mlp.0", WIDTH, 32),
        **linear(f"{prefix}mlp.2", 32, 16),
        f"{prefix}last_layer.weight_g": tensor("g", 20, 1),
        f"{prefix}last_layer.weight_v": tensor("v", 20, 16),
    }


def _dino(folder: Path) -> Made:
    student, teacher = _trunk("student"), _trunk("teacher")
    content = {
        "student": {**state_of(student, "module.backbone."), **_dino_head("module.head.")},
        "teacher": {**state_of(teacher, "module.backbone."), **_dino_head("module.head.")},
        "optimizer": optimizer_of(student),
        "epoch": 100,
        "args": ARGUMENTS,
        "dino_loss": {"center": tensor("center", 1, 20)},
    }
    return saved(content, folder / "checkpoint.pth", teacher)


def _dino_pretrain(folder: Path) -> Made:
    module = _trunk()
    return saved(state_of(module), folder / "dino_resnet50_pretrain.pth", module)


def _moco1(folder: Path) -> Made:
    query, key = network(BOTTLENECK, "q"), network(BOTTLENECK, "k")
    return _moco(folder, query, {**state_of(query, "module.encoder_q."), **state_of(key, "module.encoder_k.")})


def _moco2(folder: Path) -> Made:
    query, key = _trunk("q"), _trunk("k")
    return _moco(folder, query, {**_with_head(query, "module.encoder_q."), **_with_head(key, "module.encoder_k.")})


def _with_head(module: Any, prefix: str) -> State:
    return {
        **state_of(module, prefix),
        **linear(f"{prefix}fc.0", WIDTH, WIDTH),
        **linear(f"{prefix}fc.2", WIDTH, 16),
    }


def _moco(folder: Path, reference: Any, state: State) -> Made:
    queue = {"module.queue": tensor("queue", 16, 100), "module.queue_ptr": torch.zeros(1, dtype=torch.int64)}
    content = {"epoch": 200, "arch": "resnet50", "state_dict": {**queue, **state}, "optimizer": {}}
    return saved(content, folder / "moco_800ep.pth.tar", reference)


def _moco3(folder: Path) -> Made:
    base, momentum = _trunk("base"), _trunk("momentum")
    encoders = {
        **state_of(base, "module.base_encoder."),
        **_mlp("module.base_encoder.fc."),
        **state_of(momentum, "module.momentum_encoder."),
        **_mlp("module.momentum_encoder.fc."),
        **linear("module.predictor.0", 16, 32, bias=False),
        **norm("module.predictor.1", 32),
    }
    content = {"epoch": 100, "arch": "resnet50", "state_dict": encoders, "optimizer": {}, "scaler": {}}
    return saved(content, folder / "r-50-100ep.pth.tar", base)


def _mlp(prefix: str) -> State:
    return {
        **linear(f"{prefix}0", WIDTH, 32, bias=False),
        **norm(f"{prefix}1", 32),
        **linear(f"{prefix}3", 32, 16, bias=False),
        **norm(f"{prefix}4", 16, affine=False),
    }


def _swav(folder: Path) -> Made:
    module = _trunk()
    state = {
        **state_of(module, "module."),
        **linear("module.projection_head.0", WIDTH, 32),
        **norm("module.projection_head.1", 32),
        **linear("module.projection_head.3", 32, 16),
        **linear("module.prototypes", 16, 30, bias=False),
    }
    return saved(state, folder / "swav_800ep_pretrain.pth.tar", module)


def _byol(folder: Path) -> Made:
    online, target = network(BOTTLENECK, "online"), network(BOTTLENECK, "target")
    state = {
        **state_of(online, "net."),
        **state_of(online, "online_encoder.net."),
        **linear("online_encoder.projector.0", WIDTH, 16),
        **state_of(target, "target_encoder.net."),
        **linear("target_encoder.projector.0", WIDTH, 16),
        **linear("online_predictor.0", 16, 16),
    }
    return saved(state, folder / "byol.pt", online)


def _simclr(folder: Path) -> Made:
    module = _trunk()
    state = _with_head(module, "backbone.")
    content = {"epoch": 100, "arch": "resnet50", "state_dict": state, "optimizer": optimizer_of(module)}
    return saved(content, folder / "checkpoint_0100.pth.tar", module)


def _barlow(folder: Path) -> Made:
    module = _trunk()
    state = {
        **state_of(module, "module.backbone."),
        **linear("module.projector.0", WIDTH, 32, bias=False),
        **norm("module.projector.1", 32),
        **norm("module.bn", 32, affine=False),
    }
    return saved({"epoch": 1000, "model": state, "optimizer": {}}, folder / "checkpoint.pth", module)


def _vicreg(folder: Path) -> Made:
    module = _trunk()
    state = {**state_of(module, "module.backbone."), **linear("module.projector.0", WIDTH, 32)}
    return saved({"epoch": 999, "model": state, "optimizer": {}}, folder / "resnet50_fullckpt.pth", module)


def _simsiam(folder: Path) -> Made:
    module = _trunk()
    state = {
        **state_of(module, "module.encoder."),
        **_mlp("module.encoder.fc."),
        **linear("module.predictor.0", 16, 8, bias=False),
        **linear("module.predictor.3", 8, 16),
    }
    content = {"epoch": 100, "arch": "resnet50", "state_dict": state, "optimizer": {}}
    return saved(content, folder / "checkpoint_0099.pth.tar", module)


def _vissl(folder: Path) -> Made:
    module = _trunk()
    networks = {"trunk": state_of(module, "_feature_blocks."), "heads": linear("0.clf.0", WIDTH, 1000)}
    content = {
        "phase_idx": 99,
        "iteration": 500,
        "loss": 1.2,
        "classy_state_dict": {
            "train": True,
            "base_model": {"model": networks, "loss": {}},
            "optimizer": {"optim": optimizer_of(module)},
            "random_state": random.getstate(),
        },
    }
    return saved(content, folder / "model_final_checkpoint_phase99.torch", module)


def _mmselfsup(folder: Path) -> Made:
    module = _trunk()
    state = {
        **state_of(module, "backbone."),
        **linear("neck.mlp.0", WIDTH, WIDTH),
        **linear("neck.mlp.2", WIDTH, 16),
        "queue": tensor("queue", 16, 100),
        "queue_ptr": torch.zeros(1, dtype=torch.int64),
    }
    return saved({"meta": {}, "state_dict": state}, folder / "mocov2_resnet50_8xb32.pth", module)


PRETRAINING = (
    Kind(
        name="dino",
        source="DINO, in training",
        layout="`student` and `teacher` with `module.backbone.`, `module.head`; `args`, `dino_loss`",
        write=_dino,
        entry="teacher",
        others=("student",),
        says=("left out 6 entries: head",),
    ),
    Kind(
        name="dino-pretrain",
        source="DINO, published",
        layout="a `state_dict` without a classifier",
        write=_dino_pretrain,
    ),
    Kind(
        name="moco-v1",
        source="MoCo v1",
        layout="`state_dict` with `module.encoder_q.`, `module.encoder_k.`, `module.queue`",
        write=_moco1,
        prefix="module.encoder_q.",
        others=("module.encoder_k.",),
        says=("queue",),
    ),
    Kind(
        name="moco-v2",
        source="MoCo v2",
        layout="the same, with projection heads `fc.0`, `fc.2`",
        write=_moco2,
        prefix="module.encoder_q.",
        others=("module.encoder_k.",),
        says=("queue",),
    ),
    Kind(
        name="moco-v3",
        source="MoCo v3",
        layout="`state_dict` with `module.base_encoder.`, `module.momentum_encoder.`, `module.predictor`",
        write=_moco3,
        prefix="module.base_encoder.",
        others=("module.momentum_encoder.",),
        says=("predictor",),
    ),
    Kind(
        name="swav",
        source="SwAV",
        layout="`module.` beside `projection_head`, `prototypes`",
        write=_swav,
        says=("left out 9 entries: projection_head, prototypes",),
    ),
    Kind(
        name="byol",
        source="BYOL (lucidrains)",
        layout="`net.` and `online_encoder.net.`, which are one network, and `target_encoder.net.`",
        write=_byol,
        prefix="net.",
        others=("target_encoder.net.",),
        says=("left out",),
    ),
    Kind(
        name="simclr",
        source="SimCLR (sthalles)",
        layout="`state_dict` with `backbone.` and a projection head `backbone.fc.0`, `backbone.fc.2`",
        write=_simclr,
        says=("left out 4 entries",),
    ),
    Kind(
        name="simsiam",
        source="SimSiam",
        layout="`state_dict` with `module.encoder.`, a projection head `fc.0` …, `module.predictor`",
        write=_simsiam,
        says=("predictor",),
    ),
    Kind(
        name="barlow-twins",
        source="Barlow Twins",
        layout="`model` with `module.backbone.`, `module.projector`, `module.bn`",
        write=_barlow,
        says=("left out 7 entries: bn, projector",),
    ),
    Kind(
        name="vicreg",
        source="VICReg",
        layout="`model` with `module.backbone.`, `module.projector`",
        write=_vicreg,
        says=("left out 2 entries: projector",),
    ),
    Kind(
        name="vissl",
        source="VISSL",
        layout="`classy_state_dict.base_model.model.trunk` with `_feature_blocks.`",
        write=_vissl,
    ),
    Kind(
        name="mmselfsup",
        source="mmselfsup",
        layout="`state_dict` with `backbone.`, beside `neck`, `queue`",
        write=_mmselfsup,
        says=("neck, queue",),
    ),
)
