"""Initial values: what they follow from, and the laws that they have."""

import copy
from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any

import pytest
import torch
import torch.distributed.fsdp
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor import DTensor
from torch.testing._internal.distributed.fake_pg import FakeStore

import resnet_dsl

SMALL = {
    "name": "small",
    "input": {"size": 64},
    "block": {"type": "bottleneck"},
    "attention": "eca",
    "antialias": "blur",
    "stages": {"depths": [2, 1], "widths": [16, 32]},
    "head": {"classes": 100},
}
"""With a filter, and a layer of each kind that is drawn but for attention pooling."""


def built(seed: int = 7, /, *, spec: Any = SMALL, **arguments: Any) -> dict[str, Tensor]:
    return resnet_dsl.build(spec, seed=seed, **arguments).state_dict()


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def test_a_layer_has_the_same_weights_whatever_stands_beside_it() -> None:
    """In a network of other depths, with another norm, stem or head, or cut down to feature maps."""
    one = built()
    others: list[dict[str, Any]] = [
        {"stages.depths": [3, 4]},
        {"norm": "layer"},
        {"stem.pool": "none"},
        {"head.classes": 0},
        {"name": "other"},
    ]
    for overrides in others:
        other = built(overrides=overrides)
        common = [name for name in one.keys() & other.keys() if "conv" in name]
        assert len(common) > 6
        assert all(torch.equal(one[name], other[name]) for name in common)
    part = resnet_dsl.build(SMALL, seed=7, features=[1]).state_dict()
    assert all(torch.equal(one[name], value) for name, value in part.items())


def test_no_two_tensors_and_no_two_seeds_have_the_same_values() -> None:
    """Not even those of one shape: each has a generator of its own."""
    one, other = built(), built(8)
    assert not torch.equal(one["layer1.0.conv2.weight"], one["layer1.1.conv2.weight"])
    assert not any(torch.equal(value, other[name]) for name, value in one.items() if "conv" in name)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_cores_changes_nothing(threads: int) -> None:
    """Threads draw whole tensors."""
    one, before = built(), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert same(built(), one)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_the_dtype_only_rounds(dtype: torch.dtype) -> None:
    """Values are drawn in float32."""
    one = built()
    assert same(
        built(dtype=dtype),
        {name: value.to(dtype) if value.is_floating_point() else value for name, value in one.items()},
    )


def distance(values: Tensor, distribution: Callable[[Tensor], Tensor]) -> float:
    """The Kolmogorov–Smirnov statistic times √n: above 1.95 for one sample in a thousand that has the distribution."""
    ordered = values.detach().double().flatten().sort().values
    expected, count = distribution(ordered), len(ordered)
    steps = torch.arange(count + 1, dtype=torch.float64) / count
    return float(torch.maximum(steps[1:] - expected, expected - steps[:-1]).max()) * sqrt(count)


def normal(deviation: float) -> Callable[[Tensor], Tensor]:
    return lambda x: (1 + torch.erf(x / (deviation * sqrt(2)))) / 2


def uniform(bound: float) -> Callable[[Tensor], Tensor]:
    return lambda x: ((x / bound + 1) / 2).clamp(0, 1)


def test_convolutions_are_kaiming_normal_by_what_they_put_out() -> None:
    """He et al. 2015, as torchvision and timm have it; grouped ones count the channels of all groups."""
    for overrides in ({}, {"block.groups": 4}, {"conv": "standardized"}):
        module = resnet_dsl.build(SMALL, seed=1, overrides=overrides)
        found = [child for child in module.modules() if isinstance(child, nn.Conv2d)]
        assert len(found) > 10
        for child in found:
            deviation = sqrt(2 / (child.out_channels * child.kernel_size[0] ** 2))
            assert distance(child.weight, normal(deviation)) < 1.95
            assert abs(child.weight.mean().item()) < 4 * deviation / sqrt(child.weight.numel())


def test_other_layers_have_the_law_of_pytorch() -> None:
    """Uniform between ±1 ⁄ √fan in, weights and biases alike."""
    module: Any = resnet_dsl.build({**SMALL, "norm": "none"}, seed=1)
    for values, fan_in in (
        (module.fc.weight, 128),
        (module.fc.bias, 128),
        (module.layer2[0].conv2.bias, 9 * 32),
        (module.layer2[0].conv3.bias, 32),
    ):
        assert distance(values, uniform(1 / sqrt(fan_in))) < 1.95
        assert values.abs().max() <= 1 / sqrt(fan_in)
    kernels = torch.cat([child.weight.flatten() for child in module.modules() if isinstance(child, nn.Conv1d)])
    assert kernels.abs().max() <= 1 / sqrt(3)


def test_attention_pooling_has_the_law_of_clip() -> None:
    """Normal, with deviation 1 ⁄ √channels, and biases of 0."""
    module: Any = resnet_dsl.build({**SMALL, "head": {"pool": "attention"}}, seed=1)
    for values in (module.attnpool.positional_embedding, module.attnpool.v_proj.weight):
        assert distance(values, normal(128**-0.5)) < 1.95
    assert not module.attnpool.q_proj.bias.any()


def test_norms_start_as_the_identity_or_at_zero() -> None:
    """Weight 1, or 0 at the end of a branch that is to start at zero; bias and mean 0, variance 1, nothing counted."""
    state = built(overrides={"init.zero_residual": True})
    for name, value in state.items():
        if "bn" in name or "downsample.2" in name:
            is_zero = "bn3.weight" in name or not name.endswith(("weight", "var"))
            assert value.eq(0 if is_zero else 1).all(), name


def test_a_network_on_meta_gets_the_same_weights_once_it_has_memory() -> None:
    """`to_empty`, then `initialise`."""
    module = resnet_dsl.build(SMALL, device="meta").to_empty(device="cpu")
    for value in module.state_dict().values():
        value.fill_(7)
    resnet_dsl.initialise(module, seed=7)
    assert same(module.state_dict(), built())


def test_what_is_not_in_the_network_is_passed_over() -> None:
    """A part of it, and one with a layer taken out."""
    part = resnet_dsl.build(SMALL, features=[0])
    resnet_dsl.initialise(part, seed=7)
    assert torch.equal(part.state_dict()["conv1.weight"], built()["conv1.weight"])
    whole: Any = resnet_dsl.build(SMALL)
    whole.fc = nn.Identity()
    resnet_dsl.initialise(whole, seed=7)
    assert torch.equal(whole.conv1.weight, part.state_dict()["conv1.weight"])


def test_initialise_says_what_it_cannot_take() -> None:
    """A module that was not built here, and one without memory."""
    with pytest.raises(TypeError, match=r"initialise\(\) takes a network that build\(\) returned, not `Linear`"):
        resnet_dsl.initialise(nn.Linear(1, 1))
    with pytest.raises(ValueError, match=r"`conv1\.weight` is on `meta`"):
        resnet_dsl.initialise(resnet_dsl.build(SMALL, device="meta"))


@pytest.mark.parametrize(
    ("seed", "kind", "message"),
    [
        (-1, ValueError, r"from 0 to 2⁶³ - 1, found -1"),
        (2**63, ValueError, r"from 0 to 2⁶³ - 1, found 9,223,372,036,854,775,808"),
        ("x", TypeError, r"an integer, not `str`"),
        (1.0, TypeError, r"an integer, not `float`"),
    ],
)
def test_a_seed_is_an_integer_from_0_to_2_63_less_1(seed: Any, kind: type[Exception], message: str) -> None:
    """Any other would give weights too, of which nothing would tell that they are not those of the seed meant."""
    module = resnet_dsl.build(SMALL, seed=7)
    with pytest.raises(kind, match=message):
        resnet_dsl.build(SMALL, seed=seed)
    with pytest.raises(kind, match=message):
        resnet_dsl.initialise(module, seed=seed)
    assert same(module.state_dict(), built())


@pytest.mark.parametrize("seed", [torch.tensor(1), True])
def test_equal_seeds_of_other_types_give_the_same_weights(seed: Any) -> None:
    """Whatever Python takes as an integer, at either end of the range too."""
    assert same(built(seed), built(1))
    assert not same(built(0), built(2**63 - 1))


def filters(module: nn.Module) -> dict[str, Tensor]:
    return {name: value for name, value in module.named_buffers() if name.endswith("filt")}


@pytest.mark.parametrize(
    "change",
    [
        lambda module: module.to_empty(device="cpu"),
        lambda module: module.to(torch.float16).float(),
        lambda module: copy.deepcopy(module).double().float(),
    ],
)
def test_filters_are_right_whatever_is_done_to_a_network(change: Callable[[nn.Module], nn.Module]) -> None:
    """They are no weights, so nothing else would set them."""
    module = resnet_dsl.build(SMALL)
    before = {name: value.clone() for name, value in filters(module).items()}
    assert before
    for value in filters(module).values():
        value.fill_(float("nan"))
    assert same(filters(change(module)), before)


def test_a_network_on_meta_that_is_assigned_weights_is_whole() -> None:
    """It computes what the one does that the weights are from, and can be moved."""
    source = resnet_dsl.build(SMALL, seed=7).eval()
    module = resnet_dsl.build(SMALL, device="meta").eval()
    module.load_state_dict(source.state_dict(), assign=True)
    x = torch.rand(2, 3, 64, 64)
    assert torch.equal(module(x), source(x))
    assert same(filters(module.double()), filters(source.double()))


@pytest.fixture
def two_processes() -> Iterator[DeviceMesh]:
    """The second of two processes; the first does not exist, and need not: nothing is sent."""
    torch.distributed.init_process_group("fake", rank=1, world_size=2, store=FakeStore())
    yield DeviceMesh("cpu", [0, 1])
    torch.distributed.destroy_process_group()


@pytest.mark.skipif(not hasattr(torch.distributed.fsdp, "fully_shard"), reason="this torch has no public FSDP2")
def test_processes_that_share_a_network_draw_the_same_one(two_processes: DeviceMesh) -> None:
    """Built on `meta` and cut up by FSDP2, each has its half of the rows."""
    module = resnet_dsl.build(SMALL, device="meta")
    torch.distributed.fsdp.fully_shard(module, mesh=two_processes)
    module.to_empty(device="cpu")
    resnet_dsl.initialise(module, seed=7)
    whole = built()
    for name, value in module.state_dict().items():
        if isinstance(value, DTensor):
            assert torch.equal(value.to_local(), whole[name][-(-len(whole[name]) // 2) :]), name
    assert any(isinstance(value, DTensor) for value in module.state_dict().values())
    assert all(value.isfinite().all() for value in filters(module).values())
