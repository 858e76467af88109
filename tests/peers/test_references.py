"""Random networks that no installed library has, written out in plain PyTorch, compared with ours."""

from random import Random

import pytest

from tests.peers.comparison import NETWORKS, compare
from tests.peers.effective import effective
from tests.peers.references.registry import REFERENCES

FEW = 2
"""How many of them are compared by default."""
SHARDS = 4
"""How many tests share the others, so that two processes can run them in parallel."""


def compare_network(name: str, index: int) -> None:
    """The same shapes, outputs in both modes, with the same features dropped, statistics, gradients and costs."""
    theirs, document = REFERENCES[name](Random(index))
    try:
        compare(theirs, effective(document))
    except Exception as error:
        raise AssertionError(f"network {index}: {document}") from error


@pytest.mark.parametrize("index", range(FEW))
@pytest.mark.parametrize("name", REFERENCES)
def test_a_network_is_the_same_in_plain_pytorch(name: str, index: int) -> None:
    """Whatever its arguments."""
    compare_network(name, index)


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", REFERENCES)
def test_many_networks_are_the_same_in_plain_pytorch(name: str, shard: int) -> None:
    """Whatever their arguments."""
    for index in range(FEW + shard, NETWORKS, SHARDS):
        compare_network(name, index)
