"""Laws of differences: what they say of two specs is what the two built networks show."""

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl import SpecError, Text
from resnet_dsl.analysis.difference import Change
from resnet_dsl.compiler import load_spec
from resnet_dsl.differences import compare
from resnet_dsl.language.text.writer import write

from ..helpers import written_out
from ..strategies import Document, documents, small_documents

_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "head.classes": st.integers(0, 9),
    "activation": st.sampled_from(["relu", "gelu"]),
    "input.size": st.sampled_from([64, [70, 64]]),
    "norm": st.sampled_from(["batch", "layer", "none"]),
    "attention": st.sampled_from(["none", "se"]),
    "attention.position": st.sampled_from(["end", "inner"]),
    "stem.pool": st.sampled_from(["max", "conv", "none", "avg", {"type": "avg", "kernel": 3}]),
    "conv": st.sampled_from(["plain", "standardized", {"type": "plain", "bias": True}]),
    "block.conv3x3": st.sampled_from(["plain", "selective", "res2"]),
    "block.group_width": st.sampled_from([0, 1, 4]),
    "block.pool": st.sampled_from(["none", "before", "after"]),
    "block.dropout": st.sampled_from([0, 0.5]),
    "blocks": st.sampled_from([{}, {"layer1.0": {"dilation": 2}}, {"layer1.*": {"attention": "ese"}}]),
    "head.conv": st.integers(0, 9),
    "shortcut.when": st.sampled_from(["always", "first", "shape_change"]),
    "block.preactivation": st.booleans(),
}
_profile = settings.default
assert _profile is not None
_half_as_often = settings(max_examples=max(1, _profile.max_examples // 2))
"""Each example builds two networks, or compiles one five times."""


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Document, Document]:
    """Two networks, half of them alike but for one key."""
    before = draw(documents())
    if draw(st.booleans()):
        return before, draw(documents())
    key = draw(st.sampled_from(sorted(_CHANGES)))
    try:
        return before, written_out(load_spec(before, {key: draw(_CHANGES[key])}))
    except SpecError:
        return before, draw(documents())


class Measured:
    """A built network on `meta`, and what one forward pass on it shows."""

    def __init__(self, document: Document) -> None:
        spec = load_spec(document)
        self.module = resnet_dsl.build(spec, device="meta").eval()
        self.stages = [name for name, _ in self.module.named_children() if name.startswith("layer")]
        self.shapes: dict[str, tuple[int, ...]] = {}
        for name in self.stages:
            self.module.get_submodule(name).register_forward_hook(self._hook(name))
        size = (spec.input.channels, spec.input.height, spec.input.width)
        self.costs = FlopCounterMode(display=False)
        with self.costs, torch.no_grad():
            self.output = tuple(self.module(torch.empty(1, *size, device="meta")).shape[1:])

    def _hook(self, name: str) -> Any:
        def remember(_: nn.Module, __: object, output: Tensor) -> None:
            self.shapes[name] = tuple(output.shape[1:])

        return remember

    def parameters(self, stage: str | None = None) -> int:
        module = self.module if stage is None else self.module.get_submodule(stage)
        return sum(parameter.numel() for parameter in module.parameters())

    def macs(self, stage: str | None = None) -> int:
        """Half of the operations that torch counts: of the network, or within a stage."""
        if stage is None:
            return self.costs.get_total_flops() // 2
        return sum(self.costs.get_flop_counts().get(f"{type(self.module).__name__}.{stage}", {}).values()) // 2

    def figures(self, stage: str) -> tuple[int, tuple[int, ...], int, int] | None:
        if stage not in self.stages:
            return None
        blocks = sum(1 for _ in self.module.get_submodule(stage).children())
        return blocks, self.shapes[stage], self.parameters(stage), self.macs(stage)


@_half_as_often
@given(pairs())
def test_figures_that_differ_are_those_of_the_built_networks(pair: tuple[Document, Document]) -> None:
    """Shapes, parameters, and half the operations that torch counts, of each stage and of the whole."""
    found = compare(*pair)
    before, after = map(Measured, pair)
    assert found.parameters == (before.parameters(), after.parameters())
    assert found.macs == (before.macs(), after.macs())
    assert (found.figures.before.output_shape, found.figures.after.output_shape) == (before.output, after.output)
    measured = {name: (before.figures(name), after.figures(name)) for name in {*before.stages, *after.stages}}
    said = {
        stage.name: tuple(
            None if each is None else (each.blocks, each.output_shape, each.parameters, each.macs)
            for each in stage.figures
        )
        for stage in found.stages
        if stage.name in measured
    }
    for name, sides in measured.items():
        if name in said:
            assert said[name] == sides
        else:
            assert sides[0] == sides[1]


@_half_as_often
@given(pairs())
def test_the_weights_that_fit_are_those_with_the_same_name_and_shape(pair: tuple[Document, Document]) -> None:
    """In the built networks' `state_dict`s; the others are named with their reason."""
    weights = compare(*pair).weights
    before, after = (
        {name: tuple(value.shape) for name, value in resnet_dsl.build(each, device="meta").state_dict().items()}
        for each in pair
    )
    assert weights.fitting == dict(before.items() & after.items())
    assert weights.removed == {name: before[name] for name in before.keys() - after.keys()}
    assert weights.added == {name: after[name] for name in after.keys() - before.keys()}
    shared = before.keys() & after.keys()
    assert weights.reshaped == {
        name: Change(before[name], after[name]) for name in shared if before[name] != after[name]
    }


@given(small_documents(), small_documents())
def test_the_weights_that_fit_are_those_that_torch_loads(one: Document, other: Document) -> None:
    """With `strict=False`, after those of other shapes, which torch refuses, are left out."""
    weights = compare(one, other).weights
    source = resnet_dsl.build(one, device="cpu").state_dict()
    target = resnet_dsl.build(other, device="cpu")
    for value in target.state_dict().values():
        value.fill_(-1)
    for name in weights.reshaped:
        del source[name]
    loaded = target.load_state_dict(source, strict=False)
    assert sorted(loaded.unexpected_keys) == sorted(weights.removed)
    counters = {name for name in weights.added if name.endswith("num_batches_tracked")}  # which torch starts at 0
    assert {*loaded.missing_keys} - counters == {*weights.added, *weights.reshaped} - counters
    taken = {name for name, value in target.state_dict().items() if not (value == -1).all()}
    assert taken <= weights.fitting.keys()
    assert all(torch.equal(target.state_dict()[name], source[name]) for name in weights.fitting)


@_half_as_often
@given(documents())
def test_a_network_does_not_differ_from_itself(document: Document) -> None:
    """However it is given: as it is, with every default written out, under another name, without expectations."""
    changed = written_out(load_spec(document)) | {"name": "other", "description": "another", "expect": None}
    del changed["expect"]
    for other in (document, Text(write(document)), load_spec(document), changed):
        found = compare(document, other)
        assert not found
        assert (str(found), found.markdown()) == ("", "")
        assert (found.values, found.stages) == ((), ())


@given(pairs())
def test_values_and_weights_decide_whether_networks_differ(pair: tuple[Document, Document]) -> None:
    """Different figures or weights come from different values; turned round, a difference is the same."""
    found, turned = compare(*pair), compare(*reversed(pair))
    assert bool(found) == bool(turned) == bool(found.values) == bool(str(found))
    assert {value.key: tuple(reversed(value.value)) for value in found.values} == {
        value.key: tuple(value.value) for value in turned.values
    }
    assert found.weights.removed == turned.weights.added
    assert found.weights.fitting == turned.weights.fitting
