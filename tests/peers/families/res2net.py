"""timm's `ResNet` with Res2Net's block, `Bottle2neck`."""

from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.attention import attention
from tests.peers.families.edits import add_after
from tests.peers.families.resnet import trunk

timm_layers: Any = import_module("timm.layers")
timm_res2net: Any = import_module("timm.models.res2net")
timm_resnet: Any = import_module("timm.models.resnet")


class FilteredBottle2neck(timm_res2net.Bottle2neck):  # type: ignore[misc]
    """With anti-aliasing, which timm's ignores: a filter after the activation of every split takes its stride.

    The block then has a second activation after the filter, which changes nothing if it is ReLU.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        filter_, stride = settings["aa_layer"], arguments[2]
        if filter_ is None or (stride == 1 and settings["first_dilation"] == settings["dilation"]):
            return
        for conv, norm in zip(self.convs, self.bns, strict=True):
            conv.stride = (1, 1)
            add_after(norm, nn.ReLU(), timm_layers.create_aa(filter_, self.width, stride))


def res2net(draw: Random) -> Network:
    """Any scale, width, cardinality and attention; a filter only with ReLU."""
    arguments, document = trunk(draw)
    scale, cardinality, base_width = draw.randint(1, 6), draw.choice([1, 1, 2, 4]), draw.choice([9, 14, 26, 48, 70])
    settings: dict[str, Any] = {"scale": scale}
    if isinstance(document["norm"], dict) and "groups" in document["norm"]:
        base_width = 48  # the groups divide it
    if document["antialias"] != "none":
        arguments["act_layer"], document["activation"] = nn.ReLU, "relu"
    if draw.random() < 0.3:
        document["attention"], settings["attn_layer"] = attention(draw, ("se", "eca", "ese", "cbam"))
    module = timm_resnet.ResNet(
        FilteredBottle2neck, **arguments, cardinality=cardinality, base_width=base_width, block_args=settings
    )
    block: Document = {"groups": cardinality, "width_per_group": base_width, "conv3x3": {"type": "res2"}}
    if scale != 4:  # the default
        block["conv3x3"] |= {"scale": scale}
    return Theirs("timm.models.res2net", module), document | {"block": {"type": "bottleneck"} | block}
