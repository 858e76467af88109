"""What can stand for a 3x3 convolution with its norm and activation, in plain PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document
from tests.peers.references.kit import Kit


def rounded(number: float, divisor: int, least: int) -> int:
    """To a multiple, but not much less."""
    result = max(least, int(number + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * number else result


class Res2(nn.Module):
    """A hierarchy of splits."""

    def __init__(self, kit: Kit, conv: tuple[int, ...], *, scale: int, opens: bool, filtered: bool) -> None:
        super().__init__()
        width, _, _, stride, dilation, groups = conv
        self.width, self.scale, self.opens = width, scale, opens
        count = max(1, scale - 1)
        own = 1 if filtered else stride
        self.convs = nn.ModuleList(kit.conv(width, width, 3, own, dilation, groups) for _ in range(count))
        self.bns = nn.ModuleList(kit.norm(width) for _ in range(count))
        self.acts = nn.ModuleList(kit.activation(width) for _ in range(count))
        self.filter = kit.low_pass(stride) if filtered else nn.Identity()
        self.pool = nn.AvgPool2d(3, stride, 1)

    def forward(self, x: Tensor) -> Tensor:
        splits = torch.split(x, self.width, 1)
        outputs: list[Tensor] = []
        for split, conv, norm, act in zip(splits, self.convs, self.bns, self.acts, strict=False):
            y = split if self.opens or not outputs else split + outputs[-1]
            outputs.append(self.filter(act(norm(conv(y)))))
        if self.scale > 1:
            outputs.append(self.pool(splits[-1]) if self.opens else splits[-1])
        return torch.cat(outputs, 1)


class Split(nn.Module):
    """Split attention."""

    def __init__(self, kit: Kit, conv: tuple[int, ...], *, radix: int, filtered: bool) -> None:
        super().__init__()
        inputs, outputs, _, stride, dilation, groups = conv
        self.radix, self.groups = radix, groups
        self.conv = kit.conv(inputs, outputs * radix, 3, 1 if filtered else stride, dilation, groups * radix)
        self.bn0 = kit.norm(outputs * radix)
        self.filter = kit.low_pass(stride) if filtered else nn.Identity()
        inner = rounded(inputs * radix / 4, 8, 32)
        self.fc1, self.bn1 = nn.Conv2d(outputs, inner, 1, groups=groups), kit.norm(inner)
        self.fc2 = nn.Conv2d(inner, outputs * radix, 1, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        x = self.filter(functional.relu(self.bn0(self.conv(x))))
        parts = x.chunk(self.radix, 1)
        means = torch.stack(parts).sum(0).mean((2, 3), keepdim=True)
        gates: Tensor = self.fc2(functional.relu(self.bn1(self.fc1(means))))
        if self.radix == 1:
            return x * torch.sigmoid(gates)
        by_group = gates.reshape(len(x), self.groups, self.radix, -1)
        weights = by_group.softmax(2)
        each = [weights[:, :, index].reshape(len(x), -1, 1, 1) for index in range(self.radix)]
        return torch.stack([part * weight for part, weight in zip(parts, each, strict=True)]).sum(0)


class Selective(nn.Module):
    """Two receptive fields."""

    def __init__(self, kit: Kit, conv: tuple[int, ...], settings: Document, *, filtered: bool) -> None:
        super().__init__()
        inputs, outputs, _, stride, dilation, groups = conv
        self.halves = settings.get("split", False)
        self.filter = kit.low_pass(stride) if filtered and stride > 1 else nn.Identity()
        own, read = 1 if filtered else stride, inputs // 2 if self.halves else inputs
        self.paths = nn.ModuleList(
            nn.ModuleDict(
                {
                    "conv": kit.conv(read, outputs, 3, own, number * dilation, groups),
                    "bn": kit.norm(outputs),
                    "act": kit.activation(outputs),
                }
            )
            for number in (1, 2)
        )
        divisor = settings.get("divisor", 32)
        inner = rounded(outputs * settings.get("ratio", 1 / 16), divisor, divisor)
        self.attn = nn.ModuleDict(
            {
                "fc_reduce": nn.Conv2d(outputs, inner, 1, bias=False),
                "bn": nn.BatchNorm2d(inner),
                "fc_select": nn.Conv2d(inner, 2 * outputs, 1, bias=False),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for path, y in zip(self.paths, x.chunk(2, 1) if self.halves else (x, x), strict=True):
            assert isinstance(path, nn.ModuleDict)
            outputs.append(self.filter(path["act"](path["bn"](path["conv"](y)))))
        one, two = outputs
        means = self.attn["bn"](self.attn["fc_reduce"]((one + two).mean((2, 3), keepdim=True)))
        first, second = self.attn["fc_select"](functional.relu(means)).chunk(2, 1)
        share = torch.sigmoid(first - second)  # softmax of two
        return one * share + two * (1 - share)
