"""Gradient checkpointing: the same gradients, from less that is kept."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import resnet_dsl

from .test_attributes import OVERWRITING


def kept_and_loss(net: nn.Module, x: Tensor) -> tuple[int, Tensor]:
    """How many numbers are saved for the backward pass, and something to differentiate."""
    sizes: list[int] = []

    def pack(saved: Tensor) -> Tensor:
        sizes.append(saved.numel())
        return saved

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved):
        output = net(x)
    outputs = output if isinstance(output, list) else [output]
    return sum(sizes), torch.stack([each.square().sum() for each in outputs]).sum()


@pytest.mark.parametrize("features", [None, [0, 2]])
@pytest.mark.parametrize(
    ("source", "overrides"),
    [
        ("resnet20", {"drop_path": 0.3}),
        ("wide_resnet16_8", {}),
        (OVERWRITING, {}),
        (OVERWRITING, {"activation": "silu", "shortcut.source": "activation"}),
    ],
    ids=["drop_path", "dropout", "overwriting", "overwriting_by_silu"],
)
def test_gradients_and_statistics_are_the_same_and_less_is_kept(
    source: Any, overrides: Any, features: list[int] | None
) -> None:
    """With random numbers, running statistics, and blocks that overwrite their inputs."""
    arguments: Any = {"overrides": overrides, "features": features, "seed": 0, "dtype": "float64"}
    plain, checkpointed = (resnet_dsl.build(source, **arguments) for _ in range(2))
    checkpointed.set_grad_checkpointing()  # type: ignore[operator]
    x = torch.randn(2, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    kept = []
    for net in (plain, checkpointed):
        torch.manual_seed(0)
        size, loss = kept_and_loss(net, x)
        loss.backward()  # type: ignore[no-untyped-call]
        kept.append(size)
    assert kept[1] < kept[0] / 2
    for one, other in zip(plain.parameters(), checkpointed.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.equal(one.grad, other.grad)
    assert all(torch.equal(*each) for each in zip(plain.buffers(), checkpointed.buffers(), strict=True))
    checkpointed.set_grad_checkpointing(False)  # type: ignore[operator]
    assert kept_and_loss(checkpointed, x)[0] == kept[0]


def test_a_compiled_network_is_checkpointed_too() -> None:
    """In one graph, with the same gradients and statistics."""
    plain, checkpointed = (resnet_dsl.build("resnet20", seed=0, dtype="float64") for _ in range(2))
    checkpointed.set_grad_checkpointing()  # type: ignore[operator]
    x = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    for net in (plain, torch.compile(checkpointed, backend="aot_eager", fullgraph=True)):
        net(x).square().sum().backward()
    for one, other in zip(plain.parameters(), checkpointed.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.allclose(one.grad, other.grad)
    assert all(torch.allclose(*each) for each in zip(plain.buffers(), checkpointed.buffers(), strict=True))
