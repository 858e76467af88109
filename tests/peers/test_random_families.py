"""Networks of timm and torchvision with random arguments, built by the library and by us, and compared.

Each family of `tests/peers/families` draws arguments, and the spec of the same network. Randomness is seeded, so runs
are reproducible.
"""

from random import Random

import pytest

from tests.peers.comparison import NETWORKS, compare
from tests.peers.effective import effective
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
registry = pytest.importorskip("tests.peers.families.registry")

pytestmark = pytest.mark.slow

SHARDS = 4
"""How many tests share the comparisons of each family, so that two processes can run them in parallel."""


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("family", registry.FAMILIES)
def test_a_random_network_is_the_same_in_both(family: str, shard: int) -> None:
    """The same shapes, zeroed norms, outputs in both modes, statistics, gradients, parameters and costs."""
    for index in range(shard, NETWORKS, SHARDS):
        theirs, document = registry.FAMILIES[family](Random(index))
        try:
            compare(theirs, effective(document))
        except Exception as error:
            raise AssertionError(f"network {index}: {document}") from error
