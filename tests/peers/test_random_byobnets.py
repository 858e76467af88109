"""timm's `byobnet` with random configurations within the language, built by timm and by us, and compared.

Randomness is seeded, so runs are reproducible.
"""

import random
from functools import partial
from math import gcd
from typing import Any, TypeAlias

import pytest
from torch import nn

from tests.peers.comparison import Theirs, compare
from tests.peers.dilation import dilated, projections
from tests.peers.libraries import require_libraries
from tests.peers.test_random_regnets import TIMMS

require_libraries(whole_module=True)
byobnet = pytest.importorskip("timm.models.byobnet")
timm_layers = pytest.importorskip("timm.layers")

NETWORKS = 160
SHARDS = 8
"""How many tests share the comparisons, so that two processes can run them in parallel."""

Document: TypeAlias = dict[str, Any]


def stem(draw: random.Random, pools: list[str | None]) -> tuple[Document, Document]:
    """The fields of a `ByoModelCfg` for its stem, and the key `stem`; channels are before `width_factor`."""
    pool = draw.choice(pools)
    kind = draw.choice(["3x3", "7x7", "tiered", "deep", "quad", ""])
    channels = 8 * draw.randint(1, 3)
    match kind:
        case "3x3" | "7x7":
            widths = [channels]
        case "tiered":
            widths = [3 * channels // 8, channels // 2, channels]
        case "deep":
            widths = [channels] * 3
        case "quad":
            widths = [channels // 8, channels // 4, channels // 2, channels]
        case _:
            widths = [draw.randint(3, 20) for _ in range(draw.randint(2, 4))]
    strides = [2] + [1] * (len(widths) - 1)
    if not pool and len(widths) > 1:
        strides[-1] = 2
    fields = {"stem_type": kind, "stem_pool": pool, "stem_chs": channels if kind else tuple(widths)}
    kernel = 2 if pool and pool.endswith("2") else 3
    document = {
        "channels": widths,
        "kernel": 7 if kind == "7x7" else 3,
        "strides": strides,
        "pool": {"type": pool[:3], "kernel": kernel} if pool else "none",
    }
    return fields, document


def attention(draw: random.Random, *, last: bool) -> tuple[Document, Document]:
    """The fields of a `ByoBlockCfg` for its attention, and what says the same."""
    kind = draw.choice(["", "se", "eca", "ese", "cbam", "gc", "gca"])
    if not kind:
        return {"attn_layer": ""}, {"type": "none"}
    settings, document = {}, {"type": kind, "position": "end" if last else "inner"}
    if kind in ("se", "cbam", "gc", "gca") and draw.random() < 0.6:
        ratio, divisor = draw.choice([0.0625, 0.125, 0.25, 0.3]), draw.choice([1, 2, 4, 8])
        settings |= {"rd_ratio": ratio, "rd_divisor": divisor}
        document |= {"ratio": ratio, "divisor": divisor}
    if kind in ("se", "gc", "gca") and draw.random() < 0.4:
        activation = draw.choice([*TIMMS])
        settings["act_layer"] = TIMMS[activation]
        document["activation"] = activation
    return {"attn_layer": kind, "attn_kwargs": settings}, document
