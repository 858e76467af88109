"""Tables of names compared with the `state_dict` of timm's modules that have other names than ours."""

from typing import Any

import pytest
import torch

from resnet_dsl.checkpoints.dialects import DIALECTS, ranked
from tests.helpers import lower
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
timm = pytest.importorskip("timm")

BY_NAME = {dialect.name: dialect for dialect in DIALECTS}

DEEP: dict[str, Any] = {"stem": {"channels": [32, 32, 64], "kernel": 3}, "shortcut": {"pool": "avg"}}
FIFTY: dict[str, Any] = {"block": {"type": "bottleneck"}, "stages": {"depths": [3, 4, 6, 3]}}
SENET154: dict[str, Any] = {
    "stem": {"channels": [64, 64, 128], "kernel": 3},
    "block": {"type": "bottleneck", "groups": 64, "width_per_group": 4, "reduce_first": 2},
    "shortcut": {"kernel": 3},
    "attention": "se",
    "stages": {"depths": [3, 8, 36, 3]},
}

NETWORKS: list[tuple[str, str, Any]] = [
    (
        "resnetv2",
        "resnetv2_18",
        {"block": {"type": "basic", "preactivation": True}, "stages": {"depths": [2, 2, 2, 2]}},
    ),
    ("resnetv2", "resnetv2_50", FIFTY | {"block": {"type": "bottleneck", "preactivation": True}}),
    ("resnetv2", "resnetv2_50d", FIFTY | DEEP | {"block": {"type": "bottleneck", "preactivation": True}}),
    (
        "resnetv2",
        "resnetv2_50d_gn",
        FIFTY | DEEP | {"block": {"type": "bottleneck", "preactivation": True}, "norm": "group"},
    ),
    ("senet", "legacy_seresnet50", FIFTY | {"attention": "se"}),
    ("senet", "legacy_seresnext50_32x4d", "seresnext50_32x4d"),
    ("senet", "legacy_senet154", SENET154),
]


@pytest.mark.parametrize(("dialect", "name", "spec"), NETWORKS, ids=[name for _, name, _ in NETWORKS])
def test_names_and_shapes_are_timms(dialect: str, name: str, spec: Any) -> None:
    """Every one of them; the dialect is recognised, and read back to our names."""
    with torch.device("meta"):
        theirs = {key: tuple(value.shape) for key, value in timm.create_model(name).state_dict().items()}
    state = lower(spec if isinstance(spec, str) else {"name": name} | spec).state
    table = BY_NAME[dialect]
    written = table.write(state)
    assert {written[key]: table.to_theirs(key, shape).shape for key, shape in state.items()} == theirs
    first, *_ = ranked([*theirs])
    assert first is table
    assert first.read(theirs) == {value: key for key, value in written.items()}
