"""timm's `SENet`, the first networks with squeeze and excitation."""

from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network

timm_senet: Any = import_module("timm.models.senet")

NARROWING = 8


class NarrowSENet(timm_senet.SENet):  # type: ignore[misc]
    """Its widths are fixed; these are an eighth of them."""

    def __init__(self, block: Any, *arguments: Any, num_classes: int, **settings: Any) -> None:
        super().__init__(block, *arguments, num_classes=num_classes, **settings)
        channels = 512 // NARROWING * block.expansion * self.global_pool.feat_mult()
        self.last_linear = nn.Linear(channels, num_classes) if num_classes else nn.Identity()

    def _make_layer(self, block: Any, planes: int, *arguments: Any, **settings: Any) -> nn.Module:
        layer: nn.Module = super()._make_layer(block, planes // NARROWING, *arguments, **settings)
        return layer


def _block(draw: Random) -> tuple[Any, int, int, Document, Document]:
    """The class of a block, groups, reduction, and the spec's `block` and `attention`."""
    reduction = draw.choice([1, 2, 4, 8])
    attention: Document = {"type": "se", "ratio": 1 / reduction, "divisor": 1}
    groups = draw.choice([1, 2, 4, 8])
    match draw.choice(["basic", "caffe", "resnext", "senet"]):
        case "basic":
            return timm_senet.SEResNetBlock, 1, reduction, {"type": "basic"}, attention | {"position": "activated"}
        case "caffe":  # these have no inner width of their own: the groups divide the block's
            block = {"type": "bottleneck", "stride_in": "1x1", "groups": groups}
            if groups > 1:
                block["width_per_group"] = 64 // groups
            return timm_senet.SEResNetBottleneck, groups, reduction, block, attention
        case "resnext":
            block = {"type": "bottleneck", "groups": groups, "width_per_group": 16}
            return _ResNeXtBottleneck, groups, reduction, block, attention
        case _:
            block = {"type": "bottleneck", "groups": groups, "width_per_group": 256 // groups, "reduce_first": 2}
            return timm_senet.SEBottleneck, groups, reduction, block, attention


class _ResNeXtBottleneck(timm_senet.SEResNeXtBottleneck):  # type: ignore[misc]
    """Wide enough for these widths."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, base_width=16, **settings)


def senet(draw: Random) -> Network:
    """Every block, groups, reduction, both stems, both kernels of projections."""
    block, groups, reduction, said, attention = _block(draw)
    layers = [draw.choice([1, 1, 2, 3]) for _ in range(4)]
    deep, kernel = draw.random() < 0.5, draw.choice([1, 3])
    channels, classes, dropout = draw.choice([16, 64]), draw.choice([0, 1, 10]), draw.choice([0.0, 0.2])
    inputs, pool = draw.choice([1, 3, 4]), draw.choice(["avg", "max", "avgmax", "catavgmax"])
    module = NarrowSENet(
        block,
        layers,
        groups,
        reduction,
        drop_rate=dropout,
        in_chans=inputs,
        inplanes=channels,
        input_3x3=deep,
        downsample_kernel_size=kernel,
        downsample_padding=kernel // 2,
        num_classes=classes,
        global_pool=pool,
    )
    stem: Document = {"channels": [64, 64, channels], "kernel": 3} if deep else {"channels": channels}
    document = {
        "name": "random",
        "input": {"channels": inputs, "size": [draw.randint(33, 64), draw.randint(33, 64)]},
        "stem": stem | {"pool": {"type": "max", "padding": "ceil"}},
        "block": said,
        "shortcut": {"kernel": kernel},
        "attention": attention,
        "stages": {"depths": layers, "widths": [64 // NARROWING << index for index in range(4)]},
        "head": {"pool": pool, "dropout": dropout, "classes": classes},
    }
    return Theirs("timm.models.senet", module), document
