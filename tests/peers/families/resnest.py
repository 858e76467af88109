"""timm's `ResNet` with ResNeSt's block."""

from importlib import import_module
from random import Random
from typing import Any

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.edits import add_after
from tests.peers.families.resnet import NORMS, trunk

timm_layers: Any = import_module("timm.layers")
timm_resnest: Any = import_module("timm.models.resnest")
timm_resnet: Any = import_module("timm.models.resnet")


class FilteredResNestBottleneck(timm_resnest.ResNestBottleneck):  # type: ignore[misc]
    """With anti-aliasing, which timm's refuses: a filter after the first activation of the split attention."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        filter_, stride = settings.pop("aa_layer"), arguments[2]
        super().__init__(*arguments, **settings)
        if filter_ is None or settings["avd"] or (stride == 1 and settings["first_dilation"] == settings["dilation"]):
            return
        conv, activation = (self.conv2.conv, self.conv2.act0) if self.radix else (self.conv2, self.act2)
        conv.stride = (1, 1)
        add_after(activation, timm_layers.create_aa(filter_, conv.out_channels, stride))


def resnest(draw: Random) -> Network:
    """Any radix, cardinality and pooling; radix 0 is a plain convolution.

    There is no drop path, because timm drops what a projection reads, and we the branch.
    """
    arguments, document = trunk(draw, norms=NORMS[:-1])  # instance norm cannot normalise the attention's one pixel
    document["drop_path"] = arguments["drop_path_rate"] = 0.0
    radix, cardinality, base_width = draw.choice([0, 1, 2, 2, 3, 4]), draw.choice([1, 1, 2, 4]), draw.choice([24, 64])
    divisor = max(radix, 1) * (2 if isinstance(document["norm"], dict) and "groups" in document["norm"] else 1)
    fitting = [width for width in (*range(8, 72), *[143] * 20) if width * base_width // 64 % divisor == 0]
    arguments["channels"] = document["stages"]["widths"] = [draw.choice(fitting) for _ in range(4)]
    pool = draw.choice(["none", "before", "after"])
    settings = {"radix": radix, "avd": pool != "none", "avd_first": pool == "before"}
    module = timm_resnet.ResNet(
        FilteredResNestBottleneck, **arguments, cardinality=cardinality, base_width=base_width, block_args=settings
    )
    block: Document = {"type": "bottleneck", "groups": cardinality, "width_per_group": base_width, "pool": pool}
    if radix:
        block["conv3x3"] = {"type": "split"} | ({} if radix == 2 else {"radix": radix})  # 2 is the default
    return Theirs("timm.models.resnest", module), document | {"block": block}
