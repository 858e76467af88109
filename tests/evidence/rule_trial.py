"""Compares networks of the given families until one is not the same in both: `rule_trial NETWORKS FAMILY …`.

Prints the family and the number of that network, if there is one.
"""

import sys
from random import Random

import torch

from ..peers.libraries import declare_torchvision_operators


def first_difference(networks: int, names: list[str]) -> str | None:
    """The first network that differs."""
    from ..peers.comparison import compare
    from ..peers.effective import effective
    from ..peers.families.registry import FAMILIES
    from ..peers.references.registry import REFERENCES

    families = {**FAMILIES, **REFERENCES}
    for index in range(networks):
        for name in names or families:
            theirs, document = families[name](Random(index))
            try:
                compare(theirs, effective(document))
            except Exception:
                return f"{name} {index}"
    return None


if __name__ == "__main__":
    torch.set_num_threads(1)
    declare_torchvision_operators()
    print(first_difference(int(sys.argv[1]), sys.argv[2:]) or "")
