"""What names and shapes of weights do not show of a network, besides the values that a spec marks."""

from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap
from typing import Any

from ...language.spec import NORM_SETTINGS
from ...lowering.attention import ATTENTIONS
from ...lowering.blocks import BLOCKS
from .forms import settings_of
from .open_values import values_by_key
from .recognition import Recognised

_WIDTH = 110

_Values = Mapping[str, Any]
"""Values by dotted key."""


def _is_preactivated(values: _Values) -> bool:
    return bool(values["block.preactivation"])


def _has_instance_norm(values: _Values) -> bool:
    return bool(settings_of(values["norm"])["type"] == "instance")


def _listed(value: Any) -> list[dict[str, Any]]:
    """The settings of each stage."""
    return [settings_of(each) for each in (value if isinstance(value, list) else [value])]


def _attends_without(setting: str, values: _Values) -> bool:
    """Whether there is attention, of stages or of single blocks, with a setting that is not written."""
    single = [each["attention"] for each in values.get("blocks", {}).values() if "attention" in each]
    written = [*_listed(values["attention"]), *_listed(single)]
    every = [each for each in written if each["type"] in ATTENTIONS]
    return any(setting in ATTENTIONS[each["type"]].settings and setting not in each for each in every)


def _has_norm_without(setting: str, values: _Values) -> bool:
    settings = settings_of(values["norm"])
    return setting in NORM_SETTINGS[settings["type"]] and setting not in settings


def _selects_kernels(values: _Values) -> bool:
    every = _listed(values.get("block.conv3x3", "plain"))
    return any(each["type"] == "selective" and "split" not in each for each in every)


LEFT_OUT: Mapping[str, Callable[[_Values], bool]] = {
    "stem.strides": lambda values: isinstance(values["stem.channels"], list),
    "conv.type": lambda values: True,
    "conv.eps": lambda values: values.get("conv.type", "plain") != "plain",
    "block.conv3x3.split": _selects_kernels,
    "block.pool": lambda values: True,
    "block.dropout": lambda values: True,
    "shortcut.source": lambda values: _is_preactivated(values) and values["shortcut.type"] != "none",
    "shortcut.zeros": lambda values: values["shortcut.type"] == "padding",
    "shortcut.norm": lambda values: _has_instance_norm(values) and values["shortcut.type"] == "projection",
    "norm.eps": lambda values: _has_norm_without("eps", values),
    "norm.momentum": lambda values: _has_norm_without("momentum", values),
    "attention.position": lambda values: _attends_without("position", values),
    "attention.activation": lambda values: _attends_without("activation", values),
    "stages.dilations": lambda values: True,
    "stages.output_stride": lambda values: True,
    "blocks.*.dilation": lambda values: True,
    "blocks.*.dropout": lambda values: True,
    "drop_path": lambda values: True,
    "head.norm": lambda values: _is_preactivated(values) and _has_instance_norm(values),
    "head.activation": _is_preactivated,
    "head.pool.heads": lambda values: values["head.pool"] == "attention",
    "head.dropout": lambda values: True,
    "init.zero_residual": lambda values: True,
}
"""The keys that are left open although nothing is written for them, because they have their default -> whether they
have an effect on a network with these values."""


def unseen(found: Recognised) -> Iterator[str]:
    """What weights do not show, as lines of a comment."""
    values = values_by_key(found.document)
    written = {*values} | {f"blocks.*.{key}" for each in values.get("blocks", {}).values() for key in each}
    left_out = [key for key, has_effect in LEFT_OUT.items() if key not in written and has_effect(values)]
    yield from _comment(f"Weights do not show these either, which have their defaults: {', '.join(left_out)}.")
    if unsayable := [*_unsayable(found.document)]:
        yield from _comment(f"Nor do they show what no spec can say: {'; '.join(unsayable)}.")
    if found.has_other_readings:
        yield from _comment(
            "Other stages.widths, block.expansion, block.width_per_group, block.reduce_first and ratios of attention"
            " can describe the same network."
        )


def _comment(text: str) -> Iterator[str]:
    yield from wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _unsayable(document: Mapping[str, Any]) -> Iterator[str]:
    """How libraries have computed something else with the same weights."""
    types = document["block"]["type"]
    plain = {BLOCKS[type_].plural for type_ in ([types] if isinstance(types, str) else types) if _is_plain(type_)}
    for blocks in sorted(plain):
        yield f"{blocks} of which only one convolution is dilated (mmdet)"


def _is_plain(type_: str) -> bool:
    """Whether all convolutions of such a block are dilated."""
    return not BLOCKS[type_].has_inner_width
