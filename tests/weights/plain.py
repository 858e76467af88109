"""Files that torch itself and its ecosystem write: formats, prefixes, compiled and pruned networks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.optim.swa_utils import AveragedModel

from .kinds import Kind, Made
from .networks import BASIC, BOTTLENECK, State, network, state_of, without_counters


def saved(content: Any, path: Path, reference: nn.Module | None = None, **options: Any) -> Made:
    """A file by `torch.save`."""
    torch.save(content, path, **options)
    return Made(path, reference)


def _bare(name: str, **options: Any) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        module = network(BASIC)
        return saved(module.state_dict(), folder / name, module, **options)

    return write


def _legacy(folder: Path) -> Made:
    module = network(BASIC)
    state = without_counters(state_of(module))
    return saved(state, folder / "resnet18-5c106cde.pth", module, _use_new_zipfile_serialization=False)


def _safetensors(folder: Path) -> Made:
    module = network(BOTTLENECK)
    save_file(state_of(module), folder / "model.safetensors")
    return Made(folder / "model.safetensors", module)


def _half(folder: Path) -> Made:
    module = network(BOTTLENECK).bfloat16()
    save_file(state_of(module), folder / "model.safetensors")
    return Made(folder / "model.safetensors", module.float())


def _channels_last_of(value: Tensor) -> Tensor:
    return value.contiguous(memory_format=torch.channels_last) if value.dim() == 4 else value


def _channels_last(folder: Path) -> Made:
    module = network(BOTTLENECK)
    rearranged = {name: _channels_last_of(value) for name, value in state_of(module).items()}
    return saved(rearranged, folder / "model.pt", module)


SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


def write_shards(state: State, folder: Path) -> Path:
    """Safetensors in two shards; returns their index."""
    names = list(state)
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    for file, half in zip(SHARDS, halves, strict=True):
        save_file({name: state[name] for name in half}, folder / file, metadata={"format": "pt"})
    index = folder / "model.safetensors.index.json"
    places = {name: file for file, half in zip(SHARDS, halves, strict=True) for name in half}
    index.write_text(json.dumps({"metadata": {"total_size": 0}, "weight_map": places}))
    return index


def _shards(folder: Path) -> Made:
    module = network(BASIC)
    return Made(write_shards(state_of(module), folder), module)


def _prefixed(prefix: str) -> Callable[[Path], Made]:
    def write(folder: Path) -> Made:
        module = network(BASIC)
        return saved(state_of(module, prefix), folder / "checkpoint.pt", module)

    return write


def _data_parallel(folder: Path) -> Made:
    module = network(BASIC)
    return saved(nn.DataParallel(module).state_dict(), folder / "parallel.pth", module)


def _compiled(folder: Path) -> Made:
    module = network(BASIC)
    compiled: Any = torch.compile(module)
    return saved(compiled.state_dict(), folder / "compiled.pt", module)


def _averaged(folder: Path) -> Made:
    module = network(BASIC)
    averaged = AveragedModel(module)
    averaged.update_parameters(module)
    return saved(averaged.state_dict(), folder / "swa.pt", module)


def _whole(folder: Path) -> Made:
    module = network(BASIC)
    return saved(module, folder / "model.pt", module)


def _whole_parallel(folder: Path) -> Made:
    module = network(BASIC)
    return saved({"model": nn.DataParallel(module), "epoch": 9}, folder / "model.pth", module)


def _scripted(folder: Path) -> Made:
    module = network(BASIC)
    traced = torch.jit.trace(module, torch.zeros(1, 3, 64, 64))  # type: ignore[no-untyped-call]
    torch.jit.save(traced, folder / "model.pt")
    return Made(folder / "model.pt", module)


def _pruned(folder: Path) -> Made:
    module = network(BOTTLENECK)
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.Linear):
            prune.l1_unstructured(part, "weight", amount=0.3)  # type: ignore[no-untyped-call]
    return saved(module.state_dict(), folder / "pruned.pth", module)


def _nested(folder: Path) -> Made:
    module = network(BASIC)
    content = {"weights": {"model_state_dict": state_of(module, "module.model.")}, "step": 3}
    return saved(content, folder / "last.ckpt", module)


PLAIN = (
    Kind(name="state-dict", source="torch", layout="a `state_dict`", write=_bare("resnet.pth"), needs=("torch",)),
    Kind(
        name="other-ending",
        source="torch",
        layout="the same, with any ending",
        write=_bare("resnet.PTH"),
        needs=("torch",),
    ),
    Kind(
        name="no-ending",
        source="torch, the Hub's caches",
        layout="the same, without an ending",
        write=_bare("3f1c9"),
        needs=("torch",),
    ),
    Kind(
        name="legacy",
        source="torch before 1.6",
        layout="a pickle, not a zip, without counters",
        write=_legacy,
        needs=("torch",),
    ),
    Kind(
        name="safetensors",
        source="safetensors",
        layout="`model.safetensors`",
        write=_safetensors,
        needs=("safetensors",),
    ),
    Kind(name="bfloat16", source="safetensors", layout="the same in bfloat16", write=_half, needs=("safetensors",)),
    Kind(
        name="sharded",
        source="safetensors, sharded",
        layout="`model.safetensors.index.json` beside `model-00001-of-00002.safetensors`, …",
        write=_shards,
    ),
    Kind(
        name="channels-last",
        source="torch",
        layout="a `state_dict` in `torch.channels_last`",
        write=_channels_last,
        needs=("torch",),
    ),
    Kind(
        name="data-parallel",
        source="torch `DataParallel`, DDP",
        layout="`module.`",
        write=_data_parallel,
        needs=("torch",),
    ),
    Kind(name="compiled", source="`torch.compile`", layout="`_orig_mod.`", write=_compiled, needs=("torch",)),
    Kind(
        name="compiled-parallel",
        source="`torch.compile` of DDP",
        layout="`_orig_mod.module.`",
        write=_prefixed("_orig_mod.module."),
    ),
    Kind(
        name="parallel-compiled",
        source="DDP of `torch.compile`",
        layout="`module._orig_mod.`",
        write=_prefixed("module._orig_mod."),
    ),
    Kind(
        name="fsdp",
        source="torch FSDP with checkpointed activations",
        layout="`_fsdp_wrapped_module._checkpoint_wrapped_module.`",
        write=_prefixed("_fsdp_wrapped_module._checkpoint_wrapped_module."),
    ),
    Kind(
        name="averaged",
        source="torch `AveragedModel`",
        layout="`module.`, `n_averaged`",
        write=_averaged,
        needs=("torch",),
    ),
    Kind(
        name="whole-module",
        source="`torch.save(model)`",
        layout="a pickled module",
        write=_whole,
        needs=("torch",),
    ),
    Kind(
        name="whole-parallel",
        source="`torch.save({'model': DataParallel(model)})`",
        layout="a pickled module in a mapping",
        write=_whole_parallel,
        needs=("torch",),
    ),
    Kind(
        name="traced",
        source="`torch.jit.trace`",
        layout="a TorchScript archive",
        write=_scripted,
        needs=("torch",),
    ),
    Kind(
        name="pruned",
        source="`torch.nn.utils.prune`",
        layout="`weight_orig`, `weight_mask`",
        write=_pruned,
        needs=("torch",),
    ),
    Kind(
        name="nested",
        source="training scripts",
        layout="wrappers in wrappers: `weights.model_state_dict`, `module.model.`",
        write=_nested,
    ),
)
