"""Networks with random constructor arguments of torchvision's and timm's `ResNet`, built by the library and by us, and
compared.

Each is translated to a spec and must be the same network: keys, shapes, outputs, gradients, costs. Randomness is
seeded, so runs are reproducible; the comparison is not limited to known models.
"""

import random
from functools import partial
from typing import Any

import pytest
from torch import nn

from tests.peers.comparison import NETWORKS, Theirs, compare
from tests.peers.effective import effective
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
torchvision_resnet = pytest.importorskip("torchvision.models.resnet")
timm_resnet = pytest.importorskip("tests.peers.families.resnet")

pytestmark = pytest.mark.slow

SHARDS = 20
"""How many tests share the comparisons, so that two processes can run them in parallel."""

Document = dict[str, Any]


def torchvision_network(draw: random.Random) -> tuple[Theirs, Document]:
    """Arguments of torchvision's `ResNet`, and the spec of the same network."""
    bottleneck = draw.random() < 0.7
    layers = [draw.choice([1, 1, 1, 2]) for _ in range(4)]
    groups = draw.choice([1, 1, 2, 8, 32]) if bottleneck else 1
    width_per_group = draw.choice([4, 7, 16, 32, 64]) // (groups if groups > 2 else 1) or 4 if bottleneck else 64
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
    block: Document = {"type": "bottleneck" if bottleneck else "basic"}
    if bottleneck:
        block |= {"groups": groups, "width_per_group": width_per_group}
    return Theirs("torchvision.models.resnet", module), {
        "name": "random",
        "input": {"size": [draw.randint(33, 36), draw.randint(33, 36)]},
        "block": block,
        "norm": norm,
        "stages": {"depths": layers, "strides": strides, "dilations": dilations},
        "head": {"classes": classes},
        "init": {"zero_residual": zero},
    }


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("library", [torchvision_network, timm_resnet.resnet], ids=["torchvision", "timm"])
def test_a_random_network_is_the_same_in_both(library: Any, shard: int) -> None:
    """The same keys, shapes, zeroed weights, outputs in both modes, gradients, parameters and costs."""
    for index in range(shard, NETWORKS, SHARDS):
        theirs, document = library(random.Random(index))
        try:
            compare(theirs, effective(document))
        except Exception as error:
            raise AssertionError(f"network {index}: {document}") from error
