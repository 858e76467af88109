"""Files of weights, told apart from specs by their first bytes, or else by their names."""

import re
from pathlib import PurePath

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".th", ".pyth", ".tar", ".pkl", ".npz", ".h5")
"""Extensions that files of weights often have; what they are is decided by what they hold."""

SAFETENSORS = re.compile(rb".{4}\0{4}\{", re.DOTALL)
"""How safetensors begin: the length of the header in eight bytes, of which it needs four at most, and the header."""

_STARTS = re.compile(rb"PK\x03\x04|\x80[\x02-\x05]|\x89HDF|\x93NUMPY")
"""How archives, pickles, HDF5 and arrays begin; no text begins like this, nor like safetensors."""


class WeightsError(OSError):
    """A file of weights stands where a spec belongs."""


def looks_like_weights(name: str, data: bytes) -> bool:
    """Whether a file with this name and these first bytes is one of weights."""
    return any(start.match(data) for start in (SAFETENSORS, _STARTS)) or PurePath(name).suffix.lower() in SUFFIXES


def check_no_weights(name: str, data: bytes) -> None:
    """Check that a file with this name and these first bytes is not one of weights.

    Raises:
        WeightsError: it is.
    """
    if looks_like_weights(name, data):
        raise WeightsError("it is a file of weights")
