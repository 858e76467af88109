"""The bundled networks that a checkpoint fits, by its names and shapes."""

from pathlib import Path

from ...graph.graph import Graph
from ...language.document.bundled import bundled_specs
from ...language.document.inheritance import read_file
from ...language.load import examine
from ...lowering.kinds import KINDS
from ...lowering.lower import lower
from ..comparison import State, compare


def bundled_with(state: State) -> list[str]:
    """The names of the bundled networks with exactly these entries."""
    return [name for name, path in bundled_specs().items() if compare(_network(path).state, state).is_equal]


def _network(path: Path) -> Graph:
    spec = examine(read_file(path), (), KINDS).spec
    assert spec is not None
    return lower(spec)
