"""torchvision's weights: where they are, as the installed torchvision says, and what a network computes with them."""

from pathlib import Path

import pytest
import torch

import resnet_dsl
from resnet_dsl.hub import names
from resnet_dsl.hub.references import Address, parse
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
models = pytest.importorskip("torchvision.models")
resnet = pytest.importorskip("torchvision.models.resnet")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("reference", names())
def test_a_reference_has_the_address_that_get_weight_gives(reference: str) -> None:
    """And the hash in its name."""
    found = parse(reference)
    assert isinstance(found, Address)
    assert found.url == models.get_weight(reference.removeprefix("torchvision:")).url


def test_every_name_of_weights_in_resnet_py_has_its_reference() -> None:
    """With `DEFAULT`, which stands for one of the others."""
    enums = [each for name, each in vars(resnet).items() if name.endswith("_Weights")]
    every = [f"torchvision:{each.__name__}.{value}" for each in enums for value in each.__members__]
    assert sorted(names()) == sorted(every)


def test_torchvisions_weights_give_torchvisions_outputs(tmp_path: Path) -> None:
    """From a `state_dict` as torchvision saves it: identical entries, identical logits."""
    theirs = models.resnet18().eval()
    path = tmp_path / "resnet18.pth"
    torch.save(theirs.state_dict(), path)
    ours = resnet_dsl.build("resnet18", weights=path).eval()
    x = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(ours(x), theirs(x))
    expected = theirs.state_dict()
    assert list(ours.state_dict()) == list(expected)
    assert all(torch.equal(value, expected[name]) for name, value in ours.state_dict().items())
    path.unlink()  # tens of megabytes, which pytest would keep
