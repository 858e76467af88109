"""CLIP's attention pooling."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class AttentionPool2d(nn.Module):
    """The pixels' mean attends to itself and to every pixel (Radford et al. 2021, arXiv:2103.00020).

    Parameters have the names of OpenAI's CLIP, whose `c_proj` is the classifier.
    """

    def __init__(self, channels: int, height: int, width: int, heads: int) -> None:
        super().__init__()
        self.channels = channels
        self.height = height
        self.width = width
        self.heads = heads
        self.positional_embedding = nn.Parameter(torch.empty(height * width + 1, channels))
        self.q_proj = nn.Linear(channels, channels)
        self.k_proj = nn.Linear(channels, channels)
        self.v_proj = nn.Linear(channels, channels)
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draw embedding and projections from a normal distribution of deviation 1 / √channels; biases are 0."""
        deviation = self.channels**-0.5
        self.positional_embedding.normal_(std=deviation)
        for projection in (self.q_proj, self.k_proj, self.v_proj):
            projection.weight.normal_(std=deviation)
            projection.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels).

        Raises:
            ValueError: the feature map has another height or width than the embedding.
        """
        height, width = x.shape[2:]
        if height != self.height or width != self.width:
            raise ValueError(
                f"attention pooling takes feature maps of {self.height}x{self.width}, not {height}x{width}"
            )
        pixels = x.flatten(2).transpose(1, 2)
        tokens = torch.cat((pixels.mean(1, keepdim=True), pixels), 1) + self.positional_embedding
        query = self._heads(tokens[:, :1], self.q_proj.weight, self.q_proj.bias)
        key = self._heads(tokens, self.k_proj.weight, self.k_proj.bias)
        value = self._heads(tokens, self.v_proj.weight, self.v_proj.bias)
        scale = (self.channels // self.heads) ** -0.5
        attention = torch.softmax(query * scale @ key.transpose(2, 3), 3)
        return (attention @ value).flatten(1)

    def _heads(self, tokens: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Project (batch, tokens, channels) to (batch, heads, tokens, channels of a head)."""
        projected = functional.linear(tokens, weight, bias)
        return torch.unflatten(projected, 2, (self.heads, -1)).transpose(1, 2)

    def extra_repr(self) -> str:
        return f"channels={self.channels}, height={self.height}, width={self.width}, heads={self.heads}"
