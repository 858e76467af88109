"""What differs between two networks: specs, their weights, and the two together."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from safetensors.torch import save_file

import resnet_dsl
from resnet_dsl import EnvironmentFault, SpecError, Text
from resnet_dsl.analysis.difference import (
    Change,
    PartFigures,
    Side,
    Value,
    Weights,
    _union,
    changed_stages,
    changed_values,
    compared_weights,
    total,
)
from resnet_dsl.analysis.saved_tensors import saved_for_backward
from resnet_dsl.checkpoints.checkpoint import Checkpoint
from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.stored import Filled, Part
from resnet_dsl.differences import compare, compare_sides, side_of, side_of_weights
from resnet_dsl.language.document.bundled import bundled_specs

from .keys import all_keys
from .strategies import Document, documents

TINY: Document = {
    "name": "tiny",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3, "stride": 1, "pool": "none"},
    "block": {"type": "basic"},
    "stages": {"depths": [1, 1], "widths": [8, 16]},
    "head": {"classes": 5},
}


def checkpoint_of(state: State, file: str) -> Checkpoint:
    """Weights with these names and shapes."""
    parts = {name: Part((Filled(shape, 0.0),)) for name, shape in state.items()}
    return Checkpoint(file=file, parts=parts, names={})


def shapes(source: Any) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a network's weights."""
    return dict(resnet_dsl.lower(resnet_dsl.load(source)).state)


@pytest.mark.parametrize("name", bundled_specs())
def test_a_bundled_spec_does_not_differ_from_its_own_weights(name: str) -> None:
    """Nor the weights from the spec: what weights do not show is not compared."""
    spec, weights = side_of(name), side_of_weights(checkpoint_of(shapes(name), f"{name}.safetensors"))
    assert not compare_sides(spec, weights)
    assert str(compare_sides(weights, spec)) == ""
    assert not compare_sides(weights, weights)


@given(documents())
def test_no_spec_differs_from_its_own_weights(document: Document) -> None:
    """Whatever it says that weights do not show: strides, sizes, activations, probabilities."""
    spec = side_of(document)
    assert not compare_sides(spec, side_of_weights(checkpoint_of(spec.graph.state, "w.pt")))


def test_another_networks_weights_differ_in_what_they_show() -> None:
    """Depths, but not strides; parameters, but not costs. The origin is the spec's where the spec says the same."""
    found = compare_sides(
        side_of("resnet50"), side_of_weights(checkpoint_of(shapes("resnext101_32x8d"), "resnext101_32x8d.pth"))
    )
    assert {value.key: tuple(value.value) for value in found.values} == {
        "stages.depths": ([3, 4, 6, 3], [3, 4, 23, 3]),
        "block.groups": (1, 32),
        "block.width_per_group": (64, 8),
    }
    origins = {value.key: tuple(value.origin) for value in found.values}
    assert origins["stages.depths"][0].startswith("resnet50, line ")
    assert {after for _, after in origins.values()} == {"inferred from the weights"}
    assert found.parameters == (25_557_032, 88_791_336)
    assert found.macs == (None, None)
    assert "shapes and multiply-accumulates are not compared" in str(found)
    assert [stage.name for stage in found.stages] == ["layer1", "layer2", "layer3", "layer4"]


def test_files_of_weights_are_compared_by_their_paths(tmp_path: Path) -> None:
    """In both formats, with a spec and with one another."""
    small, large = tmp_path / "small.pt", tmp_path / "large.safetensors"
    torch.save(resnet_dsl.build(TINY).state_dict(), small)
    save_file(resnet_dsl.build(TINY, overrides={"head.classes": 7}).state_dict(), large)
    assert not resnet_dsl.diff(TINY, small)
    assert not resnet_dsl.diff(str(small), TINY)
    found = resnet_dsl.diff(small, large)
    assert [(value.key, *value.value) for value in found.values] == [("head.classes", 5, 7)]
    assert found.weights.reshaped == {
        "fc.weight": Change((5, 16), (7, 16)),
        "fc.bias": Change((5,), (7,)),
    }
    assert len(found.weights.fitting) == len(shapes(TINY)) - 2


def test_weights_without_counters_are_those_of_their_network() -> None:
    """Files from before PyTorch 0.4.1 do not count batches; loading starts them at 0."""
    old = {name: shape for name, shape in shapes(TINY).items() if not name.endswith("num_batches_tracked")}
    assert not compare_sides(side_of(TINY), side_of_weights(checkpoint_of(old, "old.pth")))


def test_an_override_does_not_apply_to_weights(tmp_path: Path) -> None:
    """A file has no keys."""
    file = tmp_path / "w.pt"
    torch.save(resnet_dsl.build(TINY).state_dict(), file)
    with pytest.raises(EnvironmentFault, match="applies to a spec") as caught:
        resnet_dsl.diff(TINY, file, overrides={"head.classes": 7})
    assert caught.value.diagnostics[0].helps == (f"compare with the spec that `resnet-dsl infer {file}` prints",)


def test_weights_of_another_family_are_a_fault(tmp_path: Path) -> None:
    """No spec describes them, so there is nothing to compare with."""
    save_file({"encoder.weight": torch.zeros(2, 2)}, tmp_path / "w.safetensors")
    with pytest.raises(EnvironmentFault, match="RD511"):
        resnet_dsl.diff(TINY, tmp_path / "w.safetensors")


def test_the_faults_of_both_sides_are_reported() -> None:
    """Once each; an unreadable side makes it a fault of the environment."""
    one, other = Text("name: a\ncolour: red\n", "one.yaml"), Text("name: b\nshape: round\n", "other.yaml")
    with pytest.raises(SpecError) as caught:
        resnet_dsl.diff(one, other)
    assert [fault.message for fault in caught.value.diagnostics if fault.code == "RD203"] == [
        "unknown key `colour`",
        "unknown key `shape`",
    ]
    with pytest.raises(SpecError) as caught:
        resnet_dsl.diff(one, one)
    assert len({*caught.value.diagnostics}) == len(caught.value.diagnostics)
    with pytest.raises(EnvironmentFault) as unreadable:
        resnet_dsl.diff(one, "nowhere.yaml")
    assert {fault.code for fault in unreadable.value.diagnostics} > {"RD001", "RD203"}


def test_what_only_describes_a_spec_does_not_count() -> None:
    """Name, description, reference and expectations."""
    other = TINY | {"name": "other", "description": "d", "reference": "r", "expect": {"depth": 6}}
    assert not resnet_dsl.diff(TINY, other)
    assert (resnet_dsl.diff(TINY, other).names) == ("tiny", "other")


def test_values_differ_key_by_key_whatever_their_form() -> None:
    """A norm written as a word has the settings of one written as a mapping; so has the attention of each stage."""

    def changed(**keys: Any) -> dict[str, tuple[Any, ...]]:
        found = resnet_dsl.diff(TINY, TINY | keys)
        return {value.key: tuple(value.value) for value in found.values}

    assert changed(norm={"type": "batch", "momentum": 0.1}) == {}
    assert changed(norm={"type": "batch", "momentum": 0.2}) == {"norm.momentum": (0.1, 0.2)}
    assert changed(norm="none") == {
        "norm.type": ("batch", "none"),
        "norm.eps": (1e-5, None),
        "norm.momentum": (0.1, None),
    }
    assert changed(attention=["ese", "none"]) == {
        "attention.type": ("none", ["ese", "none"]),
        "attention.position": (None, ["end", None]),
    }
    assert changed(conv="standardized") == {"conv.type": ("plain", "standardized"), "conv.eps": (None, 1e-6)}
    assert changed(stem=TINY["stem"] | {"pool": "avg"}) == {
        "stem.pool.type": ("none", "avg"),
        "stem.pool.kernel": (None, 2),
    }
    assert changed(head=TINY["head"] | {"pool": {"type": "attention", "heads": 2}}) == {
        "head.pool.type": ("avg", "attention"),
        "head.pool.heads": (None, 2),
    }
    assert changed(block={"type": "basic", "conv3x3": ["plain", {"type": "selective", "split": True}]}) == {
        "block.conv3x3.type": ("plain", ["plain", "selective"]),
        "block.conv3x3.ratio": (None, [None, 0.0625]),
        "block.conv3x3.divisor": (None, [None, 32]),
        "block.conv3x3.split": (None, [None, True]),
    }
    assert changed(blocks={"layer2.0": {"attention": "ese", "dropout": 0.5}}) == {
        "blocks.layer2.0.attention.type": (None, "ese"),
        "blocks.layer2.0.attention.position": (None, "end"),
        "blocks.layer2.0.dropout": (None, 0.5),
    }


def test_an_override_shows_what_it_does() -> None:
    """The second side is the first one, changed."""
    found = resnet_dsl.diff("resnet50", overrides={"head.classes": 10})
    (value,) = found.values
    assert (value.key, *value.value, value.origin.after) == ("head.classes", 1000, 10, "--set head.classes=10")
    assert value.origin.before.startswith("resnet50, line ")
    assert found.names.after == "resnet50 --set head.classes=10"
    assert [stage.name for stage in found.stages] == ["head"]


def test_the_text_is_exact() -> None:
    """Values with their origins, figures with their change, weights by what their names have in common."""
    text = "name: tiny\ninput: {size: 32}\nblock: {type: basic}\nstages: {depths: [1, 1], widths: [8, 16]}\n"
    before, after = Text(text, "tiny"), Text(text.replace("16", "24").replace("32", "64"), "wider")
    assert str(resnet_dsl.diff(before, after)) == (
        """\
--- tiny
+++ wider

input.size
- 32  tiny, line 2
+ 64  wider, line 2

stages.widths
- [8, 16]  tiny, line 4
+ [8, 24]  wider, line 4

part    figure           before       after      change
stem    output shape     64×8×8    64×16×16
stem    MACs          2,408,448   9,633,792  +7,225,344  +300.0%
layer1  output shape      8×8×8     8×16×16
layer1  MACs            364,544   1,458,176  +1,093,632  +300.0%
layer2  output shape     16×4×4      24×8×8
layer2  parameters        3,680       7,248      +3,568   +97.0%
layer2  MACs             57,344     454,656    +397,312  +692.9%
head    parameters       17,000      25,000      +8,000   +47.1%
head    MACs             16,000      24,000      +8,000   +50.0%
total   input shape     3×32×32     3×64×64
total   parameters       35,960      47,528     +11,568   +32.2%
total   MACs          2,846,336  11,570,624  +8,724,288  +306.5%

21 of 37 weights fit by name and shape
layer2.0  reshaped  15  layer2.0.conv1.weight 16×8×3×3 -> 24×8×3×3
fc        reshaped   1  fc.weight 1000×16 -> 1000×24
"""
    )


def test_a_stage_that_is_gone_is_shown_with_a_dash() -> None:
    """Before the head, where it was, with all that it had as the change; and so is one that is new."""
    lines = str(resnet_dsl.diff("resnet18", "resnet20")).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("layer4"))
    assert [line.split() for line in lines[start : start + 5]] == [
        ["layer4", "blocks", "2", "–", "-2", "-100.0%"],
        ["layer4", "output", "shape", "512×7×7", "–"],
        ["layer4", "parameters", "8,393,728", "–", "-8,393,728", "-100.0%"],
        ["layer4", "MACs", "411,041,792", "–", "-411,041,792", "-100.0%"],
        ["head", "output", "shape", "1000", "10"],
    ]
    back = str(resnet_dsl.diff("resnet20", "resnet18")).splitlines()
    (line,) = [line for line in back if line.startswith("layer4  blocks")]
    assert line.split() == ["layer4", "blocks", "–", "2", "+2"]


def test_counters_of_batches_are_not_counted_among_the_weights() -> None:
    """They fit whatever the network; data for programs has them."""
    found = resnet_dsl.diff("resnet18", "resnet20")
    assert found.weights.fitting
    assert all(name.endswith("num_batches_tracked") for name in found.weights.fitting)
    for text in (str(found), found.markdown()):
        assert "0 of 102 weights fit by name and shape" in text
        assert "num_batches_tracked" not in text
    assert len(json.loads(found.json())["weights"]["fitting"]) == len(found.weights.fitting)


@given(documents(), documents())
def test_values_come_in_the_order_in_which_show_prints_them(one: Document, other: Document) -> None:
    """Those that only one side has, too, and those that weights reveal."""
    spec, changed = side_of(one), side_of(other)
    weights = side_of_weights(checkpoint_of(changed.graph.state, "w.pt"))
    order = [key.name for key in all_keys()]

    def place(key: str) -> tuple[int, ...]:
        if block := re.fullmatch(r"blocks\.layer(\d+)\.(\*|\d+)\.(.*)", key):
            number = -1 if block[2] == "*" else int(block[2])
            return order.index("blocks"), int(block[1]), number, order.index(f"blocks.*.{block[3]}")
        return (order.index(key),)

    for after in (changed, weights):
        keys = [value.key for value in compare_sides(spec, after).values]
        assert keys == sorted(keys, key=place)


def test_a_graph_has_no_spec_to_compare() -> None:
    """It says so, instead of failing somewhere inside."""
    with pytest.raises(TypeError, match="a graph has no spec to compare"):
        resnet_dsl.diff(resnet_dsl.lower(TINY), TINY)  # type: ignore[arg-type]


def test_markdown_and_json_have_the_same_facts() -> None:
    """Markdown in tables, JSON with the name of every weight."""
    found = resnet_dsl.diff(TINY, TINY | {"head": {"classes": 7}})
    assert found.markdown() == (
        """\
`tiny` → `tiny`

| value | before | after |
| --- | --- | --- |
| `head.classes` | `5`<br>`<mapping>, line 15` | `7`<br>`<mapping>, line 15` |

| part | figure | before | after | change |
| --- | --- | ---: | ---: | ---: |
| head | output shape | 5 | 7 |  |
| head | parameters | 85 | 119 | +34 (+40.0%) |
| head | MACs | 80 | 112 | +32 (+40.0%) |
| total | output shape | 5 | 7 |  |
| total | parameters | 5,181 | 5,215 | +34 (+0.7%) |
| total | MACs | 2,318,416 | 2,318,448 | +32 (+0.001%) |

30 of 32 weights fit by name and shape.

| weights | change | entries | first |
| --- | --- | --- | --- |
| `fc` | reshaped | 2 | `fc.weight 5×16 -> 7×16` |
"""
    )
    document = json.loads(found.json())
    assert document["differs"] is True
    assert document["values"][0]["key"] == "head.classes"
    assert document["total"]["macs"] == {"before": found.macs.before, "after": found.macs.after}
    assert document["stages"][0]["after"]["output_shape"] == [7]
    assert [*document["weights"]["fitting"]] == [*found.weights.fitting]
    assert document["weights"]["reshaped"]["fc.bias"] == {"before": [5], "after": [7]}
    equal = json.loads(resnet_dsl.diff(TINY, TINY).json())
    assert (equal["differs"], equal["values"], equal["stages"]) == (False, [], [])


def test_a_name_cannot_leave_its_cell() -> None:
    """Nor a control character reach a terminal."""
    before = Text("name: a\nextends: resnet20\n", "a`|`\x1b[31m@you\n\n# Title.yaml")
    found = compare(before, before, ["activation=gelu"])
    lines = found.markdown().splitlines()
    assert lines[0].count("`") == 4
    assert not any(line.startswith("#") for line in lines)
    assert {line.count("|") for line in lines if line.startswith("|")} == {4}
    assert "\x1b" not in str(found) + found.markdown()


def test_a_difference_is_a_frozen_value() -> None:
    """It can be kept, compared and looked into."""
    one, other = (resnet_dsl.diff("resnet18", "resnet34") for _ in range(2))
    assert one == other
    with pytest.raises(AttributeError):
        one.values = ()  # type: ignore[misc]
    assert isinstance(one, resnet_dsl.Difference)
    assert one.depth == (18, 34)
    stages = "layer1, layer2, layer3, layer4"
    assert repr(one) == f"<Difference resnet18 -> resnet34: values stages.depths; stages {stages}>"
    assert repr(resnet_dsl.diff(TINY, TINY)) == "<Difference tiny -> tiny: values equal; stages equal>"


@pytest.mark.parametrize(
    ("one", "other", "union"),
    [
        ("abc", "abc", "abc"),
        ("", "ab", "ab"),
        ("ab", "", "ab"),
        ("ac", "abc", "abc"),
        ("abc", "ac", "abc"),
        ("ab", "cd", "abcd"),
        ("abx", "cdx", "abcdx"),
        ("axb", "cxd", "acxbd"),
        ("abcd", "bxdy", "abcxdy"),
        ("ab", "ba", "ab"),
        ("abc", "xcab", "abxc"),
    ],
)
def test_parts_of_both_are_in_the_order_of_both(one: str, other: str, union: str) -> None:
    """Those that only the first has come before those that only the second has."""
    assert "".join(_union(one, other)) == union


def test_weights_fit_by_name_and_shape() -> None:
    """All others are reshaped, removed or added, each in the order of its network."""
    before = {"d": (1, 2), "a": (1,), "b": (2,), "c": ()}
    found = compared_weights(before, {"a": (1,), "e": (5,), "b": (3,), "d": (2, 1), "f": ()})
    assert found == Weights(
        fitting={"a": (1,)},
        reshaped={"d": Change((1, 2), (2, 1)), "b": Change((2,), (3,))},
        removed={"c": ()},
        added={"e": (5,), "f": ()},
    )
    assert [[*each] for each in (found.reshaped, found.added)] == [["d", "b"], ["e", "f"]]
    assert found.differ
    assert not compared_weights(before, before).differ
    assert compared_weights({}, before).differ
    assert compared_weights(before, {}).differ
    assert compared_weights({"a": ()}, {"a": (1,)}).differ


def test_the_figures_of_stages_are_exact() -> None:
    """What each part amounts to, and nothing of a part that is not there."""
    spec = {"name": "a", "input": {"size": 32}, "stem": {"channels": 8}, "block": {"type": "basic"}}
    one = resnet_dsl.lower({**spec, "stages": {"depths": [1], "widths": 8}, "head": {"classes": 10}})
    other = resnet_dsl.lower({**spec, "stages": {"depths": [1, 2], "widths": 8}, "head": {"classes": 10}})
    sides = [
        Side(name=name, graph=graph, values=values, origins=origins, batch_size=3)
        for name, graph, values, origins in (
            ("one", one, {"x": 1, "y": 2, "z": 0}, {"x": "there"}),
            ("other", other, {"w": 5, "x": 1, "y": 3}, {"y": "here", "w": "new"}),
        )
    ]
    assert changed_values(*sides) == (
        Value("y", Change(2, 3), Change("", "here")),
        Value("z", Change(0, None), Change("", "")),
        Value("w", Change(None, 5), Change("", "new")),
    )
    stage, head = changed_stages(*sides)
    assert (stage.name, stage.figures.before) == ("layer2", None)
    after = stage.figures.after
    assert after is not None
    nodes = [node for block in other.blocks[1:] for node in block.nodes]
    saved = saved_for_backward(other, 3)
    assert after == PartFigures(
        blocks=2,
        input_shape=(8, 8, 8),
        output_shape=(8, 4, 4),
        parameters=sum(node.parameters for node in nodes),
        macs=sum(node.macs for node in nodes),
    )
    assert after.flops == 2 * sum(node.macs for node in nodes)
    assert (after.saved_for_backward, after.receptive_field) == (sum(saved[node.name] for node in nodes), (83, 83))
    assert head.name == "head"
    assert [figures and figures.input_shape for figures in head.figures] == [(8, 8, 8), (8, 4, 4)]
    whole = total(sides[1])
    assert whole == PartFigures(
        blocks=3, input_shape=(3, 32, 32), output_shape=(10,), parameters=other.parameters, macs=other.macs
    )
    assert (whole.saved_for_backward, whole.receptive_field) == (sum(saved.values()), (83, 83))


def test_weights_alone_show_blocks_and_parameters() -> None:
    """No sizes, costs, memory or fields."""
    graph = resnet_dsl.lower("resnet20")
    side = Side(name="a", graph=graph, values={}, origins={}, shows_sizes=False)
    found = total(side)
    assert found == PartFigures(blocks=9, parameters=graph.parameters)
    assert (found.flops, found.saved_for_backward, found.receptive_field) == (None, None, None)
    assert changed_stages(side, side) == ()
