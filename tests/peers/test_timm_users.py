"""A built network beside timm's own: the same to all of timm that takes a network."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import resnet_dsl
from tests.peers import hashfill
from tests.peers.comparison import Theirs, close
from tests.peers.libraries import require_libraries
from tests.test_docs import ROOT

require_libraries(whole_module=True)
timm = pytest.importorskip("timm", reason="timm is not installed")
timm_data = pytest.importorskip("timm.data", reason="timm is not installed")
timm_optim = pytest.importorskip("timm.optim", reason="timm is not installed")

pytestmark = pytest.mark.slow

SAME = ("resnet18", "resnet26d", "resnet26t", "resnetblur18", "seresnext26d_32x4d", "ecaresnet26t", "resnetv2_18")
NETWORKS = (
    *(*SAME, "resnetv2_50", "resnetv2_50d_gn", "regnetx_002", "regnety_002", "regnetv_040", "gernet_s"),
    *("resnext26ts", "resnet50_clip", "resnet50_clip_gap", "skresnet18", "resnest14d"),
)

MERGED = "gernet_s"
"""timm has one feature map for its last two stages, after the head's convolution."""
TRAINED_ON_256 = ("resnet26t", "ecaresnet26t", "resnext26ts")
"""timm's weights of these were; a spec says 224, as the others do."""


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """With our entry in timm's registry, and without drawing weights that the tests replace."""
    import resnet_dsl.integrations.timm  # noqa: F401

    for function in ("kaiming_normal_", "kaiming_uniform_", "normal_"):
        monkeypatch.setattr(nn.init, function, lambda tensor, *_, **__: tensor)


def pair(name: str) -> tuple[Any, Any]:
    """Our network and timm's, with the same weights, in float64."""
    sized = {"img_size": 64} if name.endswith("_clip") else {}
    theirs = Theirs(timm.model_entrypoint(name).__module__, timm.create_model(name, **sized).double())
    hashfill.fill(theirs.module)
    size = {"input.size": 64} if sized else {}
    ours = resnet_dsl.build(name, dtype="float64", overrides=size)
    ours.load_state_dict(theirs.state)
    return ours.eval(), theirs.module.eval()


@pytest.mark.parametrize("name", NETWORKS)
def test_parts_of_the_forward_pass_are_timms(name: str) -> None:
    """Features, what the classifier takes, and feature maps, with all of timm's arguments."""
    ours, theirs = pair(name)
    x = hashfill.probe(3, 64, 64)
    more = {"exclude_final_conv": True} if hasattr(theirs, "stage_ends") else {}  # it belongs to no stage here
    with torch.no_grad():
        features, expected = ours.forward_features(x), theirs.forward_features(x)
        assert close(features, expected)
        assert close(ours.forward_head(features), theirs.forward_head(expected).reshape(len(x), -1))
        hidden = theirs.forward_head(expected, pre_logits=True)
        assert close(ours.forward_head(features, pre_logits=True), hidden.flatten(1))
        chosen: tuple[Any, ...] = ({}, {"indices": 2, "norm": True}, {"indices": [1, 3], "stop_early": True})
        for arguments in ({"indices": [-1]}, *(chosen if name != MERGED else ())):
            last, maps = ours.forward_intermediates(x, **arguments)
            their_last, their_maps = theirs.forward_intermediates(x, **arguments, **more)
            assert close(last, their_last)
            assert all(close(one, other) for one, other in zip(maps, their_maps, strict=True))
            only = ours.forward_intermediates(x, **arguments, intermediates_only=True)
            assert all(torch.equal(one, other) for one, other in zip(only, maps, strict=True))


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_said_of_a_network_is_what_timm_says(name: str) -> None:
    """Sizes, feature maps, parameters in the groups of layer decay, and the size of its images."""
    with torch.device("meta"):
        theirs = timm.create_model(name)
    ours: Any = resnet_dsl.build(name, device="meta")
    for attribute in ("num_classes", "num_features", "head_hidden_size", "in_chans"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    last = -1 if ours.num_features != ours.inplanes else None  # timm counts a head's convolution as a feature map
    if name != MERGED:
        keys = ("num_chs", "reduction")
        found = [[{key: info[key] for key in keys} for info in each.feature_info] for each in (ours, theirs)]
        assert found[0][:last] == found[1][:last]
    groups = [timm_optim.param_groups_layer_decay(each, layer_decay=0.5) for each in (ours, theirs)]
    assert sizes(groups[0]) == sizes(groups[1])
    configs = [timm_data.resolve_data_config({}, model=each) for each in (ours, theirs)]
    if name not in TRAINED_ON_256:
        assert configs[0]["input_size"] == configs[1]["input_size"]


def sizes(groups: list[Any]) -> list[Any]:
    """What an optimizer does to how many parameters."""
    counts = [sum(each.numel() for each in group["params"]) for group in groups]
    return sorted((group["lr_scale"], group["weight_decay"], n) for group, n in zip(groups, counts, strict=True))


@pytest.mark.parametrize("name", SAME)
def test_feature_modules_are_timms(name: str) -> None:
    """The module of each feature map, so that hooks find it, and the same pattern for the same parameters."""
    with torch.device("meta"):
        theirs = timm.create_model(name)
    ours: Any = resnet_dsl.build(name, device="meta")
    if name != "resnetv2_18":
        assert ours.feature_info == theirs.feature_info


def test_cifar_networks_get_small_images() -> None:
    """32 pixels, uncropped."""
    net = timm.create_model("resnet_dsl", spec="resnet20", device="meta")
    config = timm_data.resolve_data_config({}, model=net)
    assert config["input_size"] == (3, 32, 32)
    assert config["crop_pct"] == 1.0


def test_the_example_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`docs/integrations.md` shows this."""
    (tmp_path / "my.yaml").write_text("{name: my, extends: resnet20}")
    monkeypatch.chdir(tmp_path)
    import timm

    import resnet_dsl.integrations.timm

    net = timm.create_model("resnet_dsl", spec="my.yaml", num_classes=10, drop_path_rate=0.1)
    assert net.spec == resnet_dsl.load("my.yaml", overrides={"drop_path": 0.1})


def test_timm_creates_the_network_of_a_spec(tmp_path: Path) -> None:
    """From a file, with timm's arguments in place of its values, and a checkpoint as timm saves it."""
    path = tmp_path / "mine.yaml"
    path.write_text("{name: mine, extends: resnet20, head: {dropout: 0.25}}")
    net = timm.create_model("resnet_dsl", spec=path, num_classes=7, in_chans=1, drop_rate=0.0, drop_path_rate=0.1)
    assert (net.num_classes, net.in_chans, net.dropout.p) == (7, 1, 0.25)
    assert net.spec.drop_path == 0.1
    assert net.pretrained_cfg["architecture"] == "resnet_dsl"
    torch.save({"state_dict": net.state_dict()}, tmp_path / "checkpoint.pth")
    arguments = {"spec": path, "num_classes": 7, "in_chans": 1}
    again = timm.create_model("resnet_dsl", checkpoint_path=tmp_path / "checkpoint.pth", **arguments)
    assert all(torch.equal(value, net.state_dict()[key]) for key, value in again.state_dict().items())
    overlay = {"file": str(tmp_path / "checkpoint.pth"), "mean": (0.5,), "num_classes": -1}
    arguments["num_classes"] = 3
    tuned = timm.create_model("resnet_dsl", pretrained=True, pretrained_cfg_overlay=overlay, **arguments)
    assert torch.equal(tuned.conv1.weight, net.conv1.weight)
    assert tuned.fc.out_features == 3
    assert timm_data.resolve_data_config({}, model=tuned)["mean"] == (0.5,)
    assert "resnet_dsl" in timm.list_models("resnet_dsl")


THREE_LINES = """\
name: three
block: {type: basic}
stages: {depths: [1, 1, 1], widths: [32, 64, 64]}
"""
SETTINGS: list[tuple[str, Any, dict[str, Any], Callable[[Any], Any]]] = [
    ("num_classes", 7, {"head.classes": 7}, lambda net: net.fc.out_features),
    ("in_chans", 1, {"input.channels": 1}, lambda net: net.conv1.in_channels),
    ("img_size", 48, {"input.size": 48}, lambda net: net.pretrained_cfg["input_size"][1]),
    ("img_size", (64, 96), {"input.size": [64, 96]}, lambda net: net.pretrained_cfg["input_size"][1:]),
    ("global_pool", "max", {"head.pool": "max"}, lambda net: "max" if has(net, nn.AdaptiveMaxPool2d) else None),
    ("drop_rate", 0.3, {"head.dropout": 0.3}, lambda net: net.dropout.p),
    ("drop_path_rate", 0.1, {"drop_path": 0.1}, lambda net: max(probabilities(net))),
    ("output_stride", 8, {"stages.output_stride": 8}, lambda net: net.feature_info[-1]["reduction"]),
    ("bn_momentum", 0.2, {"norm": {"type": "batch", "momentum": 0.2}}, lambda net: net.bn1.momentum),
    ("bn_eps", 0.01, {"norm": {"type": "batch", "eps": 0.01}}, lambda net: net.bn1.eps),
]
"""timm's argument, a value, the overrides that say the same, and what a network has of it."""


def probabilities(net: nn.Module) -> list[Any]:
    """Of dropping the residual branches."""
    return [module.p for name, module in net.named_modules() if name.endswith(".drop_path")]


def has(net: nn.Module, kind: type[nn.Module]) -> bool:
    return any(isinstance(module, kind) for module in net.modules())


@pytest.mark.parametrize(("name", "value", "overrides", "found"), SETTINGS)
@pytest.mark.parametrize("spec", ["resnet18", "three.yaml"])
def test_timms_arguments_change_the_network(
    spec: str, name: str, value: Any, overrides: Any, found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the spec says of them itself, or leaves out."""
    (tmp_path / "three.yaml").write_text(THREE_LINES)
    monkeypatch.chdir(tmp_path)
    net = timm.create_model("resnet_dsl", spec=spec, device="meta", **{name: value})
    same = resnet_dsl.build(spec, overrides=overrides, device="meta")
    assert found(net) == value
    assert net.spec == same.spec
    assert repr(net) == repr(same)


def test_every_argument_is_tried() -> None:
    """Those that a refusal of another one lists, and the page."""
    with pytest.raises(TypeError) as caught:
        timm.create_model("resnet_dsl", spec="resnet20", drop_block_rate=0.1)
    names = {name for name, *_ in SETTINGS}
    assert set(str(caught.value).rpartition(" is ")[2].split(", ")) == names
    (sentence,) = re.findall(r"^`num_classes`[^.]*", (ROOT / "docs" / "integrations.md").read_text("utf-8"), re.M)
    assert set(re.findall(r"`(\w+)`", sentence)) == names


def test_settings_of_batch_norms_reach_group_norms() -> None:
    """As far as they have them: eps, but no momentum."""
    net = timm.create_model("resnet_dsl", spec="resnetv2_50d_gn", bn_eps=0.01, device="meta")
    assert {module.eps for module in net.modules() if isinstance(module, nn.GroupNorm)} == {0.01}
    with pytest.raises(resnet_dsl.SpecError, match=r"`norm\.momentum` has no effect here"):
        timm.create_model("resnet_dsl", spec="resnetv2_50d_gn", bn_momentum=0.2, device="meta")


def test_timm_creates_a_feature_extractor() -> None:
    """With timm's own description of the feature maps."""
    net = timm.create_model("resnet_dsl", spec="resnet18", features_only=True, out_indices=(1, -1), in_chans=4)
    theirs = timm.create_model("resnet18", features_only=True, out_indices=(1, 4), in_chans=4)
    hashfill.fill(theirs)
    assert net.feature_info.channels() == theirs.feature_info.channels() == [64, 512]
    assert net.feature_info.get_dicts() == theirs.feature_info.get_dicts()
    assert net.pretrained_cfg.keys() & {"num_classes", "classifier"} == set()
    net.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 4, 64, 64)
    assert all(torch.allclose(*each) for each in zip(net.eval()(x), theirs.eval()(x), strict=True))


@pytest.mark.parametrize(
    ("name", "options"),
    [("resnet18", {}), ("resnet26d", {"output_stride": 8}), ("seresnext26d_32x4d", {})],
)
def test_features_are_those_of_timms_features_only(name: str, options: dict[str, int]) -> None:
    """The same names of weights, the same maps bit for bit, the same channels and reductions."""
    indices = [0, 2, 3, 4]
    theirs = timm.create_model(name, features_only=True, out_indices=indices, **options).eval()
    overrides = {f"stages.{key}": value for key, value in options.items()}
    ours: Any = resnet_dsl.build(name, features=indices, overrides=overrides).eval()
    hashfill.fill(ours)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict(), strict=True)
    x = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert all(torch.equal(one, other) for one, other in zip(ours(x), theirs(x), strict=True))
    assert ours.feature_info.channels() == theirs.feature_info.channels()
    assert ours.feature_info.reduction() == theirs.feature_info.reduction()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, TypeError, "needs `spec=`"),
        ({"spec": "resnet20", "drop_block_rate": 0.1}, TypeError, "no spec has `drop_block_rate`"),
        ({"spec": "resnet20", "pretrained": True}, ValueError, "a spec has no pretrained weights"),
        ({"spec": "resnet20", "pretrained_cfg": "a1_in1k"}, TypeError, "no pretrained weights with a tag"),
        ({"spec": "resnet20", "global_pool": "mean"}, resnet_dsl.SpecError, "`head.pool` must be"),
        (
            {"spec": "resnet20", "img_size": (48, 48, 3)},
            resnet_dsl.SpecError,
            "`input.size` must be a list of 2 values",
        ),
        ({"spec": "missing"}, resnet_dsl.EnvironmentFault, "missing"),
    ],
)
def test_what_no_spec_can_have_is_refused(arguments: Any, error: type[Exception], message: str) -> None:
    """In words that say what to do."""
    with pytest.raises(error, match=message):
        timm.create_model("resnet_dsl", **arguments)


def test_timms_feature_wrappers_take_a_built_network() -> None:
    """The ones that call modules in order, hook them, and ask for intermediates."""
    net = resnet_dsl.build("resnet18", seed=0).eval()
    x = torch.randn(1, 3, 64, 64)
    expected = net.forward_intermediates(x, intermediates_only=True)  # type: ignore[operator]
    wrappers: Any = pytest.importorskip("timm.models._features", reason="timm is not installed")
    for wrapper in (wrappers.FeatureGetterNet, wrappers.FeatureListNet, wrappers.FeatureHookNet):
        found = wrapper(resnet_dsl.build("resnet18", seed=0).eval(), out_indices=(0, 1, 2, 3, 4))(x)
        assert all(torch.allclose(*each) for each in zip(found, expected, strict=True)), wrapper


def test_torchvision_detectors_take_a_built_network() -> None:
    """A pyramid is put on its stages, whose widths follow from `inplanes`."""
    utilities: Any = pytest.importorskip("torchvision.models.detection.backbone_utils", reason="not installed")
    backbone = utilities._resnet_fpn_extractor(resnet_dsl.build("resnet50", device="meta"), trainable_layers=3)
    found = backbone(torch.zeros(1, 3, 64, 64, device="meta"))
    assert [tuple(each.shape) for each in found.values()][:4] == [(1, 256, size, size) for size in (16, 8, 4, 2)]
