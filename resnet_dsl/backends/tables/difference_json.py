"""The difference between two networks for programs."""

import json
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from ...analysis.difference import Change, NetworkDifference, PartFigures
from . import Extra


def write(difference: NetworkDifference, extras: Collection[Extra] = ()) -> str:
    """One object with everything that differs, `extras` always included, and the names and shapes of all weights."""
    weights = difference.weights
    document = {
        "version": 1,
        "differs": bool(difference),
        **_pair(difference.names),
        "values": [{"key": each.key, **_pair(each.value), "origin": _pair(each.origin)} for each in difference.values],
        "stages": [{"name": stage.name, **_pair(_data(stage.figures))} for stage in difference.stages],
        "total": {
            **{name: _pair(Change(*(each[name] for each in _data(difference.figures)))) for name in _FIGURES},
            "depth": _pair(difference.depth),
        },
        "weights": {
            "fitting": weights.fitting,
            "reshaped": {name: _pair(change) for name, change in weights.reshaped.items()},
            "removed": weights.removed,
            "added": weights.added,
        },
    }
    return json.dumps(document, indent=2) + "\n"


_FIGURES = (*PartFigures.__dataclass_fields__, "flops")


def _pair(change: Change[Any]) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def _data(figures: Change[Any]) -> Change[Any]:
    return Change(*(None if each is None else asdict(each) | {"flops": each.flops} for each in figures))
