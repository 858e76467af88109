"""What a file of weights holds, as values that run nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SPEC_KEY = "resnet_dsl.spec"
"""The key of the text of a spec in the metadata of its network's weights."""


class Inert:
    """What a pickle makes of any class or function that is no tensor, container or number: a placeholder.

    It grows while the pickle is read. Two placeholders are equal only if they are the same.
    """

    __slots__ = ("arguments", "elements", "name", "pairs", "state")

    def __init__(self, name: str, arguments: tuple[object, ...] = ()) -> None:
        self.name = name
        """Such as `argparse.Namespace`."""
        self.arguments = arguments
        """What it would have been called with."""
        self.state: object = None
        """Usually its attributes by name, or a pair of such mappings, the second for its slots."""
        self.pairs: dict[object, object] = {}
        """The items set on it, if it is a mapping."""
        self.elements: list[object] = []
        """The elements appended to it, if it is a list or a set."""

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a file holds; of its tensors, no elements have been read."""

    tree: object = field(repr=False)
    """Of dict, list, tuple, set, str, bytes, number, None, `Inert` and `Stored`; a long byte string is a `Source`.

    Parts may be shared, nested to any depth, and even contain themselves: walk it with a list of what is left to
    visit and a set of what has been.
    """
    specs: Mapping[int, str] = field(default_factory=dict)
    """The text of the spec that each mapping of names to tensors carries along, by the `id` of the mapping."""
    shard_of: Path | None = None
    """The index of all shards, which may be missing, if the file is only one of several shards."""
