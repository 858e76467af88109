"""The kinds of channel attention. Each is one file and one entry here; only the schema lists them as well."""

from collections.abc import Mapping

from .efficient import EFFICIENT
from .kind import AttentionKind
from .squeeze_excite import SQUEEZE_EXCITE

ATTENTIONS: Mapping[str, AttentionKind] = {"se": SQUEEZE_EXCITE, "eca": EFFICIENT}
"""By the value of `attention.type`, except `none`."""
