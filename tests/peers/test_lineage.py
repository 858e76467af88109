"""The bundled networks of timm's and torchvision's other modules than `resnet.py`, compared with the libraries'.

Each has the library's name. The library's module is filled by name and saved by the library; we build the bundled
network with these weights, and the one that `infer` finds in them.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import resnet_dsl
from resnet_dsl.checkpoints.dialects import ranked
from tests.helpers import MODERATE, SEARCHES, load, lower
from tests.peers import hashfill
from tests.peers.comparison import Theirs, compare_training, differing, outputs_and_cost, shapes
from tests.peers.libraries import require_libraries
from tests.test_lineage import TIMM, TORCHVISION

require_libraries(whole_module=True)
timm = pytest.importorskip("timm")
torchvision_models = pytest.importorskip("torchvision.models")

pytestmark = pytest.mark.slow

RECORDED = TIMM | TORCHVISION

BEYOND = "regnetz|repvgg|mobileone|51q|61q|bat_|_mlp|test_|_evos|_frn"
"""What the names of entry points have whose networks no spec can say."""

LARGE = 130_000_000 if SEARCHES else MODERATE
"""Networks with more parameters are not computed: BiT's wide ones take gigabytes in float64."""

SIZE = 64
"""Height and width of the images."""

GROUPS_OF_16 = {"type": "group", "group_width": 16}
NOT_SHOWN: Mapping[str, dict[str, Any]] = {
    "gcresnet50t": {"activation": "relu"},
    "gernet_s": {"stages.strides": [2, 2, 2, 2, 1]},
    "regnety_040_sgn": {"activation": "silu", "attention.activation": "silu", "norm": GROUPS_OF_16},
}
"""What neither names nor shapes reveal, and the library's other networks have otherwise."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Skip random initialisation, since each test replaces the weights, and use one thread."""
    for function in ("kaiming_normal_", "kaiming_uniform_", "normal_"):
        monkeypatch.setattr(nn.init, function, lambda tensor, *_, **__: tensor)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def theirs(name: str, **arguments: Any) -> Theirs:
    """The library's network, without weights."""
    if name in TORCHVISION:
        return Theirs("torchvision.models.regnet", getattr(torchvision_models, name)(**arguments).to("meta"))
    with torch.device("meta"):
        return Theirs(timm.model_entrypoint(name).__module__, timm.create_model(name, **arguments))


def filled(name: str, **arguments: Any) -> Theirs:
    """The library's network for small images, with weights."""
    sized = {"img_size": SIZE} if name.endswith("_clip") else {}
    found = theirs(name, **sized, **arguments)
    hashfill.fill_from_table(found.module.to_empty(device="cpu"))
    return Theirs(found.library, found.module)


def test_every_entry_point_within_the_language_is_bundled() -> None:
    """All of these modules but for those of other blocks, norms and heads."""
    modules = ("regnet", "resnetv2", "byobnet", "res2net", "resnest", "sknet", "senet")
    found = {name for module in modules for name in timm.list_models(module=module) if not re.search(BEYOND, name)}
    pruned = {name for name in timm.list_models(module="resnet") if name.endswith("_pruned")}
    assert {*TIMM} == found | pruned
    models = torchvision_models.list_models(module=torchvision_models)
    regnets = {name for name in models if getattr(torchvision_models, name).__module__ == "torchvision.models.regnet"}
    assert {*TORCHVISION} == regnets


@pytest.mark.parametrize("name", RECORDED)
def test_names_shapes_parameters_and_costs_are_the_librarys(name: str) -> None:
    """Its dialect is recognised, has its names and reads them back; parameters and costs are those that we expect."""
    graph, expected, found = lower(name), load(name).expect, theirs(name)
    assert differing(dict(graph.state), shapes(found.state)) == {}
    state = shapes(found.module.state_dict())
    dialect, *_ = ranked([*state])
    written = dialect.write(graph.state)
    assert {entry: standard for standard, entry in written.items()} == found.names == dialect.read(state)
    assert {written[entry]: dialect.to_theirs(entry, shape).shape for entry, shape in graph.state.items()} == state
    assert expected.params == graph.parameters == sum(each.numel() for each in found.module.parameters())
    image = torch.empty(1, *graph.input_shape, device="meta")
    assert expected.macs == graph.macs == outputs_and_cost(found.module, image)[1]


@pytest.mark.parametrize("name", [name for name in RECORDED if RECORDED[name]["params"] <= LARGE])
def test_weights_that_the_library_saved_give_its_outputs(name: str, tmp_path: Path) -> None:
    """In the bundled network, to a relative 1e-9 in float64; the one that is inferred from them is the same."""
    found, spec, size = filled(name).module, load(name), {"input.size": SIZE}
    file = tmp_path / ("weights.pt" if name in TORCHVISION else "weights.safetensors")
    (torch.save if name in TORCHVISION else save_file)(found.state_dict(), file)
    graph = lower(load(name, overrides=size))
    ours = resnet_dsl.build(name, weights=file, dtype="float64", overrides=size)
    images = hashfill.probe(3, SIZE, SIZE)[:1]
    with torch.inference_mode():
        torch.testing.assert_close(ours.eval()(images), found.double().eval()(images), rtol=1e-9, atol=0)
    never_shown = {"head.dropout": spec.head.dropout, "init.zero_residual": spec.init.zero_residual}
    inferred = load(resnet_dsl.Text(resnet_dsl.infer(file)), overrides=never_shown | NOT_SHOWN.get(name, {}))
    assert lower(load(inferred, overrides=size)).nodes == graph.nodes
    file.unlink()


DROPPED = ({"drop_rate": 0.3, "drop_path_rate": 0.2}, {"head.dropout": 0.3, "drop_path": 0.2})
ONLY_FEATURES = ({"drop_rate": 0.3}, {"head.dropout": 0.3})
ONLY_PATHS = ({"drop_path_rate": 0.2}, {"drop_path": 0.2})
"""What is dropped in training, by timm's arguments and by our keys."""

TRAINED = {
    "regnetx_002 regnetx_004_tv regnety_002 regnety_008_tv regnetv_040 regnetv_064": DROPPED,
    "resnetv2_18 resnetv2_50d resnetv2_50d_gn resnetv2_50x1_bit resnetv2_101x1_bit": DROPPED,
    "resnet33ts resnext26ts seresnet33ts seresnext26ts eca_resnet33ts eca_resnext26ts": DROPPED,
    "gcresnet33ts gcresnext26ts gernet_s gernet_m resnet50_clip_gap res2net50_48w_2s": DROPPED,
    "res2next50 skresnet18 skresnet50d ecaresnet50d_pruned ecaresnet101d_pruned": DROPPED,
    "resnet50_clip resnet101_clip": ONLY_PATHS,  # timm drops features of all tokens, of which we have one
    "resnest14d resnest50d_1s4x24d": ONLY_FEATURES,  # timm drops the shortcut's path
    "legacy_seresnet18 legacy_seresnet50": ONLY_FEATURES,
    "regnet_x_400mf regnet_y_400mf": ({}, {}),
}
"""Two of each family."""


@pytest.mark.parametrize(
    ("name", "dropped"),
    [pytest.param(name, dropped, id=name) for names, dropped in TRAINED.items() for name in names.split()],
)
def test_training_is_the_librarys(name: str, dropped: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The same outputs, with the same features and samples dropped, running statistics and gradients."""
    arguments, overrides = dropped
    found = filled(name, **arguments)
    ours = resnet_dsl.build(name, dtype="float64", overrides=overrides | {"input.size": SIZE})
    found.module.double()
    ours.load_state_dict(found.state)
    compare_training(ours, found, hashfill.probe(3, SIZE, SIZE))
