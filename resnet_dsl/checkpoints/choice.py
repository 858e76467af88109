"""Which of several networks in a file is meant: averaged weights stand for raw ones, nothing else is chosen."""

import re
from collections.abc import Sequence

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.similar import closest
from ..language.checks.wording import quoted
from .location import Located

_AVERAGED = re.compile(r"(?:^|[._])(?:ema|averaged|swa)(?:[._]|$)")
"""Keys that training scripts give to a moving average of the weights."""
_RAW = ("current_model_state",)
"""The keys of raw weights in files whose other weights are the averaged ones: Lightning's `WeightAveraging`."""


def chosen(networks: Sequence[Located], *, entry: str | None, prefix: str | None, file: str) -> tuple[Located, str]:
    """The network that is meant, and a sentence on the choice, empty if there was none.

    Args:
        networks: those in the file, at least one.
        entry: the keys that lead to its table, or the first or the last of them.
        prefix: what its names begin with.
        file: the file's name in diagnostics.

    Raises:
        EnvironmentFault: there are several and neither option tells them apart, or none is as they say.
    """
    left = [each for each in networks if _is_at(each, entry) and _is_below(each, prefix)]
    if not left:
        raise EnvironmentFault(_none(networks, entry, prefix, file))
    if len(left) == 1:
        return left[0], ""
    averaged = [each for each in left if _is_averaged(each, left)]
    if entry is None and len(averaged) == 1 and all(_is_alike(averaged[0], each) for each in left):
        others = quoted([_keys(each) for each in left if each is not averaged[0]], "and")
        return averaged[0], f"took {_quoted(_keys(averaged[0]))}, the averaged weights, rather than {others}"
    raise EnvironmentFault(_several(left, file))
