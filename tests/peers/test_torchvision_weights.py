"""The addresses in `hub/torchvision.json` are those of the torchvision that is installed."""

import pytest

from resnet_dsl.hub import names
from resnet_dsl.hub.references import Address, parse
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
models = pytest.importorskip("torchvision.models")
resnet = pytest.importorskip("torchvision.models.resnet")


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
