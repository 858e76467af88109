"""The bundled networks that a checkpoint fits, by its names and shapes."""

from math import prod
from pathlib import Path

from ...graph.graph import Graph
from ...language.document.bundled import bundled_specs
from ...language.document.gallery import entries
from ...language.document.inheritance import read_file
from ...language.load import examine
from ...lowering.kinds import KINDS
from ...lowering.lower import lower
from ..comparison import State, compare

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
"""Entries of a batch norm that are no parameters."""


def bundled_with(state: State) -> list[str]:
    """The names of the bundled networks with exactly these entries.

    Only those with as many parameters are built.
    """
    parameters = sum(prod(shape) for name, shape in state.items() if not name.endswith(_STATISTICS))
    alike = {entry.name for entry in entries() if entry.parameters == parameters}
    networks = {name: _network(path) for name, path in bundled_specs().items() if name in alike}
    return [name for name, network in networks.items() if compare(network.state, state).is_equal]


def _network(path: Path) -> Graph:
    spec = examine(read_file(path), (), KINDS).spec
    assert spec is not None
    return lower(spec)
