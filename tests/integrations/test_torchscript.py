"""TorchScript: `torch.jit.script` takes every network."""

import io

import pytest
import torch
from torch import nn

import resnet_dsl
from tests.helpers import lower
from tests.kinds import of_each_kind

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")


def compare(name: str) -> None:
    """Outputs, keys and tensors of a scripted network, before and after it was saved."""
    net = resnet_dsl.build(name, seed=0).eval()
    scripted = torch.jit.script(net)
    assert set(scripted.state_dict()) == set(net.state_dict())
    assert all(value.data_ptr() == net.state_dict()[key].data_ptr() for key, value in scripted.state_dict().items())
    x = torch.randn(2, *lower(name).input_shape)
    x = x if lower(name).takes_one_size else x[:, :, :64, :64]
    file = io.BytesIO()
    torch.jit.save(scripted, file)
    file.seek(0)
    with torch.no_grad():
        expected = net(x)
        assert torch.allclose(scripted(x), expected, rtol=1e-4, atol=1e-5)
        loaded: nn.Module = torch.jit.load(file)  # type: ignore[no-untyped-call]
        assert torch.allclose(loaded(x), expected, rtol=1e-4, atol=1e-5)
    assert set(net.state_dict()) == set(resnet_dsl.build(name, device="meta").state_dict())


@pytest.mark.parametrize(
    "name",
    [
        *("resnet20", "kuangliu_preactresnet18", "resnetblur18", "resnet50_clip", "ecaresnet26t", "skresnet18"),
        *("test_resnet", "resnest14d", "gcresnext26ts", "resnetv2_50x1_bit", "legacy_seresnet18"),
    ],
)
def test_a_scripted_network_is_the_same(name: str) -> None:
    """It shares the tensors."""
    compare(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", of_each_kind())
def test_every_kind_of_bundled_network_is_scripted(name: str) -> None:
    """What TorchScript can fail on is an operation or a block, and each of them is in one of these."""
    compare(name)


def test_modes_features_and_parts_of_networks_are_scripted() -> None:
    """Drop path works in training only; feature maps are a list; a module with a network in it is no obstacle."""
    net = resnet_dsl.build("resnet20", seed=0, overrides={"drop_path": 0.5, "head.dropout": 0.5})
    scripted = torch.jit.script(net)
    x = torch.randn(8, 3, 32, 32)
    torch.manual_seed(0)
    expected = net(x)
    torch.manual_seed(0)
    assert torch.allclose(scripted(x), expected, rtol=1e-4, atol=1e-5)
    assert torch.allclose(scripted.eval()(x), net.eval()(x), rtol=1e-4, atol=1e-5)
    extractor = resnet_dsl.build("resnet20", seed=0, features=[1, 3]).eval()
    found = torch.jit.script(extractor)(x)
    assert all(torch.allclose(*each) for each in zip(found, extractor(x), strict=True))
    around = nn.Sequential(resnet_dsl.build("resnet20", seed=0), nn.Softmax(1)).eval()
    expected = around(x)
    assert torch.allclose(torch.jit.script(around)(x), expected)
