"""Adds nodes one by one: every node gets its shape, every fault its place in the text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..diagnostics.diagnostic import Diagnostic, Label
from ..diagnostics.source import Span
from ..limits import MAX_CHANNELS
from .graph import Node
from .ops import Op
from .shapes import Cause, ShapeError

_CODES: Mapping[Cause, str] = {
    "groups": "RD401",
    "inner_width": "RD401",
    "norm": "RD401",
    "size": "RD402",
    "shortcut": "RD403",
    "channels": "RD404",
    "standardization": "RD407",
    "heads": "RD401",
    "halves": "RD401",
    "group_width": "RD401",
}


class Impossible(Exception):
    """The remaining nodes cannot have shapes; the builder's faults say why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The text that asks for a part of the network."""

    name: str
    """Name of the part, for use in a sentence."""
    span: Span | None
    labels: Callable[[Cause], tuple[Label, ...]]
    """What to point at for each possible cause of a fault."""
    helps: Mapping[Cause, tuple[str, ...]] = field(default_factory=dict)
    """What to write instead, for causes that the text has another choice for."""


class Builder:
    """A graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.found: list[tuple[Cause | None, Diagnostic]] = []
        """Every fault, with its cause if it is one of a layer."""
        self.containers: dict[str, str] = {}
        """Class name of every module with submodules that is not an `nn.Sequential`, by path."""

    @property
    def faults(self) -> list[Diagnostic]:
        return [fault for _, fault in self.found]

    def has(self, cause: Cause) -> bool:
        """Whether a fault has this cause."""
        return any(each == cause for each, _ in self.found)

    def add(self, name: str, op: Op, *inputs: Node, place: Place) -> Node:
        """Add a node for `op` with its inferred shape, or an assumed one if the op cannot take its inputs."""
        shapes = [node.shape for node in inputs]
        try:
            shape = op.infer(shapes)
            macs = op.macs(shapes)
        except ShapeError as error:
            notes = (f"this is in {place.name}",) if error.cause == "size" else ()
            helps = (*error.helps, *place.helps.get(error.cause, ()))
            self.report(error.cause, f"`{name}`: {error.message}", place, notes=notes, helps=helps)
            shape, macs = error.assumed, 0
        if shape[0] > MAX_CHANNELS and all(node.shape[0] <= MAX_CHANNELS for node in inputs):
            self.report_too_wide(name, shape[0], place)
        node = Node(name, op, tuple(node.name for node in inputs), shape, macs, op.parameters, place.span)
        self.nodes.append(node)
        return node

    def report_too_wide(self, name: str, channels: int, place: Place, *notes: str) -> None:
        """Report more channels than a layer may have; `notes` show how they were calculated."""
        excess = f"{channels - MAX_CHANNELS:,} more than {MAX_CHANNELS:,}"
        self.report("channels", f"`{name}` has {channels:,} channels, {excess}", place, notes=notes)

    def report(
        self, cause: Cause, message: str, place: Place, *, notes: tuple[str, ...] = (), helps: tuple[str, ...] = ()
    ) -> None:
        """Report a fault of a layer, once per place in the text: all sizes follow from the same one."""
        code = _CODES[cause]
        labels = place.labels(cause)
        reported = ((_CODES[each], fault.labels) for each, fault in self.found if each is not None)
        if (code, labels) not in reported:
            fault = Diagnostic(code=code, message=message, labels=labels, notes=notes, helps=helps)
            self.found.append((cause, fault))

    def give_up(self, cause: Cause, message: str, place: Place) -> None:
        """Report a fault after which nothing has a shape.

        Raises:
            Impossible: always.
        """
        self.report(cause, message, place)
        raise Impossible


def parents_of(nodes: Iterable[Node]) -> set[str]:
    """The paths of all modules that have one of these nodes in them, without the root."""
    parents: set[str] = set()
    for node in nodes:
        path = node.name.rpartition(".")[0]
        while path and path not in parents:
            parents.add(path)
            path = path.rpartition(".")[0]
    return parents
