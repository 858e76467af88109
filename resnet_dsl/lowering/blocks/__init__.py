"""The kinds of block: each is one file and one entry here; nothing else in the package lists them but the schema."""

from collections.abc import Mapping

from .basic import BASIC
from .bottleneck import BOTTLENECK
from .kind import BlockKind

BLOCKS: Mapping[str, BlockKind] = {"basic": BASIC, "bottleneck": BOTTLENECK}
"""By the value of `block.type`."""
