"""All networks that no installed library has."""

from collections.abc import Mapping

from tests.peers.families import Family
from tests.peers.references.bottlenecks import dilated, keras, torch7
from tests.peers.references.cifar import akamaster, kuangliu, wide
from tests.peers.references.combinations import combination

REFERENCES: Mapping[str, Family] = {
    "akamaster": akamaster,
    "kuangliu": kuangliu,
    "wide": wide,
    "torch7": torch7,
    "keras": keras,
    "dilated": dilated,
    "combinations": combination,
}
