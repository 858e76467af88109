"""Operations have the defaults of the language, for code that makes graphs without a spec."""

import pytest

from resnet_dsl.graph.ops import BatchNorm2d, GroupNorm, InstanceNorm2d, LayerNorm2d
from resnet_dsl.language.spec import Norm, NormType, default_norm_eps


@pytest.mark.parametrize(
    ("type_", "op"),
    [
        ("batch", BatchNorm2d(8)),
        ("group", GroupNorm(2, 8)),
        ("instance", InstanceNorm2d(8)),
        ("layer", LayerNorm2d(8)),
    ],
)
def test_a_norm_adds_what_the_language_adds(
    type_: NormType, op: BatchNorm2d | GroupNorm | InstanceNorm2d | LayerNorm2d
) -> None:
    """To the variance."""
    assert op.eps == default_norm_eps(type_)


def test_batch_norm_has_the_momentum_of_the_language() -> None:
    """Of its running statistics."""
    assert BatchNorm2d(8).momentum == Norm().momentum
