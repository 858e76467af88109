"""Weights keep their meaning in files, in the names of any library, and with the spec that travels along."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

import resnet_dsl
from resnet_dsl.checkpoints.dialects import DIALECTS
from resnet_dsl.checkpoints.dialects.dialect import Dialect, Unsayable
from resnet_dsl.compiler import Text

from ..strategies import Document, documents, small_documents, without_rule
from .shared import graph_of

LIBRARIES = st.sampled_from(DIALECTS)
ENDINGS = st.sampled_from([".safetensors", ".pt"])


def _plain(document: Document) -> Document:
    """A network with as many blocks of the same kinds, which more libraries have names for."""
    stages = without_rule(document)["stages"]
    stages = {key: stages[key] for key in ("depths", "widths") if key in stages}
    block = {"type": document["block"]["type"]}
    return {"name": "plain", "input": {"size": 64}, "stem": {"channels": 8}, "block": block, "stages": stages}


DOCUMENTS = small_documents() | small_documents().map(_plain)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def trained(document: Document) -> nn.Module:
    """A network all of whose entries differ from those of a fresh one."""
    module = resnet_dsl.build(document)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                value.copy_(torch.rand(value.shape, generator=generator) + ("running_var" in name))
    return module


def outputs(module: nn.Module, document: Document) -> Tensor:
    """Of the network in evaluation mode, for one image."""
    shape = graph_of(document).input_shape
    with torch.no_grad():
        found: Tensor = module.eval()(torch.rand(1, *shape, generator=torch.Generator().manual_seed(1)))
    return found


def can_say(dialect: Dialect, document: Document) -> bool:
    try:
        dialect.write(graph_of(document).state)
    except Unsayable:
        return False
    return True


@given(DOCUMENTS, LIBRARIES, ENDINGS)
def test_weights_in_any_librarys_names_are_those_of_the_same_network(
    document: Document, dialect: Dialect, ending: str
) -> None:
    """Saved with their spec, converted, inferred and built: the same spec, and the same outputs to the last bit."""
    if not can_say(dialect, document):
        return
    with folder() as place:
        module = trained(document)
        spec = resnet_dsl.load(document)
        own, theirs = place / f"own{ending}", place / f"theirs{ending}"
        resnet_dsl.save(module, own)
        resnet_dsl.convert(own, theirs, names=dialect.name)
        text = resnet_dsl.infer(theirs)
        assert resnet_dsl.loads(text) == spec
        assert "convention" not in text
        again = resnet_dsl.build(Text(text), weights=theirs)
        assert torch.equal(outputs(again, document), outputs(module, document))
        assert torch.equal(outputs(resnet_dsl.build(weights=theirs), document), outputs(module, document))


@given(DOCUMENTS, LIBRARIES)
def test_conversion_there_and_back_changes_nothing(document: Document, dialect: Dialect) -> None:
    """Every entry but for the counters of batches, which some libraries lack, and their order."""
    if not can_say(dialect, document):
        return
    with folder() as place:
        before = trained(document).state_dict()
        resnet_dsl.convert({**before}, place / "theirs.pt", names=dialect.name)
        resnet_dsl.convert(place / "theirs.pt", place / "back.pt", names="torchvision")
        after = torch.load(place / "back.pt")
        counters = {name for name in before if name.endswith("num_batches_tracked")}
        assert before.keys() - counters <= after.keys() <= before.keys()
        assert all(torch.equal(after[name], before[name]) for name in after)


@given(documents(), LIBRARIES)
def test_a_spec_inferred_from_any_librarys_names_has_the_same_weights(document: Document, dialect: Dialect) -> None:
    """Without a spec that travels along, whatever the library implies."""
    state = graph_of(document).state
    if not can_say(dialect, document):
        return
    names = dialect.write(state)
    tensors = {
        theirs: torch.zeros(()).expand(dialect.to_theirs(name, state[name]).shape) for name, theirs in names.items()
    }
    assert resnet_dsl.lower(Text(resnet_dsl.infer(tensors))).state == state
