"""Intermediate feature maps: their values, their shapes, and what is left out."""

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import resnet_dsl
from resnet_dsl.backends.pytorch.container import FeatureExtractor
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from tests.peers import hashfill

Network = dict[str, Any]


def network(**keys: Any) -> Network:
    """A small network of four stages, with the given keys."""
    return {
        "name": "small",
        "input": {"size": 64},
        "stem": {"channels": 8},
        "block": {"type": "bottleneck"},
        "stages": {"depths": [1, 2, 1, 1], "widths": [4, 6, 8, 10]},
        "head": {"classes": 5},
    } | keys


CONVENTIONAL = [("stem", 8, 2), ("layer1", 16, 4), ("layer2", 24, 8), ("layer3", 32, 16), ("layer4", 40, 32)]
STAGES = {"depths": [1, 2, 1, 1], "widths": [4, 6, 8, 10]}

NETWORKS: dict[str, tuple[Network, list[tuple[str, int, int]]]] = {
    "plain": (network(), CONVENTIONAL),
    "output_stride": (
        network(stages=STAGES | {"output_stride": 8}),
        [*CONVENTIONAL[:3], ("layer3", 32, 8), ("layer4", 40, 8)],
    ),
    "deep_stem": (network(stem={"channels": [4, 6, 12], "kernel": 3}), [("stem", 12, 2), *CONVENTIONAL[1:]]),
    "conv_pool": (network(stem={"channels": [4, 8], "kernel": 3, "pool": "conv"}), CONVENTIONAL),
    "no_pool": (
        network(stem={"channels": 8, "kernel": 3, "stride": 1, "pool": "none"}),
        [("stem", 8, 1), ("layer1", 16, 1), ("layer2", 24, 2), ("layer3", 32, 4), ("layer4", 40, 8)],
    ),
    "preactivation": (network(block={"type": "bottleneck", "preactivation": True}), CONVENTIONAL),
    "preactivation_conv_pool": (
        network(block={"type": "basic", "expansion": 4, "preactivation": True}, stem={"channels": 8, "pool": "conv"}),
        CONVENTIONAL,
    ),
    "filtered": (network(antialias="blur", shortcut={"pool": "avg"}, attention="eca"), CONVENTIONAL),
    "padding": (network(shortcut={"type": "padding"}, attention="se", norm="layer"), CONVENTIONAL),
    "stem_strides": (
        network(stem={"channels": [4, 6, 12], "kernel": 3, "strides": [2, 1, 2], "pool": "none"}),
        [("stem", 6, 2), *CONVENTIONAL[1:]],
    ),
    "hierarchy": (network(block={"type": "bottleneck", "conv3x3": "res2"}, attention="gc"), CONVENTIONAL),
    "selective": (
        network(block={"type": "bottleneck", "conv3x3": "selective", "preactivation": True}, attention="cbam"),
        CONVENTIONAL,
    ),
    "attention_pool": (
        network(head={"pool": "attention"}, stem={"channels": 8, "pool": "avg"}),
        CONVENTIONAL,
    ),
    "strides": (
        network(stages=STAGES | {"strides": [3, 1, 2, 1]}),
        [("stem", 8, 2), ("layer1", 16, 12), ("layer2", 24, 12), ("layer3", 32, 24), ("layer4", 40, 24)],
    ),
}

LATER_IN_STEM = {"stem_strides": ("conv1.6.", "bn1.")}
"""What comes after the stem's feature map, where that is not the stem's output."""

EVERY_NETWORK = pytest.mark.parametrize("kind", NETWORKS)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """With small layers, threads cost more time than they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def pair(kind: str, features: list[int]) -> tuple[nn.Module, nn.Module]:
    """The whole network and its feature extractor, with the same weights."""
    document = NETWORKS[kind][0]
    whole, part = resnet_dsl.build(document), resnet_dsl.build(document, features=features)
    hashfill.fill(whole)
    state = whole.state_dict()
    part.load_state_dict({name: state[name] for name in part.state_dict()}, strict=True)
    return whole, part


def batch() -> Tensor:
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def intermediate_values(module: nn.Module, nodes: list[str], x: Tensor) -> list[Tensor]:
    """The outputs of these modules, or of the blocks whose additions have these names."""
    values: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        def hook(child: nn.Module, inputs: object, output: Tensor) -> None:
            values[name] = output.detach().clone()

        return hook

    names = [name.rpartition(".")[0] if name.startswith("layer") else name for name in nodes]
    handles = [module.get_submodule(name).register_forward_hook(keep(name)) for name in names]
    module(x)
    for handle in handles:
        handle.remove()
    return [values[name] for name in names]


@EVERY_NETWORK
@pytest.mark.parametrize("training", [False, True])
def test_features_are_the_values_inside_the_whole_network(kind: str, training: bool) -> None:
    """Bit for bit, in evaluation and in training mode, all maps together or each alone."""
    nodes = [feature.node for feature in resnet_dsl.lower(resnet_dsl.load(NETWORKS[kind][0])).features]
    whole, _ = pair(kind, [0])
    expected = intermediate_values(whole.train(training), nodes, batch())
    for indices in ([0, 1, 2, 3, 4], [2, 4], [0], [1], [2], [3], [4]):
        _, part = pair(kind, indices)
        found = part.train(training)(batch())
        assert isinstance(found, list)
        assert len(found) == len(indices)
        assert all(torch.equal(one, expected[index]) for one, index in zip(found, indices, strict=True)), indices


@EVERY_NETWORK
def test_feature_info_describes_each_map(kind: str) -> None:
    """Name, channels and reduction, as items, as attributes, and through timm's methods."""
    document, expected = NETWORKS[kind]
    module = resnet_dsl.build(document, features=[0, 1, 2, 3, 4])
    assert isinstance(module, FeatureExtractor)
    info = module.feature_info
    assert [(feature.name, feature.channels, feature.reduction) for feature in info] == expected
    assert list(zip(info.module_name(), info.channels(), info.reduction(), strict=True)) == expected
    with torch.no_grad():
        maps = module.eval()(batch())
    assert [tuple(each.shape) for each in maps] == [
        (2, channels, -(-64 // reduction), -(-64 // reduction)) for _, channels, reduction in expected
    ]


@EVERY_NETWORK
def test_layers_after_the_last_map_are_left_out(kind: str) -> None:
    """Entries are the whole network's without later stages and the head, in the same order."""
    whole = list(resnet_dsl.build(NETWORKS[kind][0], device="meta").state_dict())
    later = ["maxpool.", "layer1.", "layer2.", "layer3.", "layer4.", "norm.", "attnpool.", "fc."]
    for last in range(5):
        gone = tuple(later[last + 1 :] if last else [*later, *LATER_IN_STEM.get(kind, ())])
        part = resnet_dsl.build(NETWORKS[kind][0], features=[last], device="meta")
        assert list(part.state_dict()) == [name for name in whole if not name.startswith(gone)]


def test_a_map_is_not_overwritten_by_later_layers() -> None:
    """In-place layers do not modify outputs of the network."""
    _, part = pair("plain", [0, 1, 2, 3, 4])
    _, stem = pair("plain", [0])
    x = batch()
    kept = x.clone()
    maps = part.eval()(x)
    assert torch.equal(x, kept)
    assert torch.equal(maps[0], stem.eval()(x)[0])
    assert len({each.untyped_storage().data_ptr() for each in maps}) == 5


@pytest.mark.parametrize("indices", [[4, 0, 2], [2, 2, 0, 4, 4], (0, 2, 4), range(0, 5, 2)])
def test_maps_come_once_and_in_the_order_of_the_network(indices: Any) -> None:
    """Whatever the order of the indices."""
    module = resnet_dsl.build(network(), features=indices, device="meta")
    assert isinstance(module, FeatureExtractor)
    assert module.feature_info.module_name() == ["stem", "layer2", "layer4"]
    assert len(module(torch.empty(1, 3, 64, 64, device="meta"))) == 3


@pytest.mark.parametrize("indices", [[], [5], [-1], [0, 5], [1.0], ["1"], [None], [True]])
def test_an_invalid_stage_is_refused(indices: Any) -> None:
    """The message gives the valid range."""
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.build(network(), features=indices)
    message = f"feature indices range from 0, the stem, to 4, the last stage; found {indices}"
    assert caught.value.diagnostics == (Diagnostic(code="RD510", message=message),)


# With weights


def test_features_of_trained_weights(tmp_path: Path) -> None:
    """The file contains the whole network; entries that are not needed are ignored."""
    whole, part = pair("output_stride", [1, 3])
    torch.save(whole.state_dict(), tmp_path / "w.pt")
    loaded = resnet_dsl.build(NETWORKS["output_stride"][0], features=[1, 3], weights=tmp_path / "w.pt")
    assert all(torch.equal(one, other) for one, other in zip(loaded(batch()), part(batch()), strict=True))
    own = part.state_dict()
    assert list(loaded.state_dict()) == list(own)


def test_weights_of_another_network_are_refused_for_any_features(tmp_path: Path) -> None:
    """Even if the difference is after the last map: the file belongs to a different network."""
    torch.save(resnet_dsl.build(network(head={"classes": 9})).state_dict(), tmp_path / "w.pt")
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.build(network(), features=[0], weights=tmp_path / "w.pt")
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.helps[-1]) == ("RD505", "change `head.classes` to `9`")
    overrides = {"head.classes": 5}
    module = resnet_dsl.build(network(), features=[0], weights=tmp_path / "w.pt", overrides=overrides)
    assert [name for name, _ in module.named_children()] == ["conv1", "bn1", "act1"]


def test_a_feature_extractor_takes_its_own_weights(tmp_path: Path) -> None:
    """The weights saved from it, without those of the layers it lacks."""
    _, part = pair("plain", [1, 2])
    torch.save(part.state_dict(), tmp_path / "w.pt")
    loaded = resnet_dsl.build(network(), features=[1, 2], weights=tmp_path / "w.pt")
    assert all(torch.equal(value, part.state_dict()[name]) for name, value in loaded.state_dict().items())
    with pytest.raises(EnvironmentFault):
        resnet_dsl.build(network(), features=[1], weights=tmp_path / "w.pt")


# As an ordinary module


@pytest.mark.parametrize("kind", ["plain", "output_stride", "preactivation", "padding"])
def test_a_feature_extractor_exports_compiles_copies_and_pickles(kind: str) -> None:
    """As a hand-written one does: no graph breaks, equal results, and `feature_info` is kept."""
    _, module = pair(kind, [0, 2, 4])
    assert isinstance(module, FeatureExtractor)
    x = batch()
    with torch.no_grad():
        expected = module.eval()(x)
        compiled = torch.compile(module, fullgraph=True, backend="eager")
        exported = torch.export.export(module, (x,)).module()
        twin, revived = copy.deepcopy(module), pickle.loads(pickle.dumps(module))
        for other in (compiled, exported, twin, revived):
            assert all(torch.equal(one, two) for one, two in zip(other(x), expected, strict=True))
    assert twin.feature_info == revived.feature_info == module.feature_info
    next(twin.parameters()).data.zero_()
    assert all(torch.equal(one, two) for one, two in zip(module(x), expected, strict=True))


@pytest.mark.parametrize("kind", ["plain", "preactivation", "filtered", "padding"])
def test_every_parameter_learns_from_the_maps(kind: str) -> None:
    """Gradients through all maps at once equal those of the whole network's inner values."""
    whole, part = pair(kind, [0, 1, 2, 3, 4])
    nodes = [feature.node for feature in resnet_dsl.lower(resnet_dsl.load(NETWORKS[kind][0])).features]
    loss: Any = sum(each.square().mean() for each in part.train()(batch()))
    loss.backward()
    losses: list[Tensor] = []

    def add(child: nn.Module, inputs: object, output: Tensor) -> None:
        losses.append(output.square().mean())

    for name in nodes:
        inner = whole.get_submodule(name.rpartition(".")[0] if name.startswith("layer") else name)
        inner.register_forward_hook(add)
    whole.train()(batch())
    loss = torch.stack(losses).sum()
    loss.backward()
    expected = dict(whole.named_parameters())
    for name, parameter in part.named_parameters():
        assert parameter.grad is not None, name
        torch.testing.assert_close(parameter.grad, expected[name].grad, msg=name)
