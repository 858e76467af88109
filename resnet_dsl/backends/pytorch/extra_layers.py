"""Layers that PyTorch lacks, named as in timm where timm has them."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class LayerNorm2d(nn.LayerNorm):
    """Layer norm over the channels of each pixel."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the same."""
        x = x.permute(0, 2, 3, 1)
        x = functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class StdConv2d(nn.Conv2d):
    """A convolution whose filters are standardised, one by one, in every pass (Qiao et al. 2019, arXiv:1903.10520)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        eps: float,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """(batch, in_channels, height, width) to (batch, out_channels, new height, new width)."""
        filters = self.weight.reshape(1, self.out_channels, -1)  # as the channels of a batch of one
        weight = functional.batch_norm(filters, None, None, training=True, eps=self.eps).reshape_as(self.weight)
        return functional.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        text: str = super().extra_repr()  # type: ignore[no-untyped-call]
        return f"{text}, eps={self.eps}"


class MaxPool2dZero(nn.MaxPool2d):
    """Max pooling in which a border of zeros takes part."""

    padding: int

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, new height, new width)."""
        x = functional.pad(x, (self.padding, self.padding, self.padding, self.padding))
        return functional.max_pool2d(x, self.kernel_size, self.stride, ceil_mode=self.ceil_mode)


class MaxPool2dSame(nn.Module):
    """Max pooling with a window for every stride-th pixel, padded as in TensorFlow: the smaller half in front."""

    def __init__(self, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, ⌈height / stride⌉, ⌈width / stride⌉)."""
        top, bottom = self._padding(x.shape[2])
        left, right = self._padding(x.shape[3])
        x = functional.pad(x, (left, right, top, bottom), value=float("-inf"))
        return functional.max_pool2d(x, self.kernel_size, self.stride)

    def _padding(self, size: int) -> tuple[int, int]:
        """Rows or columns before and after a side of this length."""
        total = max((-(-size // self.stride) - 1) * self.stride + self.kernel_size - size, 0)
        return total // 2, total - total // 2

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class AvgPool2dSame(nn.Module):
    """2x2 average pooling with stride 1, zero-padded at the bottom and right; the zeros count in the average."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the same."""
        return functional.avg_pool2d(functional.pad(x, (0, 1, 0, 1)), 2, 1)


class BlurPool2d(nn.Module):
    """A 3x3 binomial filter on each channel, with reflection padding (Zhang 2019, arXiv:1904.11486)."""

    filt: Tensor

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride
        self.register_buffer("filt", torch.empty(channels, 1, 3, 3), persistent=False)
        self.restore(self.filt)

    def restore(self, like: Tensor) -> None:
        """Set the filter, which is not part of the `state_dict`, with the device and dtype of a tensor."""
        line = torch.tensor([1.0, 2.0, 1.0], device=like.device, dtype=like.dtype) / 4
        self.filt = torch.outer(line, line).expand(self.channels, 1, 3, 3).contiguous()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "BlurPool2d":
        """What `to` and `to_empty` do to every module, after which the filter has its values again."""
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        self.restore(self.filt)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, ⌈height / stride⌉, ⌈width / stride⌉)."""
        x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(x, self.filt, stride=self.stride, groups=self.channels)

    def extra_repr(self) -> str:
        return f"channels={self.channels}, stride={self.stride}"


class ChannelConv1d(nn.Conv1d):
    """A convolution over neighbouring channels, zero-padded at both ends."""

    def __init__(self, kernel: int) -> None:
        super().__init__(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, 1, 1) to the same."""
        filtered = functional.conv1d(x.flatten(1).unsqueeze(1), self.weight, padding=self.kernel_size[0] // 2)
        return filtered.reshape(x.shape)


class DropPath(nn.Module):
    """In training, zero a sample with probability `p`, else scale it by 1 / (1 - p) (Huang et al. 2016)."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """(batch, …) to the same."""
        if not self.training:
            return x
        keep = x.new_empty([x.shape[0]] + [1] * (x.dim() - 1)).bernoulli_(1 - self.p)
        return x * keep.div_(1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class PaddingShortcut(nn.Module):
    """Every stride-th row and column, then zero-padded channels: option A of He et al. 2015.

    The zero channels are at the end, or half of them, rounded down, in front.
    """

    def __init__(self, out_channels: int, stride: int, splits_zeros: bool = False) -> None:
        super().__init__()
        self.out_channels = out_channels
        self.stride = stride
        self.splits_zeros = splits_zeros

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, out_channels, ⌈height / stride⌉, ⌈width / stride⌉)."""
        x = x[:, :, :: self.stride, :: self.stride]
        zeros = self.out_channels - x.shape[1]
        in_front = zeros // 2 if self.splits_zeros else 0
        return functional.pad(x, (0, 0, 0, 0, in_front, zeros - in_front))

    def extra_repr(self) -> str:
        return f"out_channels={self.out_channels}, stride={self.stride}, splits_zeros={self.splits_zeros}"


class AdaptiveAvgMaxPool2d(nn.Module):
    """The average of each channel's mean and maximum."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, 1, 1)."""
        return 0.5 * (functional.adaptive_avg_pool2d(x, 1) + functional.adaptive_max_pool2d(x, 1))


class AdaptiveCatAvgMaxPool2d(nn.Module):
    """The channels' means, then their maxima."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, 2 · channels, 1, 1)."""
        return torch.cat((functional.adaptive_avg_pool2d(x, 1), functional.adaptive_max_pool2d(x, 1)), 1)
