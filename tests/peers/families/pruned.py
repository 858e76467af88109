"""timm's `ResNet` pruned by its own `adapt_model_from_string`, as `ecaresnet50d_pruned` is."""

from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.attention import attention
from tests.peers.families.resnet import BLOCKS, NORMS, trunk

timm_resnet: Any = import_module("timm.models.resnet")
timm_prune: Any = import_module("timm.models._prune")


class _Pruning:
    """The channels that are kept: timm's string of shapes, and what a spec says."""

    def __init__(self, draw: Random, channels: int) -> None:
        self.draw = draw
        self.channels = channels
        """Of the feature map so far."""
        self.shapes: list[str] = []
        self.stem: list[int] = []
        self.widths: list[int] = []
        self.blocks: Document = {}

    def kept(self, channels: int) -> int:
        return self.draw.randint(max(2, channels // 4), channels)

    def say(self, name: str, module: nn.Module, inputs: int, outputs: int) -> None:
        """Add the shape of a convolution's or norm's weight."""
        if isinstance(module, nn.Conv2d):
            self.shapes.append(f"{name}.weight:[{outputs}, {inputs}, {module.kernel_size[0]}, {module.kernel_size[1]}]")
        elif isinstance(module, nn.BatchNorm2d):
            self.shapes.append(f"{name}.weight:[{outputs}]")

    def prune_stem(self, module: nn.Module) -> None:
        """Its pooling, if a convolution, keeps all channels."""
        for name, each in module.named_modules():
            if name.startswith(("conv1", "bn1", "maxpool")):
                inputs = self.channels
                if isinstance(each, nn.Conv2d) and not name.startswith("maxpool"):
                    self.channels = self.kept(each.out_channels)
                    self.stem.append(self.channels)
                self.say(name, each, inputs, self.channels)

    def prune_block(self, name: str, block: Any, last: str) -> None:
        """The block's output has the channels of its stage, which its first block determines."""
        source = channels = self.channels
        if name.endswith(".0"):
            outputs = self.kept(block.get_submodule(last).out_channels) if block.downsample is not None else source
            if block.stride == 1 and outputs == source and block.downsample is not None:  # no spec would project
                outputs -= 1
            self.widths.append(outputs)
        own: Document = {}
        for path, each in block.named_modules():
            inputs = source if path.startswith("downsample") else channels
            if path in ("conv1", "conv2") and path != last:
                channels = self.kept(each.out_channels)
                own["first" if path == "conv1" else "inner"] = channels
            elif isinstance(each, nn.Conv2d):
                channels = self.widths[-1]
            self.say(f"{name}.{path}", each, inputs, channels)
        self.channels = channels
        self.blocks[name] = own


def pruned(draw: Random) -> Network:
    """Random channels of every convolution are kept; attention keeps the kernels that it had before."""
    arguments, document = trunk(draw, norms=NORMS[:3])
    if document["antialias"] == "blur":  # its filters are not pruned
        arguments["aa_layer"], document["antialias"] = None, "none"
    types = [draw.choice(["basic", "bottleneck", "bottleneck"]) for _ in range(4)]
    value, layer = attention(draw, ("eca", "ese")) if draw.random() < 0.5 else ("none", None)
    blocks = [BLOCKS[type_] for type_ in types]
    module = timm_resnet.ResNet(blocks, **arguments, block_args={"attn_layer": layer})
    if value == "eca":
        kernels = [module.get_submodule(f"layer{number}.0.se.conv").kernel_size[0] for number in range(1, 5)]
        value = [{"type": "eca", "kernel": kernel} for kernel in kernels]
    pruning = _Pruning(draw, document["input"]["channels"])
    pruning.prune_stem(module)
    for number, type_ in enumerate(types, 1):
        for position, block in module.get_submodule(f"layer{number}").named_children():
            pruning.prune_block(f"layer{number}.{position}", block, "conv2" if type_ == "basic" else "conv3")
    pruning.shapes.append(f"fc.weight:[{document['head']['classes']}, {pruning.channels}]")
    document["stem"]["channels"] = pruning.stem
    document["stages"]["widths"] = pruning.widths
    document |= {"block": {"type": types, "expansion": 1}, "attention": value, "blocks": pruning.blocks}
    document["init"] = {}  # timm does not initialise what it has pruned
    pruned_module = timm_prune.adapt_model_from_string(module, "***".join(pruning.shapes))
    return Theirs("timm.models.resnet", pruned_module), document
