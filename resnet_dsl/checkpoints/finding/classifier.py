"""Finds the classifier of a network, which may be beside a module that contains the trunk."""

import re
from collections.abc import Iterator, Mapping

from ...graph.shapes import Shape
from ...lowering.names import CLASSIFIER, CONVOLUTION, HEAD_CONVOLUTION
from ..dialects.dialect import Dialect
from ..stored import Part

_CONVOLUTION = re.compile(rf"layer(\d+)\.0\.{CONVOLUTION}(\d)\.weight", re.ASCII)


def classifier(dialect: Dialect, prefix: str, table: Mapping[str, Part], trunk: Mapping[str, Part]) -> dict[str, str]:
    """Standard name -> name in the table of a linear layer for the features of the trunk; empty if there is none."""
    channels = _channels(trunk)
    for root in roots(prefix):
        names = {name.removeprefix(root) for name in table if name.startswith(root)}
        while read := dialect.read_classifier(names):
            found = {standard: root + name for name, standard in read.items()}
            shapes = {
                standard: dialect.from_theirs(standard, table[name].shape).shape for standard, name in found.items()
            }
            if _fits(shapes, channels):
                return found
            module = re.split(r"[./]", next(iter(read)), maxsplit=1)[0]
            names = {name for name in names if not name.startswith(module)}
    return {}


def is_of_classifier(standard: str) -> bool:
    """Whether a standard name is one of the classifier's."""
    return standard.startswith(f"{CLASSIFIER}.")


def roots(prefix: str) -> Iterator[str]:
    """A prefix, and those of the modules around it, up to the empty one."""
    yield prefix
    ends = [match.end() for match in re.finditer(r"[./]", prefix)][:-1]
    yield from (prefix[:end] for end in reversed(ends))
    if prefix:
        yield ""


def _fits(shapes: Mapping[str, Shape], channels: int) -> bool:
    """Whether these are the weight and bias of a linear layer for so many features, or for two poolings of them."""
    weight, bias = (shapes.get(f"{CLASSIFIER}.{leaf}", ()) for leaf in ("weight", "bias"))
    return len(weight) == 2 and bias == weight[:1] and weight[1] in (channels, 2 * channels)


def _channels(trunk: Mapping[str, Part]) -> int:
    """The output channels of the head's convolution, or else of the last stage; 0 if there is none."""
    if (head := trunk.get(f"{HEAD_CONVOLUTION}.weight")) is not None:
        return next(iter(head.shape), 0)
    found = {match: part.shape for name, part in trunk.items() if (match := _CONVOLUTION.match(name))}
    last = max(found, key=lambda match: (int(match[1]), int(match[2])), default=None)
    return 0 if last is None else next(iter(found[last]), 0)
