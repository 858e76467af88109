"""Networks with random constructor arguments of torchvision and timm, built by the library and by us, and compared.

Each is translated to a spec and must be the same network: keys, shapes, outputs, gradients, costs. Randomness is
seeded, so runs are reproducible; the comparison is not limited to known models.
"""

import copy
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from tests.peers import hashfill
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
timm_resnet = pytest.importorskip("timm.models.resnet")
timm_layers = pytest.importorskip("timm.layers")
torchvision_resnet = pytest.importorskip("torchvision.models.resnet")

NETWORKS = 200
SHARDS = 20
"""How many tests share the comparisons, so that two processes can run them in parallel."""

Document = dict[str, Any]


def pruned(document: Document) -> Document:
    """The document without empty mappings."""
    return {key: value for key, value in document.items() if value != {}}


def torchvision_network(draw: random.Random) -> tuple[nn.Module, Document]:
    """Arguments of torchvision's `ResNet`, and the spec of the same network."""
    bottleneck = draw.random() < 0.7
    layers = [draw.choice([1, 1, 1, 2]) for _ in range(4)]
    groups = draw.choice([1, 1, 2, 8, 32]) if bottleneck else 1
    width_per_group = draw.choice([4, 7, 16, 32, 64]) // (4 if groups > 8 else 1) or 4 if bottleneck else 64
    dilate = [draw.random() < 0.3 for _ in range(3)] if bottleneck else [False] * 3
    norm, norm_layer = draw.choice(
        [
            ("batch", None),
            ("batch", None),
            ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)),
            ("instance", nn.InstanceNorm2d),
            ({"type": "group", "groups": 1}, lambda channels: nn.GroupNorm(1, channels)),
        ]
    )
    classes, zero = draw.choice([0, 1, 10, 37]) or 3, draw.random() < 0.5 and norm != "instance"
    module = torchvision_resnet.ResNet(
        torchvision_resnet.Bottleneck if bottleneck else torchvision_resnet.BasicBlock,
        layers,
        num_classes=classes,
        zero_init_residual=zero,
        groups=groups,
        width_per_group=width_per_group,
        replace_stride_with_dilation=dilate,
        norm_layer=norm_layer,
    )
    strides, dilations = [1], [1]
    for is_dilated in dilate:
        strides.append(1 if is_dilated else 2)
        dilations.append(dilations[-1] * (2 if is_dilated else 1))
    if dilations[:3] == [1, 1, 1] and layers[3] == 1:  # its only 3x3 keeps the previous dilation: the key has no effect
        dilations[3] = 1
    block: Document = {"type": "bottleneck" if bottleneck else "basic"}
    if bottleneck:
        block |= {"groups": groups, "width_per_group": width_per_group}
    return module, {
        "name": "random",
        "input": {"size": [draw.randint(33, 48), draw.randint(33, 48)]},
        "block": block,
        "norm": norm,
        "stages": {"depths": layers, "strides": strides, "dilations": dilations},
        "head": {"classes": classes},
        "init": {"zero_residual": zero},
    }


ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "relu6": nn.ReLU6,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": timm_layers.get_act_layer("gelu"),
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "hardswish": nn.Hardswish,
    "tanh": timm_layers.get_act_layer("tanh"),
}


def timm_network(draw: random.Random) -> tuple[nn.Module, Document]:
    """Arguments of timm's `ResNet`, and the spec of the same network."""
    kinds = draw.choice([["basic"], ["bottleneck"], ["bottleneck"], ["basic", "bottleneck"]])
    types = [draw.choice(kinds) for _ in range(4)]
    layers = [draw.choice([1, 1, 2]) for _ in range(4)]
    channels = [draw.choice([16, 32, 48, 64]) for _ in range(4)]
    only_bottlenecks = "basic" not in types
    cardinality = draw.choice([1, 2, 4]) if only_bottlenecks else 1
    base_width = draw.choice([16, 64, 80]) if only_bottlenecks else 64
    reduce_first = draw.choice([1, 1, 2])
    stem_type, stem_width = draw.choice(["", "deep", "deep_tiered"]), draw.choice([16, 32])
    conv_pool, avg_down, down_kernel = draw.random() < 0.3, draw.random() < 0.4, draw.choice([1, 1, 3])
    antialias, aa_layer = draw.choice([("none", None), ("none", None), ("blur", "blur"), ("avg", "avg")])
    output_stride = draw.choice([8, 16, 32, 32])
    norm, norm_layer = draw.choice(
        [
            ("batch", nn.BatchNorm2d),
            ("batch", nn.BatchNorm2d),
            ({"type": "group", "groups": 2}, partial(timm_layers.GroupNorm, num_groups=2)),
            ("layer", timm_layers.LayerNorm2d),
            ("instance", nn.InstanceNorm2d),
        ]
    )
    attention, block_args = draw.choice(
        [
            ("none", {}),
            ("se", {"attn_layer": "se"}),
            ({"type": "se", "ratio": 0.25}, {"attn_layer": partial(timm_layers.SEModule, rd_ratio=0.25)}),
            ("eca", {"attn_layer": "eca"}),
        ]
    )
    activation = draw.choice(list(ACTIVATIONS))
    classes, channels_in = draw.choice([0, 1, 10]), draw.choice([1, 3, 4])
    pool = draw.choice(["avg", "max", "avgmax", "catavgmax"])
    drop_path = draw.choice([0.0, 0.2]) if sum(layers) > 1 else 0.0
    dropout, zero = draw.choice([0.0, 0.3]), draw.random() < 0.5 and norm != "instance"
    blocks = {"basic": timm_resnet.BasicBlock, "bottleneck": timm_resnet.Bottleneck}
    module = timm_resnet.ResNet(
        [blocks[type_] for type_ in types],
        layers,
        num_classes=classes,
        in_chans=channels_in,
        output_stride=output_stride,
        global_pool=pool,
        cardinality=cardinality,
        base_width=base_width,
        stem_width=stem_width,
        stem_type=stem_type,
        replace_stem_pool=conv_pool,
        block_reduce_first=reduce_first,
        down_kernel_size=down_kernel,
        avg_down=avg_down,
        channels=tuple(channels),
        act_layer=ACTIVATIONS[activation],
        norm_layer=norm_layer,
        aa_layer=timm_layers.BlurPool2d if aa_layer == "blur" else nn.AvgPool2d if aa_layer else None,
        drop_rate=dropout,
        drop_path_rate=drop_path,
        zero_init_last=zero,
        block_args=block_args,
    )
    first = 3 * (stem_width // 4) if stem_type == "deep_tiered" else stem_width
    stem: Document = {"channels": [first, stem_width, 2 * stem_width], "kernel": 3} if stem_type else {}
    block: Document = {"type": types, "reduce_first": reduce_first}
    if only_bottlenecks:
        block |= {"groups": cardinality, "width_per_group": base_width}
    size = [64, 32] if antialias == "avg" else [draw.randint(33, 48), draw.randint(33, 48)]
    shortcut: Document = {"pool": "avg"} if avg_down else {"kernel": down_kernel}
    return module, {
        "name": "random",
        "input": {"channels": channels_in, "size": size},
        "stem": stem | {"pool": "conv" if conv_pool else "max"},
        "block": block,
        "shortcut": shortcut,
        "norm": norm,
        "activation": activation,
        "attention": attention,
        "antialias": antialias,
        "stages": {"depths": layers, "widths": channels, "output_stride": output_stride},
        "drop_path": drop_path,
        "head": {"pool": pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero},
    }


def zeroed(module: nn.Module) -> set[str]:
    """The parameters whose elements are all 0."""
    return {name for name, parameter in module.named_parameters() if not parameter.any()}


def multiply_accumulates(module: nn.Module, shape: Sequence[int]) -> int:
    """Half of torch's count for one input, without computing anything."""
    shadow = copy.deepcopy(module).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        shadow(torch.empty(1, *shape, dtype=torch.float64, device="meta"))
    assert counter.get_total_flops() % 2 == 0
    return int(counter.get_total_flops()) // 2


def close(one: Tensor, other: Tensor) -> bool:
    """Equal to 1e-9 of the largest element."""
    return one.shape == other.shape and bool((one - other).abs().max() <= 1e-9 * other.abs().max().clamp(min=1e-30))


def compare(theirs: nn.Module, document: Document) -> None:
    """Everything that makes them the same network."""
    graph = resnet_dsl.lower(resnet_dsl.load(pruned(document)))
    ours = build_module(graph, dtype=torch.float64)
    theirs = theirs.double()
    shapes = [{name: tuple(value.shape) for name, value in each.state_dict().items()} for each in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert graph.parameters == sum(parameter.numel() for parameter in theirs.parameters())
    assert {name for name in zeroed(ours) if "bn" in name} == {name for name in zeroed(theirs) if "bn" in name}
    hashfill.fill(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = hashfill.probe(*graph.input_shape)
    with torch.no_grad():
        assert close(ours.eval()(x), theirs.eval()(x))
    assert multiply_accumulates(ours, graph.input_shape) == graph.macs
    assert multiply_accumulates(theirs, graph.input_shape) == graph.macs
    outputs = []
    for module in (ours, theirs):
        torch.manual_seed(0)  # both draw the same samples and features to drop
        module.train()
        outputs.append(module(x))
        (outputs[-1] * hashfill.uniform("direction", outputs[-1].shape)).sum().backward()
    assert close(*outputs)
    gradients = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    for name, parameter in ours.named_parameters():
        expected = gradients[name]
        assert parameter.grad is not None
        assert expected is not None
        assert close(parameter.grad, expected), name


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("library", [torchvision_network, timm_network], ids=["torchvision", "timm"])
def test_a_random_network_is_the_same_in_both(library: Any, shard: int) -> None:
    """The same keys, shapes, zeroed weights, outputs in both modes, gradients, parameters and costs."""
    for index in range(shard, NETWORKS, SHARDS):
        draw = random.Random(index)
        theirs, document = library(draw)
        try:
            compare(theirs, document)
        except Exception as error:
            raise AssertionError(f"network {index}: {document}") from error
