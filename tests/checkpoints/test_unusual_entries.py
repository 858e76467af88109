"""Files whose entries are not what they seem: bare storages, names twice, keys of storages twice."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import resnet_dsl
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.weights.opening import open_weights
from tests.cli.conftest import SMALL

DEEP = {
    "name": "deep",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "basic"},
    "stages": {"depths": [1, 1], "widths": [8, 16]},
}


def state(value: float = 0.0, prefix: str = "") -> dict[str, Tensor]:
    found = resnet_dsl.build(resnet_dsl.loads(SMALL)).state_dict()
    return {prefix + name: torch.full_like(each, value) for name, each in found.items()}


@pytest.mark.parametrize("beside", [True, False])
def test_a_storage_that_is_no_tensor_is_passed_over(tmp_path: Path, beside: bool) -> None:
    """As anything else is that is no tensor."""
    file = tmp_path / "w.pt"
    storage: Any = torch.zeros(3).untyped_storage()
    torch.save({**(state() if beside else {}), "buffer": storage}, file)
    if beside:
        assert resnet_dsl.infer(file)
    else:
        with pytest.raises(EnvironmentFault, match="RD504"):
            resnet_dsl.infer(file)


def test_networks_in_two_shards_are_two(tmp_path: Path) -> None:
    """Student and teacher are never chosen between in silence, although each shard numbers its storages from 0."""
    names = [f"pytorch_model-{number:05}-of-00002.bin" for number in (1, 2)]
    parts = [state(1, "student."), state(2, "teacher.")]
    for name, part in zip(names, parts, strict=True):
        torch.save(part, tmp_path / name)
    places = {entry: name for name, part in zip(names, parts, strict=True) for entry in part}
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    with pytest.raises(EnvironmentFault, match="RD515"):
        open_weights(index)


def test_two_entries_of_one_layer_are_refused() -> None:
    """A file in another library's names that also has one of ours: neither is dropped in silence."""
    own = resnet_dsl.build(DEEP).state_dict()
    theirs = {name.replace("downsample", "shortcut").replace("fc.", "linear."): each for name, each in own.items()}
    twice = "layer2.0.downsample.0.weight"
    with pytest.raises(EnvironmentFault):
        resnet_dsl.build(DEEP, weights={**theirs, twice: torch.full_like(own[twice], 7)})


def test_placeholders_in_placeholders_end(tmp_path: Path) -> None:
    """However deep: thousands of objects, each the state of the next, hold no network."""
    (tmp_path / "w.pt").write_bytes(b"\x80\x02" + b"ca\nb\n)R" * 5_000 + b"b" * 4_999 + b".")
    with pytest.raises(EnvironmentFault, match="RD504"):
        open_weights(tmp_path / "w.pt")
