"""The built network: its module tree, its forward pass, its initial weights."""

import copy
import operator
import pickle
from typing import Any

import pytest
import torch
from torch import nn

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.backends.pytorch.check import differences, run_torchsummary, supports_torchsummary
from resnet_dsl.backends.pytorch.container import Container
from resnet_dsl.backends.tables.summary import summary

SMALL = {
    "name": "small",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "bottleneck", "width_per_group": 32},
    "stages": {"depths": [2, 1], "widths": [8, 16]},
    "head": {"classes": 5},
}


def small(**overrides: object) -> nn.Module:
    return resnet_dsl.build(SMALL, overrides={key.replace("__", "."): value for key, value in overrides.items()})


def batch(module: nn.Module) -> torch.Tensor:
    parameter = next(module.parameters())
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)).to(parameter.dtype)


def test_the_module_tree_is_torchvisions() -> None:
    """Class names, module names and their order, as users of torchvision know them."""
    module = resnet_dsl.build("resnet50", device="meta")
    assert [name for name, _ in module.named_children()] == [
        "conv1",
        "bn1",
        "act1",
        "maxpool",
        "layer1",
        "layer2",
        "layer3",
        "layer4",
        "avgpool",
        "fc",
    ]
    assert [name for name, _ in module.get_submodule("layer1.0").named_children()] == [
        "conv1",
        "bn1",
        "act1",
        "conv2",
        "bn2",
        "act2",
        "conv3",
        "bn3",
        "downsample",
        "act3",
    ]
    kinds = {name: type(child).__name__ for name, child in module.named_modules()}
    assert (kinds[""], kinds["layer1"], kinds["layer1.0"]) == ("ResNet", "Sequential", "Bottleneck")
    assert kinds["layer1.0.downsample"] == "Sequential"
    assert "Identity" not in kinds.values()


def test_a_deep_stem_is_in_conv1_with_its_last_norm_outside() -> None:
    """Convolutions at 0, 3, 6, norms at 1, 4, and the last norm is bn1; a pooling convolution is maxpool.0."""
    module = small(stem__channels=[4, 6, 8], stem__pool="conv")
    keys = [name for name, _ in module.named_parameters() if name.startswith(("conv1", "bn1", "maxpool"))]
    assert keys == [
        "conv1.0.weight",
        "conv1.1.weight",
        "conv1.1.bias",
        "conv1.3.weight",
        "conv1.4.weight",
        "conv1.4.bias",
        "conv1.6.weight",
        "bn1.weight",
        "bn1.bias",
        "maxpool.0.weight",
        "maxpool.1.weight",
        "maxpool.1.bias",
    ]


def test_equal_seeds_give_equal_weights_and_leave_the_global_generator_alone() -> None:
    """`seed` determines every weight; without it, one draw from torch's global generator gives the seed."""
    graph = resnet_dsl.lower(resnet_dsl.load(SMALL))
    state = torch.random.get_rng_state()
    one, two, other = (build_module(graph, seed=seed).state_dict() for seed in (3, 3, 4))
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert not torch.equal(one["conv1.weight"], other["conv1.weight"])
    with torch.random.fork_rng():
        torch.manual_seed(3)
        drawn = build_module(graph).state_dict()
        after = torch.random.get_rng_state()
        torch.manual_seed(3)
        seed = int(torch.empty((), dtype=torch.int64).random_())
        assert torch.equal(after, torch.random.get_rng_state())
    assert all(torch.equal(value, drawn[key]) for key, value in build_module(graph, seed=seed).state_dict().items())


def test_first_weights_are_kaiming_normal_fan_out() -> None:
    """Standard deviation √(2 ⁄ fan out) of the convolutions; weight 1 and bias 0 of the norms; bounded classifier."""
    module = resnet_dsl.build("resnet18")
    for name, child in module.named_modules():
        if isinstance(child, nn.Conv2d):
            fan_out = child.out_channels * child.kernel_size[0] ** 2
            assert child.weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.05), name
        if isinstance(child, nn.BatchNorm2d):
            assert child.weight.eq(1).all()
            assert child.bias.eq(0).all()
            assert child.running_mean is not None
            assert child.running_mean.eq(0).all()
    bound = 512**-0.5
    assert module.get_parameter("fc.weight").abs().max().item() == pytest.approx(bound, rel=1e-3)


@pytest.mark.parametrize(("name", "last"), [("resnet18", "bn2"), ("resnet50", "bn3")])
def test_zero_residual_starts_every_branch_at_zero_and_nothing_else(name: str, last: str) -> None:
    """The last norm of each branch has weight 0, every other norm weight 1."""
    module = resnet_dsl.build(name, overrides={"init.zero_residual": True})
    norms = {path: child for path, child in module.named_modules() if isinstance(child, nn.BatchNorm2d)}
    zero = {path for path, child in norms.items() if child.weight.eq(0).all()}
    assert zero == {path for path in norms if path.startswith("layer") and path.endswith(last)}
    assert all(child.weight.eq(1).all() for path, child in norms.items() if path not in zero)


LINEAGE: list[dict[str, object]] = [
    {"block.conv3x3": "res2"},
    {"block.conv3x3": "res2", "antialias": "blur"},
    {"block.conv3x3": "split", "activation": "silu"},
    {"block.conv3x3": {"type": "selective", "split": True}, "attention": "cbam"},
    {"attention": {"type": "gc", "position": "inner"}, "activation": "prelu"},
    {"attention": {"type": "gca", "position": "activated"}, "block.dropout": 0.1},
    {"attention": "ese", "block.preactivation": True, "shortcut.source": "activation"},
    {"conv": "standardized", "stem.pool": {"type": "max", "padding": "zero"}, "block.pool": "after"},
    {"stem.pool": {"type": "max", "padding": "same"}, "shortcut.type": "padding", "shortcut.zeros": "both"},
    {"stem.pool": {"type": "max", "padding": "ceil"}, "block.preactivation": True, "block.pool": "before"},
    {"head.pool": {"type": "attention", "heads": 4}, "head.conv": 24, "blocks": {"layer1.1": {"first": 3}}},
]
CHANGES = [*LINEAGE, {"shortcut.type": "projection"}, {"shortcut.type": "padding"}, {"shortcut.type": "none"}]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_network_exports_compiles_copies_and_pickles(change: dict[str, object]) -> None:
    """As a hand-written network does: no graph breaks, equal results, nothing shared between copies."""
    module = resnet_dsl.build(SMALL, overrides=change).eval()
    x = batch(module)
    expected = module(x)
    torch.compiler.reset()
    compiled = torch.compile(module, fullgraph=True, backend="eager")
    assert torch.equal(compiled(x), expected)
    assert torch.equal(torch.export.export(module, (x,)).module()(x), expected)
    assert torch.equal(pickle.loads(pickle.dumps(module))(x), expected)
    twin = copy.deepcopy(module)
    assert torch.equal(twin(x), expected)
    next(twin.parameters()).data.zero_()
    assert torch.equal(module(x), expected)


@pytest.mark.parametrize("change", [{}, *LINEAGE], ids=str)
def test_overwriting_values_changes_no_result_and_no_gradient(change: dict[str, object]) -> None:
    """Additions and activations work in place if nothing else needs the value; results stay the same."""
    module = resnet_dsl.build(SMALL, overrides={**change, "block.dropout": 0}).double()
    plain = copy.deepcopy(module)
    activations: list[Any] = [child for child in plain.modules() if hasattr(child, "inplace")]
    for activation in activations:
        activation.inplace = False
    for child in plain.modules():
        if isinstance(child, Container):
            child._steps = tuple(
                step._replace(call=operator.add if step.call is operator.iadd else step.call) for step in child._steps
            )
    x = batch(module)
    outputs = [each(x) for each in (module, plain)]
    assert torch.equal(*outputs)
    for output in outputs:
        output.square().sum().backward()
    gradients = [dict(each.named_parameters()) for each in (module, plain)]
    assert all(torch.equal(gradients[0][name].grad, gradients[1][name].grad) for name in gradients[0])  # type: ignore[arg-type]


def test_an_identity_shortcut_is_not_overwritten() -> None:
    """A block does not modify its input."""
    block = small().eval().get_submodule("layer1.1")
    x = torch.randn(2, 32, 8, 8)
    kept = x.clone()
    block(x)
    assert torch.equal(x, kept)


def test_values_are_freed_after_their_last_use() -> None:
    """A block keeps at most two values at a time, as hand-written code does."""
    for path in ("layer1.0", "layer1.1", ""):
        module = small().get_submodule(path)
        assert isinstance(module, Container)
        assert {step.target for step in module._steps} <= {0, 1}


@pytest.mark.parametrize("pool", ["avg", "max", "avgmax", "catavgmax"])
def test_the_head_pools_as_its_name_says(pool: str) -> None:
    """Mean, maximum, their average, or both concatenated, without a classifier."""
    module = small(head__pool=pool, head__classes=0).eval()
    features = nn.Sequential(*list(module.children())[:-1])(batch(module))
    mean, maximum = features.mean((2, 3)), features.amax((2, 3))
    expected = {"avg": mean, "max": maximum, "avgmax": (mean + maximum) / 2, "catavgmax": torch.cat((mean, maximum), 1)}
    assert torch.allclose(module(batch(module)), expected[pool], rtol=1e-5)


def test_a_padding_shortcut_takes_every_second_pixel_and_appends_zeros() -> None:
    """Option A: subsampling, then zero-padded channels after the others."""
    module = small(shortcut__type="padding", block__expansion=2)
    shortcut = module.get_submodule("layer2.0.downsample")
    x = torch.randn(1, 16, 5, 4)
    y = shortcut(x)
    assert y.shape == (1, 32, 3, 2)
    assert torch.equal(y[:, :16], x[:, :, ::2, ::2])
    assert y[:, 16:].eq(0).all()


def test_dropout_acts_before_the_classifier_while_training_only() -> None:
    """It is a separate module, absent at 0, and drops features only in training mode."""
    assert "dropout" not in dict(small().named_modules())
    module = small(head__dropout=0.5)
    assert module.get_submodule("dropout").p == 0.5
    names = [name for name, _ in module.named_children()]
    assert names.index("dropout") == names.index("fc") - 1


def test_a_network_on_meta_has_shapes_and_no_values() -> None:
    """The largest network takes no memory there."""
    module = resnet_dsl.build("resnet152", device="meta", dtype="bfloat16")
    assert {parameter.device.type for parameter in module.parameters()} == {"meta"}
    assert {parameter.dtype for parameter in module.parameters()} == {torch.bfloat16}
    assert module(torch.empty(2, 3, 64, 64, device="meta", dtype=torch.bfloat16)).shape == (2, 1000)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_a_dtype_reaches_every_weight_and_keeps_counters_whole(dtype: str) -> None:
    """All floating-point entries have it, counters stay integers, and the check passes."""
    module = resnet_dsl.build(SMALL, dtype=dtype)
    kinds = {value.dtype for value in module.state_dict().values()}
    assert kinds == {getattr(torch, dtype), torch.int64}
    assert differences(module, resnet_dsl.lower(resnet_dsl.load(SMALL))) == []


def test_the_check_leaves_the_network_unchanged() -> None:
    """Weights, statistics, modes, hooks and random generators are as before."""
    graph = resnet_dsl.lower(resnet_dsl.load(SMALL))
    module = build_module(graph, seed=0)
    module.get_submodule("layer1").eval()
    before = copy.deepcopy(module.state_dict())
    modes = [child.training for child in module.modules()]
    state = torch.random.get_rng_state()
    assert differences(module, graph) == []
    run_torchsummary(module, graph, None)
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    assert [child.training for child in module.modules()] == modes
    assert not any(child._forward_hooks for child in module.modules())


def test_the_check_finds_a_layer_that_differs_from_the_graph() -> None:
    """A wrong stride, kind or parameter count and a missing layer are all found."""
    graph = resnet_dsl.lower(resnet_dsl.load(SMALL))

    def codes(module: nn.Module) -> set[str]:
        return {fault.code for fault in differences(module, graph)}

    strided = build_module(graph)
    strided.get_submodule("conv1").stride = (1, 1)  # type: ignore[assignment]
    assert codes(strided) == {"RD902"}
    gelu = build_module(graph)
    gelu.set_submodule("act1", nn.GELU())
    assert codes(gelu) == {"RD902"}
    biased = build_module(graph)
    biased.set_submodule("layer1.0.conv1", nn.Conv2d(8, 4, 1, bias=True))
    assert codes(biased) == {"RD902"}


@pytest.mark.parametrize("change", LINEAGE, ids=str)
def test_the_checks_hold_for_modules_of_several_layers(change: dict[str, object]) -> None:
    """Shapes, parameters and the text of torchsummary, which counts only what is called `weight` or `bias`."""
    graph = resnet_dsl.lower(resnet_dsl.load(SMALL, overrides=change))
    module = build_module(graph)
    assert differences(module, graph) == []
    assert run_torchsummary(module, graph, None) == summary(graph, "torchsummary")
    assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == graph.state


@pytest.mark.parametrize("batch_size", [None, 1, 64])
@pytest.mark.parametrize("name", ["resnet18", "resnet20", "plain20", "resnext50_32x4d"])
def test_summary_prints_the_bytes_that_torchsummary_prints(name: str, batch_size: int | None) -> None:
    """The same text, without building anything."""
    spec = resnet_dsl.load({"name": "any", "extends": name, "input": {"size": [40, 33]}})
    graph = resnet_dsl.lower(spec)
    assert run_torchsummary(build_module(graph), graph, batch_size) == summary(graph, "torchsummary", batch_size)


def test_torchsummary_is_run_only_where_it_works() -> None:
    """float32 on CPU and CUDA."""
    assert supports_torchsummary(torch.device("cpu"), torch.float32)
    assert supports_torchsummary(torch.device("cuda:1"), torch.float32)
    assert not supports_torchsummary(torch.device("meta"), torch.float32)
    assert not supports_torchsummary(torch.device("cpu"), torch.float64)
