"""Input channels adapted as timm's `adapt_input_conv` adapts them."""

import pytest
import torch

from resnet_dsl.backends.pytorch.load import adapted
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
manipulate = pytest.importorskip("timm.models._manipulate")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("channels", [1, 2, 4, 5, 6, 12])
def test_the_weights_are_timms(channels: int, dtype: torch.dtype) -> None:
    """To the last bit, in the type of the file; we keep the precision that timm rounds away."""
    weight = torch.rand(8, 3, 7, 7, generator=torch.Generator().manual_seed(0)).to(dtype)
    assert torch.equal(adapted(weight, channels).to(dtype), manipulate.adapt_input_conv(channels, weight))
