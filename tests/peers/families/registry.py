"""All families of networks of other libraries."""

from collections.abc import Mapping
from functools import partial

from tests.peers.families import Family
from tests.peers.families.attention import attentive
from tests.peers.families.byobnet import byobnet
from tests.peers.families.pruned import pruned
from tests.peers.families.regnet import regnet
from tests.peers.families.res2net import res2net
from tests.peers.families.resnest import resnest
from tests.peers.families.resnetv2 import resnetv2
from tests.peers.families.selective import selective
from tests.peers.families.senet import senet
from tests.peers.families.single_blocks import single_blocks
from tests.peers.families.torchvision_regnet import torchvision_regnet

FAMILIES: Mapping[str, Family] = {
    "regnet": regnet,
    "torchvision's regnet": torchvision_regnet,
    "byobnet": byobnet,
    "resnetv2": resnetv2,
    "res2net": res2net,
    "resnest": resnest,
    "selective": selective,
    "senet": senet,
    "pruned": pruned,
    "blocks": single_blocks,
    "cbam": partial(attentive, types=("cbam",)),
    "gc": partial(attentive, types=("gc",)),
    "gca": partial(attentive, types=("gca",)),
    "ese": partial(attentive, types=("ese",)),
    "se, eca": partial(attentive, types=("se", "eca")),
}
