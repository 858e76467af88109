"""Files of weights, told apart from specs by their names and their first bytes."""

from pathlib import PurePath

PICKLES = (".pt", ".pth", ".bin", ".ckpt")
"""Extensions of PyTorch's own format."""

SUFFIXES = (".safetensors", *PICKLES)

_ARCHIVE, _PICKLE = b"PK\x03\x04", b"\x80\x02"
"""How PyTorch's own format begins, today and before version 1.6; no text begins like this."""


class WeightsError(OSError):
    """A file of weights stands where a spec belongs."""


def check_no_weights(name: str, data: bytes) -> None:
    """Check that a file with this name and these first bytes is not one of weights.

    Raises:
        WeightsError: it is.
    """
    is_safetensors = data[6:9] == b"\0\0{"  # after eight bytes with the length of what follows
    if PurePath(name).suffix in SUFFIXES or data.startswith((_ARCHIVE, _PICKLE)) or is_safetensors:
        raise WeightsError("it is a file of weights")
