"""One driver: however a spec is given, and whoever asks, the network and the faults are the same."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl import Graph, Spec, SpecError, Text
from resnet_dsl.compiler import Source, compile_spec, find_faults, load_spec
from resnet_dsl.language.text.writer import write

from ..strategies import Document, documents, planted_faults
from ..test_cases import CASES, SPECS
from ..test_cases import overrides as options_of

_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "block.type": st.sampled_from(["basic", "bottleneck", ["basic", "bottleneck"]]),
    "block.expansion": st.sampled_from([1, 2, None]),
    "block.conv3x3": st.sampled_from(["plain", "selective", "res2", {"type": "split", "radix": 1}, None]),
    "block.group_width": st.sampled_from([0, 1, 4, None]),
    "block.pool": st.sampled_from(["none", "before", "after"]),
    "blocks": st.sampled_from([None, {}, {"layer1.0": {"dilation": 2}}, {"layer2.*": {"attention": "ese"}}]),
    "conv": st.sampled_from(["plain", "standardized", None, {"type": "plain", "bias": True}]),
    "stages.regnet": st.sampled_from([None, {"depth": 3, "initial": 8, "slope": 8, "multiplier": 2}]),
    "stages.depths": st.lists(st.integers(1, 2), min_size=1, max_size=5),
    "stages.widths": st.sampled_from([None, 16, [8, 16]]),
    "norm": st.sampled_from(["batch", "layer", None, {"type": "layer"}, {"type": "group", "groups": 4}, {"eps": 0.1}]),
    "attention": st.sampled_from(["none", "se", "eca", "gc", None, {"type": "se", "ratio": 0.25}]),
    "head": st.sampled_from([{"classes": 7}, {"pool": "max"}, {"classes": 0, "dropout": 0.5}, {"conv": 8}]),
    "head.classes": st.integers(0, 20),
    "shortcut": st.sampled_from([{"type": "padding"}, {"when": "always"}, {"when": "first"}, {"kernel": 3}, None]),
    "stem": st.sampled_from([{"strides": [2]}, {"stride": 2}, {"pool": "avg"}, {"pool": {"type": "max", "kernel": 2}}]),
    "input.size": st.sampled_from([8, 33, [40, 64]]),
    "colour": st.just("red"),
}
_OVERRIDES = st.lists(st.sampled_from(sorted(_VALUES)), max_size=3, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: _VALUES[key] for key in keys})
)


def outcome(source: Source, overrides: Mapping[str, Any]) -> Graph | list[tuple[str, str]]:
    """The network, or the code and message of every fault."""
    try:
        return compile_spec(source, overrides)[1]
    except SpecError as error:
        return sorted((fault.code, fault.message) for fault in error.diagnostics)


@given(documents(), _OVERRIDES)
def test_a_path_a_text_a_mapping_and_a_loaded_spec_are_the_same(document: Document, overrides: dict[str, Any]) -> None:
    """With any overrides, valid or not: a spec remembers what was written, so its defaults stay defaults."""
    text = write(document)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(text, "utf-8")
        sources: list[Source] = [path, str(path), Text(text), Text(text.encode()), document, load_spec(document)]
        expected, *others = [outcome(source, overrides) for source in sources]
        assert others == [expected] * len(others)


@given(st.sampled_from(["resnet18", "resnet50", "resnext50_32x4d", "resnet26t", "resnet20"]), _OVERRIDES)
def test_a_bundled_spec_is_the_same_by_name_and_loaded(name: str, overrides: dict[str, Any]) -> None:
    """Inherited values are remembered as inherited."""
    assert outcome(load_spec(name), overrides) == outcome(name, overrides)


@given(documents(), _OVERRIDES, _OVERRIDES)
def test_overriding_twice_is_overriding_once(document: Document, first: dict[str, Any], second: dict[str, Any]) -> None:
    """A spec that was made with overrides remembers them too."""
    first.pop("colour", None)
    assume(not any(related(key, other) for key in first for other in second))
    try:
        changed = load_spec(document, first)
    except SpecError:
        assume(False)
    assert outcome(changed, second) == outcome(document, first | second)


def related(one: str, other: str) -> bool:
    """Whether one key lies inside the other, so that their order matters."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


@given(documents(), st.integers(0, 9), st.sampled_from(["avg", "max"]))
def test_a_nested_override_is_the_dotted_one(document: Document, classes: int, pool: str) -> None:
    """`{"head": {"classes": 7}}` is `{"head.classes": 7}`."""
    nested = {"head": {"classes": classes, "pool": pool}}
    dotted = {"head.classes": classes, "head.pool": pool}
    assert outcome(document, nested) == outcome(document, dotted)


@given(documents())
def test_a_spec_that_is_loaded_again_is_itself(document: Document) -> None:
    """It was checked when it was made."""
    spec = load_spec(document)
    assert load_spec(spec) is spec


PLAIN = {"name": "resnet18", "block": {"type": "basic"}, "stages": {"depths": [2, 2, 2, 2]}}


@pytest.mark.parametrize("source", ["resnet18", PLAIN], ids=["bundled", "mapping"])
def test_the_expansion_follows_an_overridden_type(source: Source) -> None:
    """Nobody wrote the expansion of the basic block."""
    overrides = {"block.type": "bottleneck"}
    assert resnet_dsl.lower(source, overrides=overrides).parameters == 15_995_176
    assert resnet_dsl.lower(resnet_dsl.load(source), overrides=overrides).parameters == 15_995_176


def test_eps_follows_an_overridden_norm() -> None:
    """Layer norm has 1e-6, batch norm 1e-5."""
    assert resnet_dsl.load("resnet18").norm.eps == 1e-5
    assert resnet_dsl.load(resnet_dsl.load("resnet18"), overrides={"norm": {"type": "layer"}}).norm.eps == 1e-6


def test_widths_and_strides_follow_overridden_depths() -> None:
    """A network that states no widths has as many as stages."""
    spec = resnet_dsl.load(resnet_dsl.load(PLAIN), overrides={"stages.depths": [1, 1, 1]})
    assert [(stage.width, stage.stride) for stage in spec.stages] == [(64, 1), (128, 2), (256, 2)]


@given(planted_faults())
def test_every_function_of_python_reports_all_faults(planted: tuple[str, str, int]) -> None:
    """And so there is no spec whose network cannot be."""
    text, code, line = planted
    source = Text(text)
    expected = resnet_dsl.check(source)
    assert [(fault.code, fault.span.line if fault.span else 0) for fault in expected] == [(code, line)]
    for function in (resnet_dsl.load, resnet_dsl.lower, resnet_dsl.summary, resnet_dsl.explain):
        with pytest.raises(SpecError) as caught:
            function(source)
        assert caught.value.diagnostics == expected


THREE_FAULTS = """\
name: a
colour: red
block: {type: basic, groups: 32}
norm: {type: group, groups: 7}
stages: {depths: [1]}
"""


def test_loading_building_and_drawing_report_what_validating_does() -> None:
    """An unknown key, a key without effect, and a norm whose groups do not divide."""
    for function in (
        resnet_dsl.loads,
        lambda text: resnet_dsl.build(Text(text)),
        lambda text: resnet_dsl.draw(Text(text)),
    ):
        with pytest.raises(SpecError) as caught:
            function(THREE_FAULTS)
        assert [fault.code for fault in caught.value.diagnostics] == ["RD203", "RD302", "RD401"]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_pythons_faults_are_those_that_validate_prints(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On every case, as data."""
    from resnet_dsl.cli import run
    from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
    from resnet_dsl.diagnostics.render import as_record

    monkeypatch.chdir(CASES)
    options = [part for option in options_of(spec) for part in ("--set", option)]
    monkeypatch.setattr("sys.argv", ["resnet-dsl", "validate", "--format", "json", spec.name, *options])
    run()
    printed = json.loads(capsys.readouterr().out)["diagnostics"]
    found = find_faults(spec.name, options_of(spec))
    assert [as_record(fault) for fault in found] == printed
    if not options:
        assert resnet_dsl.check(spec.name) == found
        with pytest.raises((SpecError, EnvironmentFault)) as caught:
            resnet_dsl.load(spec.name)
        assert caught.value.diagnostics == found


def test_a_spec_that_was_changed_in_python_is_checked_again() -> None:
    """It is no longer what its document says, and so all of it counts as written."""
    from dataclasses import replace

    spec = resnet_dsl.load({"name": "a", "block": {"type": "basic"}, "stages": {"depths": [1, 1]}})
    wider: Spec = replace(spec, head=replace(spec.head, classes=5))
    assert resnet_dsl.lower(wider).output_shape == (5,)
    assert resnet_dsl.lower(wider, overrides={"name": "b"}).output_shape == (5,)
    (fault,) = resnet_dsl.check(replace(spec, shortcut=replace(spec.shortcut, kernel=3, type="padding")))
    assert (fault.code, fault.message) == ("RD302", "`shortcut.kernel` has no effect here")
