"""Which of a repository's files holds its weights, as timm and transformers choose it, and the shards of an index."""

import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from .references import is_inside

STANDARD = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
"""In the order of preference."""

INDEX = ".index.json"

ENDINGS = (
    *(".safetensors", ".bin", ".pt", ".pth", ".pth.tar", ".th", ".pyth", ".ckpt", ".pkl", ".npz", ".h5"),
    *(f".safetensors{INDEX}", f".bin{INDEX}"),
)
"""What names of weights end with."""
_OF_TRAINING = re.compile(r"(training_args|optimizer|scheduler|scaler|rng_state|random_states)\b.*|.*_states\.pt")
"""What trainers write beside the weights."""
_SHARD = re.compile(r"(.*)-\d+-of-\d+(\.\w+)")


def weights_among(names: Iterable[str]) -> tuple[str, ...]:
    """The file that holds the weights; several if none of them has a standard name; none if there are no weights."""
    present = {*names}
    standard = next((name for name in STANDARD if name in present), None)
    if standard is not None:
        return (standard,)
    return tuple(sorted(name for name in present if _may_be_weights(name) and not _belongs_to_an_index(name, present)))


def shards(index: Path) -> tuple[str, ...] | None:
    """The files that an index names, relative to it; None if it is no index."""
    try:
        names = {*json.loads(index.read_bytes())["weight_map"].values()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    if not names or not all(isinstance(name, str) and is_inside(name) for name in names):
        return None
    return tuple(sorted(names))


def _may_be_weights(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not _OF_TRAINING.fullmatch(PurePosixPath(name).name)


def _belongs_to_an_index(name: str, present: set[str]) -> bool:
    shard = _SHARD.fullmatch(name)
    return shard is not None and f"{shard[1]}{shard[2]}{INDEX}" in present
