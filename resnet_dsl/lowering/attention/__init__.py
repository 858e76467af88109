"""The kinds of attention. Each is one file and one entry here; only the schema lists them as well."""

from collections.abc import Mapping

from .context import CONTEXT, CONTEXT_ADDED
from .convolutional import CONVOLUTIONAL
from .effective import EFFECTIVE
from .efficient import EFFICIENT
from .kind import AttentionKind
from .squeeze_excite import SQUEEZE_EXCITE

ATTENTIONS: Mapping[str, AttentionKind] = {
    "se": SQUEEZE_EXCITE,
    "eca": EFFICIENT,
    "ese": EFFECTIVE,
    "cbam": CONVOLUTIONAL,
    "gc": CONTEXT,
    "gca": CONTEXT_ADDED,
}
"""By the value of `attention.type`, except `none`."""
