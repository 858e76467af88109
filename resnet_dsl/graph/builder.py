"""Nodes, added one by one: no node without its shape, no fault without its place in the text."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..diagnostics.diagnostic import Diagnostic
from ..language.spec import Origins
from ..language.text.tree import Path
from .graph import Node
from .ops import Op
from .shapes import Cause, ShapeError

MAX_CHANNELS = 65_536

_CODES: Mapping[Cause, str] = {
    "groups": "RD401",
    "inner_width": "RD401",
    "norm": "RD401",
    "size": "RD402",
    "shortcut": "RD403",
    "channels": "RD404",
}


class Impossible(Exception):
    """What follows cannot have shapes; the builder's faults say why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The keys that ask for a layer, and those to point at for what may be wrong with it."""

    name: str
    """Of this part of the network, in a sentence."""
    key: Path
    causes: Mapping[Cause, tuple[Path, ...]]
    """For each cause the keys in question; the first one that is written is pointed at."""


class Builder:
    """The graph while it grows."""

    def __init__(self, origins: Origins) -> None:
        self.nodes: list[Node] = []
        self.faults: list[Diagnostic] = []
        self._origins = origins

    def add(self, name: str, op: Op, *inputs: Node, place: Place) -> Node:
        """The node of `op`, whose shape is inferred here and now, or, where that is a fault, assumed."""
        shapes = [node.shape for node in inputs]
        try:
            shape = op.infer(shapes)
            macs = op.macs(shapes)
        except ShapeError as error:
            notes = (f"this is in {place.name}",) if error.cause == "size" else ()
            self.fault(error.cause, f"`{name}`: {error.message}", place, notes=notes, helps=error.helps)
            shape, macs = error.assumed, 0
        if shape[0] > MAX_CHANNELS and all(node.shape[0] <= MAX_CHANNELS for node in inputs):
            self.too_wide(name, shape[0], place)
        span = self._origins.span(*place.key)
        node = Node(name, op, tuple(node.name for node in inputs), shape, macs, span)
        self.nodes.append(node)
        return node

    def too_wide(self, name: str, channels: int, place: Place, *notes: str) -> None:
        """Report more channels than a layer may have; `notes` say which product they are."""
        excess = f"{channels - MAX_CHANNELS:,} more than {MAX_CHANNELS:,}"
        self.fault("channels", f"`{name}` has {channels:,} channels, {excess}", place, notes=notes)

    def fault(
        self, cause: Cause, message: str, place: Place, *, notes: tuple[str, ...] = (), helps: tuple[str, ...] = ()
    ) -> None:
        """Report a fault of a layer, once for each place in the text: all sizes follow from one."""
        code = _CODES[cause]
        labels = self._origins.first_labels(place.causes[cause])
        if not any(fault.code == code and fault.labels == labels for fault in self.faults):
            self.faults.append(Diagnostic(code=code, message=message, labels=labels, notes=notes, helps=helps))
