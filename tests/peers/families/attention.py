"""timm's `ResNet` with random attention."""

from functools import partial
from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.resnet import ACTIVATIONS, blocks, trunk

timm_layers: Any = import_module("timm.layers")
timm_resnet: Any = import_module("timm.models.resnet")


def squeezing(draw: Random, *, activated: bool) -> tuple[Document, dict[str, Any]]:
    """Ratio, divisor and activation of an attention with two layers, and timm's arguments."""
    ratio, divisor = draw.choice([1 / 16, 1 / 8, 0.25, 0.3, 0.07, 0.5]), draw.choice([1, 2, 4, 8, 16])
    settings: Document = {"ratio": ratio, "divisor": divisor}
    arguments: dict[str, Any] = {"rd_ratio": ratio, "rd_divisor": divisor}
    if activated and draw.random() < 0.5:
        settings["activation"] = draw.choice(list(ACTIVATIONS))
        arguments["act_layer"] = ACTIVATIONS[settings["activation"]]
    return settings, arguments


def _of_kernel(kernel: int, _: int, **arguments: Any) -> nn.Module:
    module: nn.Module = timm_layers.EcaModule(None, kernel_size=kernel, **arguments)
    return module


def attention(draw: Random, types: tuple[str, ...]) -> tuple[Any, Any]:
    """A value of `attention`, and timm's layer."""
    type_ = draw.choice(types)
    if draw.random() < 0.3 or type_ == "ese":
        return type_, timm_layers.get_attn(type_)
    if type_ == "eca":
        kernel = draw.choice([1, 3, 5, 7, 9])
        return {"type": type_, "kernel": kernel}, partial(_of_kernel, kernel)
    settings, arguments = squeezing(draw, activated=type_ != "cbam")
    return {"type": type_, **settings}, partial(timm_layers.get_attn(type_), **arguments)


TYPES = ("cbam", "gc", "gca", "ese", "se", "eca")


def attentive(draw: Random, types: tuple[str, ...] = TYPES) -> Network:
    """Any of these attentions, in timm's own two blocks."""
    arguments, document = trunk(draw)
    own, block = blocks(draw)
    value, layer = attention(draw, types)
    module = timm_resnet.ResNet(**arguments, **own, block_args={"attn_layer": layer})
    return Theirs("timm.models.resnet", module), document | {"block": block, "attention": value}
