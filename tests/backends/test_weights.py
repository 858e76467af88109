"""Loading weights from files: in every style, all or nothing, and without ever running code in a file."""

import builtins
import json
import os
import pickle
import random
import struct
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

import resnet_dsl
from resnet_dsl.backends.pytorch import load as loading
from resnet_dsl.backends.pytorch.load import Loaded, load_module
from resnet_dsl.backends.pytorch.parts import tensor_of_part
from resnet_dsl.checkpoints.checkpoint import Checkpoint
from resnet_dsl.checkpoints.files import Content, Inert, read_content
from resnet_dsl.checkpoints.stored import Filled, Part
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from resnet_dsl.graph.graph import Graph
from resnet_dsl.weights.opening import open_weights
from tests.evidence.weights_target import check
from tests.peers import hashfill

from ..helpers import load

SMALL: dict[str, Any] = {
    "name": "small",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "bottleneck", "width_per_group": 32},
    "stages": {"depths": [2, 1], "widths": [8, 16]},
    "head": {"classes": 5},
}
ENDINGS = [".safetensors", ".pt", ".pth"]

State = dict[str, Tensor]


def trained(document: Any = SMALL, **keys: Any) -> nn.Module:
    """A network whose entries all have different values, including the counters."""
    module = hashfill.fill(resnet_dsl.build(document, overrides={key.replace("__", "."): keys[key] for key in keys}))
    for number, (name, buffer) in enumerate(module.named_buffers()):
        if name.endswith("num_batches_tracked"):
            buffer.fill_(number)
    return module.eval()


def state_of(module: nn.Module) -> State:
    return dict(module.state_dict())


def saved(content: Any, path: Path, **options: Any) -> Path:
    """The path of a file with the content, in the format of its extension."""
    if path.suffix == ".safetensors":
        save_file(content, path)
    else:
        torch.save(content, path, **options)
    return path


def same(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    """Equal names in equal order, with equal types and bits."""
    return list(one) == list(other) and all(
        one[name].dtype == other[name].dtype and torch.equal(one[name], other[name]) for name in one
    )


def fault(document: Any, path: Path, **options: Any) -> Diagnostic:
    """Why the file is refused."""
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.build(document, weights=path, **options)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def unreadable(path: Path) -> str:
    """Why the file cannot be read."""
    diagnostic = fault(SMALL, path)
    start = f"cannot read the weights in `{path}`: "
    assert diagnostic.code == "RD504"
    assert diagnostic.message.startswith(start)
    return diagnostic.message.removeprefix(start)


def is_read_or_refused(path: Path) -> bool:
    """Whether the file gives tensors, or a diagnostic that says why not."""
    try:
        checkpoint = open_weights(path)
        return all(isinstance(tensor_of_part(part), Tensor) for part in checkpoint.parts.values())
    except EnvironmentFault as error:
        return [diagnostic.code for diagnostic in error.diagnostics] == ["RD504"]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """With small layers, threads cost more time than they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


# What is loaded


@pytest.mark.parametrize("ending", ENDINGS)
def test_weights_come_back_bit_for_bit(tmp_path: Path, ending: str) -> None:
    """Every entry, including counters, into a trainable network in training mode."""
    before = state_of(trained())
    module = resnet_dsl.build(SMALL, weights=saved(before, tmp_path / f"w{ending}"))
    assert same(state_of(module), before)
    assert module.training
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in module.parameters())


def test_weights_in_torchs_format_of_2018_come_back_too(tmp_path: Path) -> None:
    """The format without a zip archive, used by the oldest published weights."""
    before = state_of(trained())
    path = saved(before, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_loaded_network_computes_what_the_saved_one_computed(tmp_path: Path, ending: str) -> None:
    """Bit for bit, for each kind of norm, shortcut and attention."""
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"norm": "layer", "attention": "se"},
        {"norm": "none", "attention": "eca"},
        {"shortcut": {"type": "padding"}, "antialias": "blur"},
        {"block": {"type": "basic", "preactivation": True}, "stem": {"channels": [4, 8], "kernel": 3, "pool": "conv"}},
    )
    for kind in kinds:
        module = trained(SMALL | kind)
        path = saved(state_of(module), tmp_path / f"w{ending}")
        assert torch.equal(resnet_dsl.build(SMALL | kind, weights=path).eval()(x), module(x)), kind


WRAPPERS: dict[str, Callable[[State], Any]] = {
    "bare": lambda state: state,
    "state_dict": lambda state: {"state_dict": state, "epoch": 90, "optimizer": {"lr": 0.1, "steps": [1, 2]}},
    "model": lambda state: {"model": state, "best": 76.1},
    "state_dict-model": lambda state: {"state_dict": {"model": state, "epoch": 1}},
    "model-state_dict": lambda state: {"model": {"state_dict": state}},
}


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
@pytest.mark.parametrize("shortcut", ["downsample", "shortcut"])
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_every_style_of_names_is_understood(tmp_path: Path, prefix: str, shortcut: str, wrapper: str) -> None:
    """Data-parallel, compiled, the article's names and training-script wrappers, all at once."""
    before = state_of(trained())
    styled = {f"{prefix}{name.replace('downsample', shortcut)}": value for name, value in before.items()}
    assert len(styled) == len(before)
    path = saved(WRAPPERS[wrapper](styled), tmp_path / "w.pt")
    assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)
    if wrapper == "bare":
        path = saved(styled, tmp_path / "w.safetensors")
        assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)


def test_parameters_and_views_are_tensors_as_well(tmp_path: Path) -> None:
    """A file may contain parameters, transposed tensors, or tensors that share storage."""
    module = trained()
    whole = torch.cat([value.flatten().double() for value in module.state_dict().values()])
    views, start = {}, 0
    for name, value in module.state_dict().items():
        views[name] = whole[start : start + value.numel()].view(value.shape)
        start += value.numel()
    views["conv1.weight"] = views["conv1.weight"].transpose(2, 3).contiguous().transpose(2, 3)
    kept = {name: nn.Parameter(value) for name, value in module.named_parameters()}
    for content in (views, state_of(module) | kept):
        path = saved(content, tmp_path / "w.pt")
        assert same(state_of(resnet_dsl.build(SMALL, weights=path)), state_of(module))


def test_batch_counters_may_be_missing(tmp_path: Path) -> None:
    """As in checkpoints from before PyTorch 0.4.1; they start at 0."""
    before = state_of(trained())
    old = {name: value for name, value in before.items() if not name.endswith("num_batches_tracked")}
    after = state_of(resnet_dsl.build(SMALL, weights=saved(old, tmp_path / "w.pt")))
    zeros = {name: torch.tensor(0) for name in before if name not in old}
    assert same(after, {name: zeros.get(name, before[name]) for name in before})


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("wanted", [None, "float16", "bfloat16", "float32", "float64"])
def test_weights_are_converted_to_the_requested_dtype(tmp_path: Path, stored: torch.dtype, wanted: str | None) -> None:
    """Whatever the dtype in the file; float32 by default; counters stay integers."""
    before = {
        name: value.to(stored) if value.is_floating_point() else value for name, value in state_of(trained()).items()
    }
    path = saved(before, tmp_path / "w.safetensors")
    dtype = getattr(torch, wanted or "float32")
    expected = {name: value.to(dtype) if value.is_floating_point() else value for name, value in before.items()}
    assert same(state_of(resnet_dsl.build(SMALL, weights=path, dtype=wanted)), expected)


def test_weights_go_to_the_device(tmp_path: Path) -> None:
    """On `meta` they are still compared, but have only shapes."""
    path = saved(state_of(trained()), tmp_path / "w.pt")
    module = resnet_dsl.build(SMALL, weights=str(path), device="meta")
    assert {value.device.type for value in module.state_dict().values()} == {"meta"}
    assert fault(SMALL | {"head": {"classes": 6}}, path, device="meta").code == "RD505"


def test_the_network_shares_nothing_with_the_file(tmp_path: Path) -> None:
    """Training changes neither the given tensors nor another network loaded from the same file."""
    tensors = state_of(trained())
    modules = [resnet_dsl.build(SMALL, weights=tensors) for _ in range(2)]
    with torch.no_grad():
        modules[0].get_parameter("conv1.weight").zero_()
    assert tensors["conv1.weight"].any()
    assert torch.equal(modules[1].get_parameter("conv1.weight"), tensors["conv1.weight"])


def test_the_names_of_the_graph_are_listed_once_and_not_for_every_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise loading would take time quadratic in the number of blocks."""
    path = saved(state_of(trained()), tmp_path / "w.pt")
    listed: list[Graph] = []
    state = Graph.state.fget  # type: ignore[attr-defined]  # mypy sees the property's value

    def counted(graph: Graph) -> Any:
        listed.append(graph)
        return state(graph)

    monkeypatch.setattr(Graph, "state", property(counted))
    resnet_dsl.build(SMALL, weights=path)
    assert len(listed) <= 4


# Random initialisation


def test_loading_draws_no_random_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is initialised only to be replaced; the global generator does not advance."""
    path = saved(state_of(trained()), tmp_path / "w.pt")

    def draw(*_: object, **__: object) -> NoReturn:
        raise AssertionError("random numbers are drawn")

    monkeypatch.setattr(torch.Tensor, "normal_", draw)
    monkeypatch.setattr(torch.Tensor, "uniform_", draw)
    state = torch.random.get_rng_state()
    for options in ({}, {"dtype": "float64"}, {"features": [1]}, {"overrides": {"head.classes": 5}}):
        resnet_dsl.build(SMALL, weights=path, **options)
    assert torch.equal(torch.random.get_rng_state(), state)


def with_classes(path: Path, classes: int, seed: int | None = None, document: Any = SMALL) -> Loaded:
    """The network of the file, with a head of this many classes."""
    spec = load(document, overrides=[f"head.classes={classes}"])
    graph = resnet_dsl.lower(spec)
    return load_module(graph, open_weights(path), spec=spec, may_replace_classifier=True, seed=seed)


def test_a_classifier_of_another_size_is_freshly_initialised(tmp_path: Path) -> None:
    """The rest is the file's; the new one depends on the seed, and the global generator does not advance."""
    before = state_of(trained())
    path = saved(before, tmp_path / "w.pt")
    state = torch.random.get_rng_state()
    one, two, other = (with_classes(path, 7, seed) for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert one.fresh == two.fresh == other.fresh == ("fc",)
    entries, again, another = (state_of(each.module) for each in (one, two, other))
    rest = {name: value for name, value in before.items() if not name.startswith("fc.")}
    assert same({name: entries[name] for name in rest}, rest)
    assert entries["fc.weight"].shape == (7, 64)
    assert 0.9 * 64**-0.5 < entries["fc.weight"].abs().max() <= 64**-0.5
    assert same(entries, again)
    assert not torch.equal(entries["fc.weight"], another["fc.weight"])
    assert not torch.equal(entries["fc.bias"], another["fc.bias"])


def test_without_a_seed_a_new_classifier_uses_the_global_generator(tmp_path: Path) -> None:
    """Like all fresh weights."""
    path = saved(state_of(trained()), tmp_path / "w.pt")
    states = []
    for seed in (3, 3, 4):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            states.append(state_of(resnet_dsl.build(SMALL, weights=path, overrides={"head.classes": 7})))
    assert same(states[0], states[1])
    assert not torch.equal(states[0]["fc.weight"], states[2]["fc.weight"])


def test_a_classifier_of_the_same_size_is_the_files(tmp_path: Path) -> None:
    """Nothing is freshly initialised."""
    before = state_of(trained())
    loaded = with_classes(saved(before, tmp_path / "w.pt"), 5)
    assert loaded.fresh == ()
    assert same(state_of(loaded.module), before)


def test_a_classifier_may_be_left_out_or_added(tmp_path: Path) -> None:
    """Without classes, the file's is dropped; if the file has none, it is freshly initialised."""
    with_head, without = state_of(trained()), state_of(trained(head__classes=0))
    dropped = with_classes(saved(with_head, tmp_path / "w.pt"), 0)
    assert dropped.fresh == ()
    assert same(state_of(dropped.module), without)
    added = with_classes(saved(without, tmp_path / "w.pt"), 7, seed=0)
    assert added.fresh == ("fc",)
    assert list(state_of(added.module)) == list(with_head)


def test_a_classifier_after_a_different_pooling_is_freshly_initialised(tmp_path: Path) -> None:
    """Its input features differ, so even a bias of the same shape is not reused."""
    before = state_of(trained())
    document = SMALL | {"head": {"pool": "catavgmax"}}
    loaded = with_classes(saved(before, tmp_path / "w.pt"), 5, seed=0, document=document)
    assert loaded.fresh == ("fc",)
    assert not torch.equal(state_of(loaded.module)["fc.bias"], before["fc.bias"])


def test_a_spec_with_other_classes_does_not_replace_the_classifier(tmp_path: Path) -> None:
    """Only an explicit number of classes gives a new classifier."""
    path = saved(state_of(trained()), tmp_path / "w.pt")
    document = SMALL | {"head": {"classes": 7}}
    assert changes(fault(document, path)) == ("change `head.classes` to `5`",)
    assert fault(document, path, overrides={"head.pool": "max"}).code == "RD505"
    assert fault(SMALL, path, overrides={"head.classes": 7, "stages.depths": [1, 1]}).code == "RD505"


# Weights of another network


def differences(document: Any, state: Mapping[str, tuple[int, ...]]) -> Diagnostic:
    """Why a checkpoint with these shapes is refused for the network."""
    spec = load(document)
    parts = {name: Part((Filled(shape, 0.0),)) for name, shape in state.items()}
    checkpoint = Checkpoint(file="w.pt", parts=parts, names={})
    with pytest.raises(EnvironmentFault) as caught:
        load_module(resnet_dsl.lower(spec), checkpoint, spec=spec)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD505"
    return diagnostic


def shapes(name: str, *overrides: str) -> dict[str, tuple[int, ...]]:
    return resnet_dsl.lower(load(name, overrides=overrides)).state


def texts(diagnostic: Diagnostic) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Message, marked text, notes, and helps that change the spec."""
    return diagnostic.message, diagnostic.span.text if diagnostic.span else "", diagnostic.notes, changes(diagnostic)


def changes(diagnostic: Diagnostic) -> tuple[str, ...]:
    """The helps without the one about bundled networks, which tests/checkpoints/test_mismatch.py tests."""
    return tuple(help_ for help_ in diagnostic.helps if help_.startswith("change "))


@pytest.mark.parametrize(
    ("name", "other", "agree", "marked", "notes", "helps"),
    [
        (
            "resnet50",
            ("resnet34",),
            "186 of 303",
            "bottleneck",
            (
                "the checkpoint has basic blocks with depths 3, 4, 6, 3 and 1,000 classes;"
                " this spec has bottlenecks with depths 3, 4, 6, 3 and 1,000 classes",
                "85 entries are missing from the file, the first is `layer1.0.conv3.weight` [256, 64, 1, 1]",
                "32 entries are different in shape, the first is `layer1.0.conv1.weight`"
                " [64, 64, 3, 3] in the file, [64, 64, 1, 1] here",
            ),
            ("change `block.type` to `basic`",),
        ),
        (
            "resnet101",
            ("resnet50",),
            "320 of 575",
            "[3, 4, 23, 3]",
            (
                "the checkpoint has bottlenecks with depths 3, 4, 6, 3 and 1,000 classes;"
                " this spec has bottlenecks with depths 3, 4, 23, 3 and 1,000 classes",
                "255 entries are missing from the file, the first is `layer3.6.conv1.weight` [256, 1024, 1, 1]",
            ),
            ("change `stages.depths` to `[3, 4, 6, 3]`",),
        ),
        (
            "resnet50",
            ("resnet101",),
            "320 of 626",
            "[3, 4, 6, 3]",
            (
                "the checkpoint has bottlenecks with depths 3, 4, 23, 3 and 1,000 classes;"
                " this spec has bottlenecks with depths 3, 4, 6, 3 and 1,000 classes",
                "306 entries are only in the file, the first is `layer3.6.conv1.weight` [256, 1024, 1, 1]",
            ),
            ("change `stages.depths` to `[3, 4, 23, 3]`",),
        ),
        (
            "resnext50_32x4d",
            ("resnet50",),
            "144 of 320",
            "32",
            (
                "the checkpoint has `block.groups: 1`; this spec has `block.groups: 32`",
                "176 entries are different in shape, the first is `layer1.0.conv1.weight`"
                " [64, 64, 1, 1] in the file, [128, 64, 1, 1] here",
            ),
            ("change `block.groups` to `1`", "change `block.width_per_group` to `64`"),
        ),
        (
            "resnet50",
            ("resnet50d",),
            "295 of 349",
            "64",
            (
                "the checkpoint has `stem.channels: [32, 32, 64]`; this spec has `stem.channels: 64`",
                "17 entries are missing from the file, the first is `conv1.weight` [64, 3, 7, 7]",
                "33 entries are only in the file, the first is `conv1.0.weight` [32, 3, 3, 3]",
                "4 entries are different in shape, the first is `layer1.0.downsample.1.weight`"
                " [256, 64, 1, 1] in the file, [256] here",
            ),
            (
                "change `stem.channels` to `[32, 32, 64]`",
                "change `stem.kernel` to `3`",
                "change `shortcut.pool` to `avg`",
            ),
        ),
        (
            "resnet50",
            ("resnet50", "head.classes=10"),
            "318 of 320",
            "1000",
            (
                "the checkpoint has bottlenecks with depths 3, 4, 6, 3 and 10 classes;"
                " this spec has bottlenecks with depths 3, 4, 6, 3 and 1,000 classes",
                "2 entries are different in shape, the first is `fc.weight` [10, 2048] in the file, [1000, 2048] here",
            ),
            ("change `head.classes` to `10`",),
        ),
        (
            "resnet50",
            ("resnet50", "head.classes=0"),
            "318 of 320",
            "1000",
            (
                "the checkpoint has bottlenecks with depths 3, 4, 6, 3 and no classifier;"
                " this spec has bottlenecks with depths 3, 4, 6, 3 and 1,000 classes",
                "2 entries are missing from the file, the first is `fc.weight` [1000, 2048]",
            ),
            ("change `head.classes` to `0`",),
        ),
        (
            "resnet50",
            ("seresnet50",),
            "320 of 384",
            "resnet50",
            (
                "the checkpoint has `attention: se`; this spec has `attention: none`",
                "64 entries are only in the file, the first is `layer1.0.se.fc1.weight` [16, 256, 1, 1]",
            ),
            ("change `attention` to `se`",),
        ),
        (
            "resnet50",
            ("resnet50", "norm=group"),
            "161 of 267",
            "resnet50",
            (
                "the checkpoint fits `norm.type: group`; this spec has `norm.type: batch`",
                "106 entries are missing from the file, the first is `bn1.running_mean` [64]",
            ),
            ("change `norm` to `group`",),
        ),
        (
            "resnet50",
            ("resnet50", "stem.kernel=3"),
            "319 of 320",
            "7",
            (
                "the checkpoint has `stem.kernel: 3`; this spec has `stem.kernel: 7`",
                "one entry is different in shape: `conv1.weight` [64, 3, 3, 3] in the file, [64, 3, 7, 7] here",
            ),
            ("change `stem.kernel` to `3`",),
        ),
    ],
)
def test_weights_of_another_network_are_explained_in_terms_of_the_spec(
    name: str, other: tuple[str, ...], agree: str, marked: str, notes: tuple[str, ...], helps: tuple[str, ...]
) -> None:
    """How many entries match, what the checkpoint is instead, the first of each difference, and the keys to change."""
    message = f"`w.pt` has the weights of a different network: {agree} entries match"
    assert texts(differences(name, shapes(*other))) == (message, marked, notes, helps)


@pytest.mark.parametrize(
    "kinds",
    [
        ("resnet18", "resnet50", "resnet50d", "resnext50_32x4d", "wide_resnet50_2", "seresnet50", "resnet14t"),
        ("resnet20", "plain20", "resnet56"),
    ],
)
def test_following_the_help_makes_the_weights_fit(kinds: tuple[str, ...]) -> None:
    """The listed keys are sufficient, between any two kinds of network with equally many stages."""
    for one in kinds:
        for other in kinds:
            if shapes(one) != shapes(other):
                helps = changes(differences(one, shapes(other)))
                pairs = [help_.split("`")[1::2] for help_ in helps]
                assert shapes(one, *(f"{key}={value}" for key, value in pairs)) == shapes(other), (one, other, helps)


@pytest.mark.parametrize(
    ("classes", "theirs"), [(7, {}), (0, {}), (7, {"pool": "catavgmax"}), (7, {"classes": 0}), (7, {"classes": 9})]
)
def test_following_the_help_about_classes_keeps_the_spec(tmp_path: Path, classes: int, theirs: Any) -> None:
    """The file is loaded into the network of the spec, whatever classifier either of them has."""
    document = SMALL | {"head": {"classes": classes}}
    path = saved(state_of(resnet_dsl.build(document | {"head": {"classes": 5} | theirs})), tmp_path / "w.pt")
    help_ = fault(document, path).helps[0]
    assert help_.startswith(f"`build` loads it with `--classes {classes}`, which keeps this spec")
    module = resnet_dsl.build(document, weights=path, overrides={"head.classes": classes})
    assert state_of(module).keys() == resnet_dsl.lower(document).state.keys()


def test_a_default_expansion_needs_no_change() -> None:
    """It follows from the block type."""
    document = {"name": "any", "block": {"type": "bottleneck"}, "stages": {"depths": [2, 2, 2, 2]}}
    assert differences(document, shapes("resnet18")).helps == ("change `block.type` to `basic`",)


def test_no_spec_can_describe_weights_of_another_family() -> None:
    """The note says what its entries look like."""
    vgg = {"features.0.weight": (64, 3, 3, 3), "features.0.bias": (64,), "classifier.6.weight": (1000, 4096)}
    assert texts(differences("resnet50", vgg)) == (
        "`w.pt` has the weights of a different network: 0 of 270 entries match",
        "resnet50",
        (
            "no spec can describe the checkpoint's network: it looks like VGG or AlexNet, with its entry"
            " `features.0.weight`",
            "267 entries are missing from the file, the first is `conv1.weight` [64, 3, 7, 7]",
            "3 entries are only in the file, the first is `features.0.weight` [64, 3, 3, 3]",
        ),
        (),
    )


NO_SPEC = "no spec can describe the checkpoint's network"


@pytest.mark.parametrize(
    ("change", "said", "notes"),
    [
        (
            {"layer1.1.bn1.bias": None},
            "lacks 1 of the network's 74 entries",
            ("one entry is missing from the file: `layer1.1.bn1.bias` [4]",),
        ),
        (
            {"layer1.1.bn9.bias": (3,)},
            "does not fit the network: 74 of 75 entries match",
            (NO_SPEC, "one entry is only in the file: `layer1.1.bn9.bias` [3]"),
        ),
        (
            {"layer1.1.bn1.bias": (3,)},
            "does not fit the network: 73 of 74 entries match",
            (NO_SPEC, "one entry is different in shape: `layer1.1.bn1.bias` [3] in the file, [4] here"),
        ),
        (
            {"layer1.1.bn1.bias": (4, 1)},
            "does not fit the network: 73 of 74 entries match",
            (NO_SPEC, "one entry is different in shape: `layer1.1.bn1.bias` [4, 1] in the file, [4] here"),
        ),
    ],
)
def test_loading_is_strict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, said: str, notes: tuple[str, ...]
) -> None:
    """With one entry missing, unexpected or different in shape, nothing is loaded or even built."""

    def build(*_: object) -> NoReturn:
        raise AssertionError("a network is built")

    state = state_of(trained())
    for name, shape in change.items():
        state.pop(name, None)
        if shape is not None:
            state[name] = torch.zeros(shape)
    path = saved(state, tmp_path / "w.safetensors")
    monkeypatch.setattr(loading, "allocate", build)
    assert texts(fault(SMALL, path)) == (
        f"`{path}` {said}",
        "small",
        notes,
        (),
    )


def test_a_prefix_that_some_names_lack_is_not_removed(tmp_path: Path) -> None:
    """Nothing is guessed."""
    state = state_of(trained())
    mixed = {name if name == "fc.bias" else f"module.{name}": value for name, value in state.items()}
    assert fault(SMALL, saved(mixed, tmp_path / "w.pt")).code == "RD505"


def test_two_names_for_one_entry_are_refused(tmp_path: Path) -> None:
    """One of them is that of no network then."""
    state = state_of(trained())
    state["layer1.0.shortcut.0.weight"] = torch.zeros(32, 8, 1, 1)
    path = saved(state, tmp_path / "w.pt")
    diagnostic = fault(SMALL, path)
    assert diagnostic.code == "RD505"
    assert "layer1.0.shortcut.0.weight" in " ".join(diagnostic.notes)


# What would run code


def placeholders(content: Content) -> Iterator[Inert]:
    """The placeholders in a small tree."""
    left = [content.tree]
    while left:
        value = left.pop()
        if isinstance(value, Inert):
            yield value
        left += [*value.values()] if isinstance(value, dict) else value if isinstance(value, list | tuple) else []


class Call:
    """Pickles as a function call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.function, self.arguments


def calls(marker: Path) -> dict[str, Call]:
    """Calls that create a file, by the names that diagnostics should use for them."""
    return {
        f"{os.system.__module__}.system": Call(os.system, f'echo > "{marker}"'),
        "builtins.eval": Call(builtins.eval, f"open({str(marker)!r}, 'w').close()"),
        "builtins.exec": Call(builtins.exec, f"open({str(marker)!r}, 'w').close()"),
        f"{open.__module__}.open": Call(open, str(marker), "w"),
    }


def beside_weights(call: Call) -> dict[str, Any]:
    return {"conv1.weight": torch.zeros(8, 3, 3, 3), "layer1.0.conv1.weight": call}


def save_zip(call: Call, path: Path, protocol: int) -> None:
    torch.save(beside_weights(call), path, pickle_protocol=protocol)


def save_old(call: Call, path: Path, protocol: int) -> None:
    torch.save(beside_weights(call), path, pickle_protocol=protocol, _use_new_zipfile_serialization=False)


def save_nested(call: Call, path: Path, protocol: int) -> None:
    torch.save({"state_dict": {"module.a": [(call,)]}}, path, pickle_protocol=protocol)


def save_bare(call: Call, path: Path, protocol: int) -> None:
    path.write_bytes(pickle.dumps(call, protocol))


def save_bare_in_a_mapping(call: Call, path: Path, protocol: int) -> None:
    path.write_bytes(pickle.dumps({"epoch": 3, "conv1.weight": call}, protocol))


SAVERS = [save_zip, save_old, save_nested, save_bare, save_bare_in_a_mapping]


@pytest.mark.parametrize(
    ("save", "protocol"),
    [
        (save, protocol)
        for save in SAVERS
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        if (save, protocol) != (save_old, 0)  # whose storages PyTorch cannot find either
    ],
)
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_nothing_in_a_file_runs_or_is_imported(tmp_path: Path, save: Any, protocol: int, ending: str) -> None:
    """For every protocol, wrapping and ending: a call is read as what would be called and with what."""
    marker, path = tmp_path / "marker", tmp_path / f"w{ending}"
    for name, call in calls(marker).items():
        save(call, path, protocol)
        assert check(path) in ("content", "tensors")
        found = {each.name: each.arguments for each in placeholders(read_content(path))}
        assert found[name] == call.arguments
        assert fault(SMALL, path).code in ("RD504", "RD505")
        with pytest.raises(EnvironmentFault):
            resnet_dsl.infer(path)
        assert not marker.exists()


def test_what_is_no_tensor_does_not_keep_the_tensors_from_opening(tmp_path: Path) -> None:
    """Beside them a file of a training script has numbers of NumPy, paths, settings and a class of its own."""
    before = state_of(trained())
    beside = {
        "args": Namespace(lr=0.1, output=tmp_path),
        "best": numpy.float64(76.1),
        "history": defaultdict(list, loss=[2.5, numpy.float32(1.5)]),
        "script": Call(print),
        "rng": numpy.random.RandomState(0).get_state(),
    }
    for options in ({}, {"_use_new_zipfile_serialization": False}, {"pickle_protocol": 5}):
        path = saved({"state_dict": before, **beside}, tmp_path / "w.pth.tar", **options)
        assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)


def test_these_files_do_run_code_where_pickles_are_trusted(tmp_path: Path) -> None:
    """Otherwise refusing them would prove nothing."""
    marker = tmp_path / "marker"
    for call in calls(marker).values():
        pickle.loads(pickle.dumps(call))
        assert marker.exists()
        marker.unlink()
        save_zip(call, tmp_path / "w.pt", 2)
        torch.load(tmp_path / "w.pt", weights_only=False)
        assert marker.exists()
        marker.unlink()


# What cannot be read


@pytest.mark.parametrize(
    "content",
    [torch.zeros(2), {}, {"state_dict": {}}, {"model": {"state_dict": {}}}, "weights", None, {"a": 1}, {"a": None}],
    ids=str,
)
def test_what_has_no_tensors_by_name_is_refused(tmp_path: Path, content: Any) -> None:
    """Whatever else it has."""
    assert unreadable(saved(content, tmp_path / "w.pt")) == "it has no tensors by name"


@pytest.mark.parametrize(
    "content",
    [[torch.zeros(2)], {"a": torch.zeros(1), "b": [torch.zeros(1)]}, {"a": {"b": torch.zeros(1)}}, {7: torch.zeros(1)}],
    ids=str,
)
def test_tensors_that_are_no_network_are_those_of_another_one(tmp_path: Path, content: Any) -> None:
    """By whatever names."""
    assert fault(SMALL, saved(content, tmp_path / "w.pt")).code == "RD505"


def test_a_mapping_that_contains_itself_ends(tmp_path: Path) -> None:
    """In a file, and in memory."""
    content: dict[str, Any] = {}
    content["model"] = content
    assert unreadable(saved(content, tmp_path / "w.pt")) == "it has no tensors by name"
    with pytest.raises(EnvironmentFault):
        resnet_dsl.build(SMALL, weights=content)


def test_what_is_not_a_file_is_named(tmp_path: Path) -> None:
    """A missing file, an empty folder, an impossible path."""
    (tmp_path / "folder.pt").mkdir()
    (tmp_path / "w.txt").write_text("weights")
    assert unreadable(tmp_path / "missing.pt") == "there is no such file"
    assert unreadable(tmp_path / "folder.pt") == "it is a folder without files of weights"
    assert unreadable(tmp_path / f"{'long' * 100}.pt") == "there is no such file"
    assert unreadable(tmp_path / "w.txt" / "w.pt") == "there is no such file"


@pytest.mark.parametrize(
    "name", ["w", "w.pt", "w.pth.tar", "w.PTH", "w.th", "w.pyth", "w.bin", "w.ckpt", "w.safetensors", "w.txt", "w.npz"]
)
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_file_is_is_decided_by_what_it_holds(tmp_path: Path, name: str, ending: str) -> None:
    """Any name opens, that of another format included."""
    before = state_of(trained())
    (tmp_path / "folder").mkdir()
    path = saved(before, tmp_path / "folder" / f"a{ending}").rename(tmp_path / name)
    assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_of_pickles_opens(tmp_path: Path, protocol: int) -> None:
    """`torch.load` reads only the second without being told to trust the file."""
    before = state_of(trained())
    path = saved(before, tmp_path / "w.pt", pickle_protocol=protocol)
    assert same(state_of(resnet_dsl.build(SMALL, weights=path)), before)


def two_tensors(path: Path) -> bytes:
    """A small valid file; `.pth` is in torch's old format."""
    state = {"conv1.weight": torch.rand(2, 3, 1, 1), "fc.bias": torch.rand(3)}
    options = {"_use_new_zipfile_serialization": False} if path.suffix == ".pth" else {}
    return saved(state, path, **options).read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_truncated_file_is_refused_at_any_length(tmp_path: Path, ending: str) -> None:
    """At every byte of small files, at every seventh of larger ones."""
    path = tmp_path / f"w{ending}"
    whole = two_tensors(path)
    for length in range(0, len(whole), 1 if len(whole) < 500 else 7):
        path.write_bytes(whole[:length])
        with pytest.raises(EnvironmentFault) as caught:
            open_weights(path)
        (diagnostic,) = caught.value.diagnostics
        assert (diagnostic.code, length) == ("RD504", length)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_with_changed_bytes_gives_tensors_or_a_diagnostic(tmp_path: Path, ending: str) -> None:
    """Never anything else: bytes replaced, removed and inserted at random."""
    path = tmp_path / f"w{ending}"
    whole = two_tensors(path)
    draw = random.Random(0)
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(draw.choice([1, 1, 2, 5])):
            position = draw.randrange(len(content))
            match draw.randrange(3):
                case 0:
                    content[position] = draw.randrange(256)
                case 1:
                    del content[position : position + draw.randrange(1, 20)]
                case _:
                    content[position:position] = draw.randbytes(draw.randrange(1, 9))
        path.write_bytes(content)
        assert is_read_or_refused(path)


def header(entries: Any, length: int | None = None, data: bytes = b"\0" * 24) -> bytes:
    """A file in the format of safetensors."""
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(shape: list[Any], offsets: list[int], dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    "content",
    [
        header({"a": entry([6], [0, 24])}, length=2**63),
        header({"a": entry([6], [0, 24])}, length=2**64 - 1),
        header({"a": entry([6], [0, 24])}, length=10**9),
        header({"a": entry([6], [0, 24])}, length=0),
        header({"a": entry([6], [0, 24])}, length=10),
        header({"a": entry([6], [0, 24]), "b": entry([6], [0, 24])}),
        header({"a": entry([4], [0, 16]), "b": entry([4], [8, 24])}),
        header({"a": entry([2], [0, 8]), "b": entry([2], [16, 24])}),
        header({"a": entry([6], [24, 0])}),
        header({"a": entry([6], [0, 2**63])}),
        header({"a": entry([6], [-8, 16])}),
        header({"a": entry([7], [0, 24])}),
        header({"a": entry([-6], [0, 24])}),
        header({"a": entry([2**40, 2**40], [0, 24])}),
        header({"a": entry([2**64], [0, 24])}),
        header({"a": entry([0, 2**63, 6], [0, 24])}),
        header({"a": entry([6.0], [0, 24])}),
        header({"a": entry([6], [0, 24], "OBJECT")}),
        header({"a": entry([6], [0])}),
        header({"a": None}),
        header({"a": []}),
        header([]),
        header(b"{" * 1000),
        header(b"[" * 100_000),
        header(b"\xff\xfe"),
        header({}),
        header({"__metadata__": {"a": 1}}, data=b""),
    ],
)
def test_a_hostile_header_is_refused(tmp_path: Path, content: bytes) -> None:
    """Wrong lengths, offsets and shapes, and what is not a header at all."""
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    assert unreadable(path).startswith("it is damaged or truncated: ")


def test_a_safetensors_file_without_tensors_has_no_state_dict(tmp_path: Path) -> None:
    """The file is valid but empty."""
    path = tmp_path / "w.safetensors"
    path.write_bytes(header({}, data=b""))
    assert unreadable(path) == "it has no tensors by name"


def test_a_storage_that_claims_more_than_the_file_has_is_refused(tmp_path: Path) -> None:
    """Without allocating it."""
    path = tmp_path / "w.pth"
    torch.save({"a": torch.zeros(7)}, path, _use_new_zipfile_serialization=False)
    whole = path.read_bytes()
    for claim in (b"M\xff\xff", b"J\xff\xff\xff\x7f", b"\x8a\x07\0\0\0\0\0\0\x01"):
        changed = whole.replace(b"cpuq\x06K\x07", b"cpuq\x06" + claim, 1)
        assert changed != whole
        path.write_bytes(changed)
        assert unreadable(path) in ("it is damaged", "it is empty or truncated")
