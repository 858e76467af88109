"""A residual block with any keys of the language, in plain PyTorch."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document
from tests.peers.references.attentions import attention
from tests.peers.references.conv3x3 import Res2, Selective, Split
from tests.peers.references.kit import Kit


@dataclass(frozen=True)
class Place:
    """Where a block stands."""

    inputs: int
    width: int
    stride: int
    dilation: int
    previous: int
    """Dilation of its first 3x3."""
    is_first: bool
    rate: float
    """Of drop path."""


class DropPath(nn.Module):
    """Drops samples, and scales the others."""

    def __init__(self, drop_prob: float) -> None:
        super().__init__()
        self.drop_prob = drop_prob

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.empty(len(x), 1, 1, 1, dtype=x.dtype).bernoulli_(1 - self.drop_prob)
        return x * (kept / (1 - self.drop_prob))


class Block(nn.Module):
    """The settings are those of `block`, with the stage's `type` and `expansion` and a single block's values."""

    def __init__(self, kit: Kit, settings: Document, shortcut: Document, place: Place) -> None:
        super().__init__()
        self.settings, self.shortcut, self.place = settings, shortcut, place
        self.bottleneck, self.preactivated = settings["type"] == "bottleneck", settings["preactivation"]
        self.early = self.bottleneck and settings["stride_in"] == "1x1"
        self.pools = settings["pool"] != "none" and place.stride != 1
        changes = place.stride != 1 or place.previous != place.dilation
        self.filters = kit.filters != "none" and settings["pool"] == "none" and changes
        self.outputs = place.width * settings["expansion"]
        self.count, self.main = (3, 2) if self.bottleneck else (2, 1)
        kind, when = settings["conv3x3"]["type"], shortcut["when"]
        projects = shortcut["type"] == "projection" and (when == "always" or (when == "first" and place.is_first))
        differs = place.stride != 1 or place.inputs != self.outputs
        self.module = kind != "plain"
        channels = self._make_convolutions(kit, kind, opens=projects or differs)
        if not self.preactivated:
            channels = [*channels[1:], self.outputs]
        for number in range(1, self.count + 1):
            if self.module and number == self.main and not self.preactivated:
                continue  # norm and activation are in the module
            self.add_module(f"bn{number}", kit.norm(channels[number - 1]))
            self.add_module(f"act{number}", kit.activation(channels[number - 1]))
        if not self.preactivated:
            self.add_module(f"act{self.count}", kit.activation(self.outputs))
        where = settings["attention"].get("position", "end")
        scaled = (
            (channels[self.main - 1] if not self.preactivated else channels[self.main])
            if where == "inner"
            else self.outputs
        )
        self.where, self.se = where, attention(settings["attention"], scaled, place.inputs)
        if where == "activated":
            self.se_act = kit.activation(self.outputs)
        self.low_pass = kit.low_pass(place.stride)
        self.drop_path = DropPath(place.rate) if place.rate else nn.Identity()
        self.downsample = self._projection(kit) if projects or (differs and shortcut["type"] == "projection") else None

    def _make_convolutions(self, kit: Kit, kind: str, *, opens: bool) -> list[int]:
        """Also returns the channels that each of them reads."""
        settings, place = self.settings, self.place
        stride = 1 if self.filters or self.pools else place.stride
        dilation = place.dilation if self.early else place.previous
        if not self.bottleneck:
            first = settings.get("first") or place.width // settings["reduce_first"]
            main = (place.inputs, first, 3, stride, dilation, 1)
            self.conv1: nn.Module = self._main(kit, kind, main, opens=opens)
            self.conv2: nn.Module = kit.conv(first, self.outputs, 3, 1, place.dilation)
            return [place.inputs, first]
        groups = settings["groups"]
        usual = place.width * settings["width_per_group"] // 64 * groups
        inner = settings.get("inner") or usual
        if settings["group_width"]:
            groups = inner // min(settings["group_width"], inner)
        scale = settings["conv3x3"].get("scale", 4) if kind == "res2" else 1
        first = inner * scale if kind == "res2" else settings.get("first") or usual // settings["reduce_first"]
        strides = (stride, 1) if self.early else (1, stride)
        self.conv1 = kit.conv(place.inputs, first, 1, strides[0])
        main = (inner if kind == "res2" else first, inner, 3, strides[1], dilation, groups)
        self.conv2 = self._main(kit, kind, main, opens=opens)
        self.conv3 = kit.conv(inner * scale, self.outputs, 1)
        return [place.inputs, first, inner * scale]

    def _main(self, kit: Kit, kind: str, conv: tuple[int, ...], *, opens: bool) -> nn.Module:
        """The 3x3 convolution, or what stands for it, which does its filtering itself."""
        settings, filtered = self.settings["conv3x3"], self.filters and not self.early
        whole = (*conv[:3], self.place.stride if filtered else conv[3], *conv[4:])
        match kind:
            case "res2":
                return Res2(kit, whole, scale=settings.get("scale", 4), opens=opens, filtered=filtered)
            case "split":
                return Split(kit, whole, radix=settings.get("radix", 2), filtered=filtered)
            case "selective":
                return Selective(kit, whole, settings, filtered=filtered)
            case _:
                return kit.conv(*conv)

    def _projection(self, kit: Kit) -> nn.Module:
        place, layers = self.place, nn.Sequential()
        resizes = place.stride != 1 or place.dilation != 1
        index, stride, kernel = 0, place.stride, 3 if self.shortcut["kernel"] == 3 and resizes else 1
        if self.shortcut["pool"] == "avg":
            index, stride, kernel = 1, 1, 1
            if place.stride != 1:
                layers.add_module("0", nn.AvgPool2d(2, place.stride, ceil_mode=True, count_include_pad=False))
            elif place.dilation != 1:
                layers.add_module("0", nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.AvgPool2d(2, 1)))
        dilation = 1 if kernel == 1 else place.dilation if self.early else place.previous
        layers.add_module(f"{index}", kit.conv(place.inputs, self.outputs, kernel, stride, dilation))
        if self.shortcut["norm"] and not self.preactivated:
            layers.add_module(f"{index + 1}", kit.norm(self.outputs))
        return layers

    def _layer(self, name: str, number: int, x: Tensor) -> Tensor:
        result: Tensor = self.get_submodule(f"{name}{number}")(x)
        return result

    def _before(self, number: int, x: Tensor) -> Tensor:
        """Pooling in front of the 3x3, and dropout in front of the last convolution."""
        if number == self.main and self.pools and self.settings["pool"] == "before":
            x = functional.avg_pool2d(x, 3, self.place.stride, 1)
        if number == self.count:
            x = functional.dropout(x, self.settings["dropout"], self.training)
        return x

    def _after(self, number: int, x: Tensor) -> Tensor:
        """Filter and pooling after the activation that follows a convolution."""
        is_main = number == self.main
        if self.filters and number == (1 if self.early else self.main) and not (is_main and self.module):
            x = self.low_pass(x)
        if is_main and self.pools and self.settings["pool"] == "after":
            x = functional.avg_pool2d(x, 3, self.place.stride, 1)
        return x

    def _attended(self, x: Tensor) -> Tensor:
        return x if self.se is None else self.se(x)

    def _branch(self, x: Tensor) -> Tensor:
        for number in range(1, self.count + 1):
            x = self._layer("conv", number, self._before(number, x))
            if not (self.module and number == self.main):
                x = self._layer("bn", number, x)
                x = x if number == self.count else self._layer("act", number, x)
            x = self._after(number, x)
            if number == self.main and self.where == "inner":
                x = self._attended(x)
        return x

    def _preactivated_branch(self, x: Tensor) -> tuple[Tensor, Tensor]:
        activated = x
        for number in range(1, self.count + 1):
            x = self._layer("act", number, self._layer("bn", number, x))
            activated = x if number == 1 else activated
            x = self._after(number - 1, x) if number > 1 else x
            x = self._layer("conv", number, self._before(number, x))
            if number == self.main and self.where == "inner":
                x = self._attended(x)
        return x, activated

    def forward(self, x: Tensor) -> Tensor:
        y, activated = self._preactivated_branch(x) if self.preactivated else (self._branch(x), x)
        if self.where == "activated":
            y = self.se_act(y)
        y = y if self.where == "inner" else self._attended(y)
        y = self.drop_path(y)
        if self.shortcut["type"] != "none":
            y = y + self._short(x, activated, y)
        return y if self.preactivated else self._layer("act", self.count, y)

    def _short(self, x: Tensor, activated: Tensor, y: Tensor) -> Tensor:
        if self.downsample is not None:
            result: Tensor = self.downsample(activated)
            return result
        if x.shape == y.shape:
            return activated if self.preactivated and self.shortcut["source"] == "activation" else x
        stride, zeros = self.place.stride, y.shape[1] - x.shape[1]
        front = zeros // 2 if self.shortcut["zeros"] == "both" else 0
        return functional.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, front, zeros - front))
