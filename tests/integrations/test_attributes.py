"""The attributes and methods that users of timm's and torchvision's networks expect of a built one."""

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
import torch

import resnet_dsl
from resnet_dsl.analysis.anatomy import Anatomy, anatomy, chain, chosen_features, overwritten
from resnet_dsl.graph.features import select_features
from resnet_dsl.language.document.bundled import bundled_specs
from tests.helpers import lower

KINDS = (
    *("resnet18", "resnet20", "plain20", "akamaster_resnet20", "legacy_seresnet18", "resnetblur18"),
    *("resnetv2_50x1_bit", "resnetv2_50d_gn", "kuangliu_preactresnet18", "wide_resnet16_8"),
    *("regnetx_002", "regnetv_040", "gernet_s", "resnext26ts", "resnet50_clip", "resnet50_clip_gap", "skresnet18"),
)
"""Networks of every kind of stem, neck and head."""

OVERWRITING = {
    "name": "overwriting",
    "input": {"size": 16},
    "stem": {"channels": 8, "kernel": 3, "stride": 1, "pool": "none"},
    "norm": "none",
    "activation": "leaky_relu",
    "block": {"type": "basic", "preactivation": True},
    "stages": {"depths": [2, 2], "widths": [8, 16]},
    "head": {"classes": 5},
}
"""A network whose activations overwrite what blocks output, or take in."""


@pytest.mark.parametrize("name", bundled_specs())
def test_every_bundled_network_is_a_chain_with_feature_maps_a_neck_and_a_head(name: str) -> None:
    """The calls of the root follow one another, and each feature map is between two of them."""
    graph = lower(name)
    parts, calls = anatomy(graph), chain(graph)
    assert parts is not None
    assert [call.inputs for call in calls] == [(graph.nodes[0].name,), *((call.output.name,) for call in calls[:-1])]
    assert [calls[tap - 1].output.name for tap in parts.taps] == [feature.node for feature in graph.features]
    assert calls[parts.neck_end - 1].output.shape == parts.map_shape
    assert calls[parts.neck_end].called == (parts.pool,)
    assert parts.taps[0] <= parts.stem_end < parts.taps[-1] <= parts.norm_end <= parts.neck_end
    assert parts.classes == (graph.output_shape[0] if graph.classifier else 0)
    assert graph.head[-1].name == (parts.classifier if parts.classes else graph.head[-1].name)


ANATOMIES = {
    "resnet18": Anatomy(
        input_shape=(3, 224, 224),
        takes_one_size=False,
        first_convolution="conv1",
        features=lower("resnet18").features,
        taps=(3, 5, 6, 7, 8),
        overwritten=(False,) * 5,
        stem=("conv1", "bn1", "act1", "maxpool"),
        stem_end=4,
        norm_end=8,
        neck=(),
        neck_end=8,
        map_shape=(512, 7, 7),
        pool="avgpool",
        pooling="avg",
        dropout=None,
        classifier="fc",
        classes=1000,
        pooled_features=512,
    ),
    "resnetv2_50x1_bit": Anatomy(
        input_shape=(3, 224, 224),
        takes_one_size=False,
        first_convolution="conv1",
        features=lower("resnetv2_50x1_bit").features,
        taps=(1, 3, 4, 5, 6),
        overwritten=(False,) * 5,
        stem=("conv1", "maxpool"),
        stem_end=2,
        norm_end=8,
        neck=("norm", "act"),
        neck_end=8,
        map_shape=(2048, 7, 7),
        pool="avgpool",
        pooling="avg",
        dropout=None,
        classifier="fc",
        classes=1000,
        pooled_features=2048,
    ),
    "resnet50_clip": Anatomy(
        input_shape=(3, 224, 224),
        takes_one_size=True,
        first_convolution="conv1.0",
        features=lower("resnet50_clip").features,
        taps=(3, 5, 6, 7, 8),
        overwritten=(False,) * 5,
        stem=("conv1", "bn1", "act1", "maxpool"),
        stem_end=4,
        norm_end=8,
        neck=(),
        neck_end=8,
        map_shape=(2048, 7, 7),
        pool="attnpool",
        pooling="attention",
        dropout=None,
        classifier="fc",
        classes=1024,
        pooled_features=2048,
    ),
}


@pytest.mark.parametrize("name", ANATOMIES)
def test_every_field_of_an_anatomy(name: str) -> None:
    """Without a neck, with one, and with an attention that pools."""
    assert anatomy(lower(name)) == ANATOMIES[name]


@pytest.mark.parametrize(
    ("keys", "norm_end", "neck", "pool", "pooling", "dropout", "classes", "features"),
    [
        ({}, 5, ("norm", "act"), "avgpool", "avg", None, 5, 16),
        ({"head.activation": False}, 4, ("norm",), "avgpool", "avg", None, 5, 16),
        ({"head.norm": False}, 3, (), "avgpool", "avg", None, 5, 16),
        ({"head.norm": False, "head.activation": True}, 3, ("act",), "avgpool", "avg", None, 5, 16),
        (
            {"head.conv": 9, "head.pool": "catavgmax", "head.dropout": 0.5},
            5,
            ("norm", "act", "conv_head", "bn_head", "act_head"),
            "global_pool",
            "catavgmax",
            "dropout",
            5,
            18,
        ),
        ({"head.classes": 0, "head.pool": "max"}, 5, ("norm", "act"), "global_pool", "max", None, 0, 16),
        (
            {"head.conv": 9, "block.preactivation": False},
            5,
            ("conv_head", "bn_head", "act_head"),
            "avgpool",
            "avg",
            None,
            5,
            9,
        ),
    ],
)
def test_the_anatomy_of_necks_and_heads(
    keys: dict[str, Any],
    norm_end: int,
    neck: tuple[str, ...],
    pool: str,
    pooling: str,
    dropout: str | None,
    classes: int,
    features: int,
) -> None:
    """The norm and activation that follow pre-activation blocks, the head's convolution, and the rest of the head."""
    found = anatomy(resnet_dsl.lower({**OVERWRITING, "norm": "batch"}, overrides=keys))
    assert found is not None
    assert (found.norm_end, found.neck, found.pool, found.pooling) == (norm_end, neck, pool, pooling)
    assert (found.dropout, found.classes, found.pooled_features) == (dropout, classes, features)
    assert found.neck_end == found.taps[-1] + len(neck)
    assert found.taps[-1] == found.stem_end + 2


def test_what_is_overwritten() -> None:
    """The sum that an activation takes next, unless a shortcut takes it too; and what convolutions output."""
    graph = resnet_dsl.lower(OVERWRITING)
    found = anatomy(graph)
    assert found is not None
    assert (found.overwritten, found.neck, found.norm_end) == ((False, True, True), ("act",), 3)
    convolutions = {f"layer{stage}.{block}.conv{number}" for stage in (1, 2) for block in (0, 1) for number in (1, 2)}
    assert overwritten(graph) == {"layer1.0.conv1", "layer1.1.add", "layer2.1.add"} | convolutions


def test_a_network_without_blocks_or_pooling_has_no_anatomy() -> None:
    """That of its stem alone, and that without its head."""
    graph = lower("resnet18")
    assert anatomy(select_features(graph, [0])) is None
    assert anatomy(select_features(graph, [0, 4])) is None


@pytest.mark.parametrize(
    ("indices", "chosen"),
    [
        (None, (0, 1, 2, 3, 4)),
        (1, (4,)),
        (3, (2, 3, 4)),
        (5, (0, 1, 2, 3, 4)),
        ([0], (0,)),
        ([4, 0, 4], (0, 4)),
        ([-1, -5], (0, 4)),
        ((-2, 1), (1, 3)),
    ],
)
def test_feature_maps_are_chosen(indices: Any, chosen: tuple[int, ...]) -> None:
    """By numbers, from the end, or as the last ones."""
    assert chosen_features(indices, 5) == chosen


@pytest.mark.parametrize("indices", [0, -1, 6, [], [5], [-6], [0, 5]])
def test_feature_maps_that_there_are_not(indices: Any) -> None:
    """The message has the range, and what was asked for."""
    with pytest.raises(ValueError, match=f"^{re.escape(f'feature maps are numbered 0 to 4, found {indices}')}$"):
        chosen_features(indices, 5)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_of_a_network_is_what_it_computes(name: str) -> None:
    """Channels, reductions and features, and the two halves of the forward pass make up the whole."""
    net: Any = resnet_dsl.build(name, device="meta").eval()
    config = net.pretrained_cfg
    x = torch.zeros(2, *config["input_size"], device="meta")
    features, maps = net.forward_intermediates(x)
    assert net.forward_features(x).shape == features.shape == (2, net.num_features, *config["pool_size"])
    assert net.forward_head(features, pre_logits=True).shape == (2, net.head_hidden_size)
    assert net.forward_head(features).shape == (2, net.num_classes or net.head_hidden_size)
    found = [{"num_chs": each.shape[1], "reduction": x.shape[2] // each.shape[2]} for each in maps]
    assert found == [{key: info[key] for key in ("num_chs", "reduction")} for info in net.feature_info]
    assert all(net.get_submodule(info["module"]) for info in net.feature_info)
    assert net.inplanes == maps[-1].shape[1]
    assert net.in_chans == x.shape[1]
    assert net.get_submodule(config["first_conv"]).in_channels == net.in_chans
    if net.num_classes:
        assert net.get_submodule(config["classifier"]) is net.get_classifier()
        assert net.get_classifier().out_features == net.num_classes == config["num_classes"]
    else:
        assert isinstance(net.get_classifier(), torch.nn.Identity)
        assert config["classifier"] is None


@pytest.mark.parametrize("source", ["resnet20", "kuangliu_preactresnet18", OVERWRITING, "regnetv_040"], ids=str)
def test_feature_maps_on_the_way_are_those_of_a_feature_extractor(source: Any) -> None:
    """Also where a later layer overwrites them; and what follows is the whole network's output."""
    net: Any = resnet_dsl.build(source, seed=0).eval()
    extractor = resnet_dsl.build(source, seed=0, features=range(len(net.feature_info))).eval()
    x = torch.randn(2, net.in_chans, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        features, maps = net.forward_intermediates(x)
        assert all(torch.equal(one, other) for one, other in zip(maps, extractor(x), strict=True))
        assert torch.equal(net.forward_head(features), net(x))
        assert torch.equal(features, net.forward_features(x))


def test_intermediates_are_chosen_stopped_at_and_normed() -> None:
    """By the arguments that timm has for it."""
    net: Any = resnet_dsl.build("resnetv2_50d_gn", seed=0).eval()
    x = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        features, maps = net.forward_intermediates(x, indices=[1, -1, 1])
        assert [each.shape[1] for each in maps] == [256, 2048]
        assert len(net.forward_intermediates(x, indices=2, intermediates_only=True)) == 2
        normed = net.forward_intermediates(x, indices=1, norm=True, intermediates_only=True)
        assert torch.equal(normed[0], features)
        assert not torch.equal(maps[-1], features)
        stopped, (stage,) = net.forward_intermediates(x, indices=[2], stop_early=True)
        assert torch.equal(stopped, stage)
        pooled, _ = net.forward_intermediates(x, indices=[0], stop_early=True)
        assert torch.equal(pooled, net.maxpool(net.conv1(x)))
    for wrong in ([5], [], 9, 0, -1, [-6], (5,)):
        with pytest.raises(ValueError, match=re.escape(f"feature maps are numbered 0 to 4, found {wrong}")):
            net.forward_intermediates(x, indices=wrong)
    with pytest.raises(ValueError, match="feature maps are `NCHW`, not `NHWC`"):
        net.forward_intermediates(x, output_fmt="NHWC")


@pytest.mark.parametrize(
    ("name", "classes", "pool", "shape"),
    [
        ("resnet20", 3, None, (2, 3)),
        ("resnet20", 0, None, (2, 64)),
        ("resnet20", 3, "catavgmax", (2, 3)),
        ("resnet20", 0, "", (2, 64, 8, 8)),
        ("resnet20", 3, "", (2, 3, 8, 8)),
        ("legacy_seresnet18", 4, "max", (2, 4)),
        ("gernet_s", 5, None, (2, 5)),
        ("resnet50_clip", 5, None, (2, 5)),
        ("resnet50_clip", 0, "", (2, 2048, 7, 7)),
        ("resnet50_clip_gap", 5, None, (2, 5)),
    ],
)
def test_a_classifier_is_replaced(
    name: str, classes: int, pool: str | None, shape: tuple[int, ...], tmp_path: Path
) -> None:
    """The network, its spec, copies and what is said of it are of the new head; all else is as it was."""
    net: Any = resnet_dsl.build(name, seed=0).eval()
    before = dict(net.state_dict())
    net.reset_classifier(classes, pool)
    x = torch.randn(2, *net.pretrained_cfg["input_size"])
    x = x if net.pretrained_cfg["fixed_input_size"] else x[:, :, :32, :32]
    with torch.no_grad():
        output = net(x)
        features = net.forward_features(x)
        assert output.shape == shape
        assert torch.equal(net.forward_head(features), output)
        assert net.forward_head(features, pre_logits=True).shape[1] == net.head_hidden_size
        assert torch.equal(pickle.loads(pickle.dumps(net))(x), output)
        assert torch.equal(copy.deepcopy(net)(x), output)
        assert net.num_classes == classes
        if pool == "":
            assert net.spec is None
            with pytest.raises(TypeError, match="no spec describes a network without a pooling"):
                resnet_dsl.save(net, tmp_path / "net.safetensors")
        else:
            again = resnet_dsl.build(net.spec).eval()
            again.load_state_dict(net.state_dict())
            assert torch.equal(again(x), output)
    kept = {key: value for key, value in net.state_dict().items() if not key.startswith("fc.")}
    assert all(value is before[key] or torch.equal(value, before[key]) for key, value in kept.items())
    assert not any(module.training for module in net.modules())


def test_a_head_that_cannot_be_is_refused() -> None:
    """With the choices there are."""
    net: Any = resnet_dsl.build("resnet20", device="meta")
    clip: Any = resnet_dsl.build("resnet50_clip", device="meta")
    with pytest.raises(ValueError, match='can be one of "", "avg", "avgmax", "catavgmax", "max", not \'mean\''):
        net.reset_classifier(3, "mean")
    with pytest.raises(ValueError, match='can be one of "", "attention", not \'avg\''):
        clip.reset_classifier(3, "avg")
    with pytest.raises(ValueError, match="the number of classes is an integer from 0, found -1"):
        net.reset_classifier(-1)


def test_only_position_embeddings_are_kept_from_weight_decay() -> None:
    """Vectors are no weights anyway."""
    assert resnet_dsl.build("resnet50_clip", device="meta").no_weight_decay() == {"attnpool.positional_embedding"}  # type: ignore[operator]
    assert resnet_dsl.build("resnet18", device="meta").no_weight_decay() == set()  # type: ignore[operator]


def test_the_data_of_small_and_grey_images() -> None:
    """CIFAR's are not cropped, and there are as many means as channels."""
    assert resnet_dsl.build("resnet20", device="meta").pretrained_cfg["crop_pct"] == 1.0  # type: ignore[index]
    grey: Any = resnet_dsl.build("resnet18", device="meta", overrides={"input.channels": 1})
    assert grey.pretrained_cfg["mean"] == grey.pretrained_cfg["std"] == (0.5,)
    assert grey.pretrained_cfg["input_size"] == (1, 224, 224)
