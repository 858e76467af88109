"""The kinds of block. Each is one file and one entry here; only the schema lists them as well."""

from collections.abc import Mapping

from .basic import BASIC
from .bottleneck import BOTTLENECK
from .kind import BlockKind

BLOCKS: Mapping[str, BlockKind] = {"basic": BASIC, "bottleneck": BOTTLENECK}
"""By the value of `block.type`."""
