"""The kinds of channel attention: each is one file and one entry here; nothing else lists them but the schema."""

from collections.abc import Mapping

from .efficient import EFFICIENT
from .kind import AttentionKind
from .squeeze_excite import SQUEEZE_EXCITE

ATTENTIONS: Mapping[str, AttentionKind] = {"se": SQUEEZE_EXCITE, "eca": EFFICIENT}
"""By the value of `attention.type`, but for `none`."""
