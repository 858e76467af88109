"""Layers and functions that PyTorch lacks compute what their names say, by formulas written out."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from resnet_dsl.backends.pytorch.attention_pool import AttentionPool2d
from resnet_dsl.backends.pytorch.extra_layers import MaxPool2dSame, MaxPool2dZero, PaddingShortcut, StdConv2d
from resnet_dsl.backends.pytorch.functions import function
from resnet_dsl.backends.pytorch.layers import layer
from resnet_dsl.graph import ops


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("training", [True, False])
def test_a_standardised_convolution_standardises_each_filter(training: bool) -> None:
    """Weights minus their mean, divided by √(biased variance + eps), in training and out of it; the bias as ever."""
    convolution = StdConv2d(4, 6, 3, stride=2, padding=1, groups=2, eps=0.1).double().train(training)
    weight = convolution.weight.detach()
    mean = weight.mean((1, 2, 3), keepdim=True)
    variance = (weight - mean).square().mean((1, 2, 3), keepdim=True)
    x = values(2, 4, 7, 6)
    expected = functional.conv2d(x, (weight - mean) / (variance + 0.1).sqrt(), convolution.bias, 2, 1, groups=2)
    assert torch.allclose(convolution(x), expected, rtol=1e-12)


def test_zeros_take_part_in_the_maximum() -> None:
    """Unlike padding of PyTorch's, which is minus infinity."""
    x = -values(1, 2, 5, 6).abs()
    expected = nn.MaxPool2d(3, 2)(functional.pad(x, (1, 1, 1, 1)))
    assert torch.equal(MaxPool2dZero(3, 2, 1)(x), expected)
    assert expected[0, 0, 0, 0] == 0 > nn.MaxPool2d(3, 2, 1)(x)[0, 0, 0, 0]


@given(st.integers(1, 9), st.integers(1, 9))
def test_same_padding_is_tensorflows(height: int, width: int) -> None:
    """Each window starts so many pixels before every second one that as few as possible lie outside, most behind."""
    x = -values(1, 1, height, width).abs()
    output = MaxPool2dSame(3, 2)(x)

    def starts(size: int) -> list[int]:
        count = -(-size // 2)
        before = max((count - 1) * 2 + 3 - size, 0) // 2
        return [2 * index - before for index in range(count)]

    expected = [
        [x[0, 0, max(row, 0) : row + 3, max(column, 0) : column + 3].max().item() for column in starts(width)]
        for row in starts(height)
    ]
    assert output[0, 0].tolist() == expected


def test_zero_channels_are_on_both_sides_of_a_shortcut_that_splits_them() -> None:
    """Of an odd number, the smaller half is in front."""
    x = values(1, 4, 5, 3)
    output = PaddingShortcut(9, 2, splits_zeros=True)(x)
    assert torch.equal(output[:, 2:6], x[:, :, ::2, ::2])
    assert output[:, :2].eq(0).all()
    assert output[:, 6:].eq(0).all()
    assert output.shape == (1, 9, 3, 2)


def test_attention_pooling_is_the_means_attention_to_all_tokens() -> None:
    """As OpenAI's CLIP computes it with PyTorch's multi-head attention, whose last projection is the identity here."""
    pool = AttentionPool2d(12, 3, 2, 4).double()
    for bias in (pool.q_proj.bias, pool.k_proj.bias, pool.v_proj.bias):
        nn.init.normal_(bias)
    x = values(2, 12, 3, 2)
    pixels = x.flatten(2).permute(2, 0, 1)
    tokens = torch.cat((pixels.mean(0, keepdim=True), pixels)) + pool.positional_embedding[:, None]
    expected, _ = functional.multi_head_attention_forward(
        query=tokens[:1],
        key=tokens,
        value=tokens,
        embed_dim_to_check=12,
        num_heads=4,
        q_proj_weight=pool.q_proj.weight,
        k_proj_weight=pool.k_proj.weight,
        v_proj_weight=pool.v_proj.weight,
        in_proj_weight=None,
        in_proj_bias=torch.cat((pool.q_proj.bias, pool.k_proj.bias, pool.v_proj.bias)),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0,
        out_proj_weight=torch.eye(12, dtype=torch.float64),
        out_proj_bias=torch.zeros(12, dtype=torch.float64),
        use_separate_proj_weight=True,
        training=False,
    )
    assert torch.allclose(pool(x), expected[0], rtol=1e-12)


def test_attention_pooling_takes_one_size_only() -> None:
    """The embedding has a row for each pixel; the message has both sizes."""
    with pytest.raises(ValueError, match="attention pooling takes feature maps of 3x2, not 2x3"):
        AttentionPool2d(12, 3, 2, 4)(torch.zeros(1, 12, 2, 3))


def test_first_weights_of_attention_pooling_are_normal() -> None:
    """Of deviation 1 ⁄ √channels, the embedding too; biases are 0."""
    torch.manual_seed(0)
    for name, value in AttentionPool2d(256, 16, 16, 4).named_parameters():
        deviation = 0.0 if name.endswith("bias") else 256**-0.5
        assert value.std().item() == pytest.approx(deviation, rel=0.02), name


def test_parts_are_summed_and_weighed() -> None:
    """Channel c of part p of the sum's input is channel p · channels ⁄ parts + c."""
    x = values(2, 6, 3, 2)
    assert torch.allclose(function(ops.SumParts(3), inplace=False)(x), x[:, :2] + x[:, 2:4] + x[:, 4:])
    logits = values(2, 12, 1, 1)
    weights = function(ops.PartsSoftmax(2, groups=3), inplace=False)(logits)
    exponentials = logits.exp()
    for group in range(3):
        for channel in range(2):  # of the group
            members = [group * 4 + part * 2 + channel for part in range(2)]
            for part in range(2):
                expected = exponentials[:, members[part]] / exponentials[:, members].sum(1)
                assert torch.allclose(weights[:, part * 6 + group * 2 + channel], expected)


def test_pixels_are_weighed_by_their_softmax() -> None:
    """The weights of all pixels add up to 1; equal ones give the mean."""
    x, logits = values(2, 5, 3, 4), values(2, 1, 3, 4)
    weights = function(ops.PixelSoftmax(), inplace=False)(logits)
    assert torch.allclose(weights, logits.exp() / logits.exp().sum((2, 3), keepdim=True))
    weighted = function(ops.WeightedSum(), inplace=False)
    assert torch.allclose(weighted(x, weights), torch.einsum("bchw,bzhw->bcz", x, weights)[..., None])
    equal = function(ops.PixelSoftmax(), inplace=False)(torch.zeros_like(logits))
    assert torch.allclose(weighted(x, equal), x.mean((2, 3), keepdim=True))


def test_means_and_maxima_come_in_this_order() -> None:
    """Of each channel as two pixels, whose sum is what both give; of each pixel as two channels."""
    x = values(2, 5, 3, 4)
    both = function(ops.GlobalMeanAndMax(), inplace=False)(x)
    assert torch.allclose(both[:, :, :, 0], torch.stack((x.mean((2, 3)), x.amax((2, 3))), 2))
    assert torch.allclose(function(ops.SumPixels(), inplace=False)(both)[:, :, 0, 0], x.mean((2, 3)) + x.amax((2, 3)))
    pixels = function(ops.ChannelMeanAndMax(), inplace=False)(x)
    assert torch.allclose(pixels, torch.stack((x.mean(1), x.amax(1)), 1))


def test_a_context_is_added_to_every_pixel() -> None:
    """One value for each channel."""
    x, context = values(2, 5, 3, 4), values(2, 5, 1, 1)
    output = function(ops.AddContext(), inplace=False)(x, context)
    assert torch.equal(output, x + context.expand_as(x))


def test_activations_are_pytorchs_with_its_settings() -> None:
    """Those of PyTorch's functions with no argument but the input; `prelu` starts at 0.25 everywhere."""
    x = 8 * values(2, 5, 3, 4)
    for name in ("celu", "sigmoid", "hardsigmoid", "hardtanh", "softplus"):
        assert torch.equal(layer(ops.Activation(name), inplace=False)(x), getattr(functional, name)(x))
    prelu = layer(ops.Activation("prelu", 5), inplace=True).double()
    assert torch.equal(prelu(x), torch.where(x > 0, x, x / 4))
