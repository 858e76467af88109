"""Models in onnxruntime compute what networks in PyTorch do, whatever the spec."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import pytest
from hypothesis import given, settings

from resnet_dsl.compiler import compile_spec
from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.graph.graph import Graph
from tests.backends.onnx.models import difference, inputs, rounding, session, trained, written
from tests.helpers import lower, lower_small
from tests.kinds import of_each_kind
from tests.strategies import Document, small_documents

TOLERANCE = 1e-5
SENSITIVE = 10
"""How many times as far as PyTorch from the exact outputs a model may be, where a network magnifies rounding."""


def largest_difference(graph: Graph, sizes: tuple[int, ...]) -> float:
    """Of the model and the network, folded and not, for batches of 1 and 2 and inputs that are larger by these pixels.

    What is due to a network that magnifies rounding is left out.
    """
    module, found = trained(graph), [0.0]
    with TemporaryDirectory() as folder:
        files = {fold: Path(folder) / f"{fold}.onnx" for fold in (False, True)}
        models = [session(written(graph, module, file, fold=fold)) for fold, file in files.items()]
        for larger in sizes:
            x = inputs(graph, batch=1 + (larger > 0), larger=larger, seed=1)
            apart = max(difference(model, module, x) for model in models)
            found.append(apart if apart <= TOLERANCE else max(0.0, apart - SENSITIVE * rounding(module, x)))
    return max(found)


@given(small_documents())
@settings(max_examples=15)
def test_models_compute_what_networks_do(document: Document) -> None:
    """The outputs are equal to 1e-5 of the largest; onnx's checker and strict inference of shapes find no fault."""
    graph = lower(document)
    assert largest_difference(graph, sizes_of(document, graph, more=5)) <= TOLERANCE


def sizes_of(document: Document, graph: Graph, *, more: int) -> tuple[int, ...]:
    """How many pixels an input may be larger: none, and the number if the spec's network exists in that size, too."""
    sides = [side + more for side in graph.input_shape[1:]]
    if not graph.takes_one_size:
        with suppress(SpecError):
            compile_spec(document, {"input.size": sides})
            return (0, more)
    return (0,)


@pytest.mark.slow
@pytest.mark.parametrize("name", of_each_kind())
def test_every_kind_of_bundled_network_is_written(name: str) -> None:
    """At a small size; in a search, each network."""
    graph = lower_small(name, pixels=2)
    half = graph.input_shape[-1] // 2
    assert largest_difference(graph, (0,) if graph.takes_one_size else (0, half)) <= TOLERANCE


def test_weights_keep_their_names(tmp_path: Path) -> None:
    """Tensors have the names of the `state_dict`, and operations the paths of the modules."""
    graph = lower("resnet18")
    module = trained(graph)
    model = onnx.load(written(graph, module, tmp_path / "net.onnx")).graph
    kept = {name for name in module.state_dict() if not name.endswith("num_batches_tracked")}
    assert {tensor.name for tensor in model.initializer} == kept
    assert {node.name for node in model.node} == {node.name for node in graph.nodes[1:]}
    assert model.node[-1].output == ["output"]
