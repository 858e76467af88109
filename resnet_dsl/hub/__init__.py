"""From a reference to a local file: `hf-hub:OWNER/REPO`, `torchvision:NAME`, or an address with its hash."""

import os
import re
from pathlib import Path

from .references import Address, parse
from .torchvision import names

__all__ = ["fetch", "is_reference", "names"]

_REFERENCE = re.compile(r"(hf-hub|torchvision|hf_hub|hf|huggingface|timm):|[a-z][a-z0-9+.-]*://", re.IGNORECASE)
"""How a reference begins, or what somebody means for one; not a drive of Windows, nor `git:`."""


def is_reference(text: str) -> bool:
    """Whether the text says where weights can be fetched; a path that exists is a path, whatever it is called."""
    return _REFERENCE.match(text) is not None and not os.path.lexists(text)


def fetch(reference: str, *, progress: bool = False) -> Path:
    """The local file that a reference stands for, in the cache of huggingface_hub or torch.hub, where it is put first.

    Args:
        reference: `hf-hub:OWNER/REPO[@REVISION][:FILE]`, `torchvision:ResNet50_Weights.IMAGENET1K_V2`, or an `https://`
            address with the file's SHA-256 in its name, as in `resnet50-0676ba61.pth`, or behind `#sha256=`.
        progress: show the progress bars of those libraries on standard error.

    Returns:
        The file of weights; where the weights are in shards, their index, beside which they lie.

    Raises:
        EnvironmentFault: the reference is malformed (RD516), its file cannot be fetched (RD516), or the package that
            would fetch it is not installed (RD512).
    """
    wanted = parse(reference)
    if isinstance(wanted, Address):
        from . import address

        return address.download(wanted, progress=progress)
    from . import huggingface

    return huggingface.download(wanted, progress=progress)
