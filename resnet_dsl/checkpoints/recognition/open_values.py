"""Values of a spec that shapes leave open: preferred ones where shapes allow them, else conventional ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

DEFAULTED: Mapping[str, str] = {
    "conv.type": "weights are standardised anew in every pass",
    "conv.eps": "eps is not among the weights",
    "block.pool": "pooling has no weights",
    "block.dropout": "dropout has no weights",
    "shortcut.source": "both are of the same shape",
    "shortcut.zeros": "padding has no weights",
    "shortcut.norm": "instance norm has no weights",
    "stages.output_stride": "shapes do not reveal dilations",
    "drop_path": "drop path has no weights",
    "head.norm": "instance norm has no weights",
    "head.activation": "activations have no weights",
    "head.dropout": "dropout has no weights",
    "init.zero_residual": "weights do not reveal how they were initialised",
}
"""Keys that are written only where another value than the default is preferred, and why shapes leave them open."""

_WHOLE = ("norm", "attention", "blocks")
"""Sections whose value is taken as one."""


class OpenValues:
    """Takes the decisions that shapes leave open, and remembers them."""

    def __init__(self, prefer: Mapping[str, Any]) -> None:
        self._prefer = prefer
        self.conventions: dict[str, str] = {}
        """The reasons why values are open, by dotted key."""
        self.preferred: set[str] = set()
        """The keys among them whose value is the preferred one."""

    def preferred_value(self, key: str) -> Any:
        """The preferred value, None if there is none."""
        return self._prefer.get(key)

    def preferred_values(self, key: str, count: int) -> Sequence[Any]:
        """The preferred value of each stage, None where there is none."""
        value = self._prefer.get(key)
        each = value if isinstance(value, list | tuple) else [value] * count
        return [*each, *[None] * count][:count]

    def preferred_settings(self, key: str) -> dict[str, Any]:
        """The preferred type and settings of `norm`; empty if there are none."""
        value = self._prefer.get(key, {})
        settings = dict(value) if isinstance(value, Mapping) else {"type": value}
        return settings | {
            name.removeprefix(f"{key}."): each for name, each in self._prefer.items() if name.startswith(f"{key}.")
        }

    def unusual(self, key: str, usual: Any) -> dict[str, Any]:
        """The last step of an open key with the preferred value, if that is not the usual one; else nothing."""
        preferred = self._prefer.get(key)
        if preferred is None or preferred == usual:
            return {}
        return {key.rpartition(".")[2]: self.choose(key, usual, DEFAULTED[key])}

    def choose(self, key: str, value: Any, reason: str, allows: Callable[[Any], bool] = lambda _: True) -> Any:
        """The preferred value of an open key if shapes allow it, else this one."""
        self.conventions[key] = reason
        preferred = self._prefer.get(key)
        if preferred is None or not allows(preferred):
            return value
        self.preferred.add(key)
        return preferred

    def choose_each(self, key: str, values: Sequence[int], is_more: Sequence[bool | None], reason: str) -> list[int]:
        """For each stage the preferred number if shapes allow it, else this one.

        Args:
            key: the open key.
            values: the conventional number of each stage.
            is_more: whether the number is more than 1, as far as shapes reveal it.
            reason: why the key is open.
        """
        self.conventions[key] = reason
        preferred = self.preferred_values(key, len(values))
        found = [
            value if each is None or known not in (None, each > 1) else each
            for value, each, known in zip(values, preferred, is_more, strict=True)
        ]
        if found == list(preferred):
            self.preferred.add(key)
        return found


def values_by_key(document: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a spec by dotted key; `norm`, `attention` and `blocks` are one value each."""
    found: dict[str, Any] = {}
    for section, value in document.items():
        if section == "conv" and isinstance(value, str):
            found["conv.type"] = value
        elif isinstance(value, Mapping) and section not in _WHOLE:
            found |= {f"{section}.{key}": inner for key, inner in value.items()}
        else:
            found[section] = value
    return found
