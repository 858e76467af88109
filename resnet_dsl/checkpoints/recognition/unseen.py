"""What names and shapes of weights do not show of a network, besides the values that a spec marks."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from ...language.spec import NORM_SETTINGS
from ...lowering.blocks import BLOCKS
from .open_values import DEFAULTED, values_by_key
from .recognition import Recognised

_WIDTH = 110

LEFT_OUT = ("norm.eps", "norm.momentum", "stages.dilations", *DEFAULTED)
"""The keys that are left open although nothing is written for them, because they have their default."""


def unseen(found: Recognised) -> Iterator[str]:
    """What weights do not show, as lines of a comment."""
    left_out = [key for key in LEFT_OUT if _is_left_out(key, found.document)]
    yield from _comment(f"Weights do not show these either, which have their defaults: {', '.join(left_out)}.")
    yield from _comment(f"Nor do they show what no spec can say: {'; '.join(_unsayable(found.document))}.")
    if found.has_other_readings:
        yield from _comment(
            "Other stages.widths, block.expansion, block.width_per_group, block.reduce_first and ratios of attention"
            " can describe the same network."
        )


def _comment(text: str) -> Iterator[str]:
    yield from wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _is_left_out(key: str, document: Mapping[str, Any]) -> bool:
    """Whether the key has an effect and is not written."""
    section, _, name = key.partition(".")
    if section != "norm":
        return key not in values_by_key(document)
    norm = document["norm"]
    settings = norm if isinstance(norm, Mapping) else {"type": norm}
    return name in NORM_SETTINGS[settings["type"]] and name not in settings


def _unsayable(document: Mapping[str, Any]) -> Iterator[str]:
    """How libraries have computed something else with the same weights."""
    yield "standardised weights"
    yield "dilations that differ between the blocks of a stage (multi-grid)"
    yield "a first block as dilated as the others (detectron2's res5)"
    types = document["block"]["type"]
    plain = {BLOCKS[type_].plural for type_ in ([types] if isinstance(types, str) else types) if _is_plain(type_)}
    for blocks in sorted(plain):
        yield f"{blocks} of which only one convolution is dilated (mmdet)"
    if document["stem"]["pool"] == "max":
        yield "max pooling without padding that rounds sizes up (Caffe)"
    if document["shortcut"]["type"] == "padding":
        yield "padding with half of the zeros in front (akamaster's CIFAR-10 networks)"


def _is_plain(type_: str) -> bool:
    """Whether all convolutions of such a block are dilated."""
    return not BLOCKS[type_].has_inner_width
