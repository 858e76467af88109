"""What can stand for a block's 3x3 convolution. Each kind is one file and one entry here; only the schema lists them as
well."""

from collections.abc import Mapping

from .hierarchy import HIERARCHY
from .kind import Conv3x3Kind
from .selective_kernel import SELECTIVE_KERNEL
from .split_attention import SPLIT_ATTENTION

CONVS3X3: Mapping[str, Conv3x3Kind] = {
    "res2": HIERARCHY,
    "split": SPLIT_ATTENTION,
    "selective": SELECTIVE_KERNEL,
}
"""By the value of `block.conv3x3.type`, except `plain`."""
