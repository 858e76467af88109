"""The text of the spec inferred from names and shapes: it loads, it has them, and it marks its assumptions."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.comparison import State, compare
from resnet_dsl.checkpoints.recognition.recognition import recognise
from resnet_dsl.decompiler import decompile
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.graph.shapes import Shape
from resnet_dsl.language.document.bundled import bundled_specs
from tests.helpers import graph_of
from tests.strategies import Document, documents, small_documents

from .helpers import load, loads, lower

SMALL = graph_of("""
name: small
stem: {channels: [4, 8], kernel: 3}
block: {type: [bottleneck, basic], groups: [2, 1]}
attention: [{type: se, ratio: 0.5}, none]
stages: {depths: [1, 2], widths: [8, 16]}
head: {pool: catavgmax, classes: 5}
""").state

SMALL_TEXT = """\
# Inferred from the names and shapes in small.pt. Values they do not reveal are marked: convention.
name: small
input:
  channels: 3
  size: 224  # convention: a checkpoint fits any input size
stem:
  channels: [4, 8]
  kernel: 3
  stride: 2  # convention: shapes do not reveal strides
  pool: max  # convention: pooling has no weights
block:
  type: [bottleneck, basic]
  expansion: [4, 1]
  groups: [2, 1]
  width_per_group: 64
  reduce_first: 1
  stride_in: 3x3  # convention: shapes do not reveal which convolution strides
  preactivation: false
shortcut:
  type: projection
  kernel: 1
norm: batch
activation: relu  # convention: activations have no weights
attention: [{type: se, ratio: 0.5}, none]
antialias: none  # convention: filters have no weights
stages:
  depths: [1, 2]
  widths: [8, 16]
  strides: [1, 2]  # convention: shapes do not reveal strides or the dilations that replace them
head:
  pool: catavgmax
  classes: 5
# Weights do not show these either, which have their defaults: stem.strides, conv.type, block.pool,
# block.dropout, norm.eps, norm.momentum, attention.position, attention.activation, stages.dilations,
# stages.output_stride, blocks.*.dilation, blocks.*.dropout, drop_path, head.dropout, init.zero_residual.
# Nor do they show what no spec can say: basic blocks of which only one convolution is dilated (mmdet).
# Other stages.widths, block.expansion, block.width_per_group, block.reduce_first and ratios of attention can
# describe the same network.
"""

DIMENSIONS = st.sampled_from([0, 1, 2, 3, 7, 64, 65_536, 65_537, 10**12, 2**63 - 1, 10**40])
SHAPES = st.lists(DIMENSIONS, max_size=5).map(tuple)
STEPS = ["conv1", "conv2", "conv3", "bn1", "layer1", "layer2", "layer99", "0", "1", "99999", "downsample", "se", "fc1"]
NAMES = st.lists(st.sampled_from([*STEPS, "fc", "norm", "weight", "bias", "maxpool", ""]), max_size=5).map(".".join)


def reason(state: State, file: str = "w.pt") -> str:
    """Why no spec was found."""
    with pytest.raises(EnvironmentFault) as caught:
        decompile(state, file)
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD511"
    start = f"no spec can describe the network whose weights `{file}` contains: "
    assert fault.message.startswith(start)
    return fault.message.removeprefix(start)


def is_refused_or_right(state: State) -> bool:
    """Whether the inferred network has exactly these entries, or a diagnostic says that there is none."""
    try:
        text = decompile(state, "w.pt")
    except EnvironmentFault as error:
        return [fault.code for fault in error.diagnostics] == ["RD511"]
    return compare(lower(loads(text)).state, state).is_equal


@pytest.mark.parametrize("name", bundled_specs())
def test_a_bundled_network_is_read_back(name: str) -> None:
    """From names and shapes to text to network: the same names and shapes."""
    state = lower(load(name)).state
    spec = loads(decompile(state, f"{name}.safetensors"))
    assert spec.name == name
    assert lower(spec).state == state


@given(documents() | small_documents())
def test_every_network_of_the_language_is_read_back(document: Document) -> None:
    """The text loads, and its network has the same names and shapes."""
    state = lower(load(document)).state
    assert lower(loads(decompile(state, "w.pt"))).state == state


@given(documents() | small_documents())
def test_every_convention_and_nothing_else_has_a_comment(document: Document) -> None:
    """Comments in lines with a key give the reason of that key."""
    state = lower(load(document)).state
    lines = decompile(state, "w.pt").splitlines()
    found: dict[str, str] = {}
    path: list[str] = []
    for line in lines[1:]:
        if (key := re.match(r"( *)([\w.*]+):", line)) is not None:
            path = [*path[: len(key[1]) // 2], key[2]]
        if "#" in line and not line.startswith("#"):
            assert key is not None
            found[".".join(path)] = line.partition("  # convention: ")[2]
    assert found == recognise(state).conventions


def test_the_text() -> None:
    """Everything the shapes reveal, in the order of the reference, with comments on the rest."""
    assert decompile(SMALL, "small.pt") == SMALL_TEXT


def test_weights_in_memory_have_no_file() -> None:
    """So the spec has a name that says nothing, and the first line no file."""
    text = decompile(SMALL, "<weights>")
    assert loads(text).name == "net"
    assert text.startswith("# Inferred from names and shapes of weights. Values they do not reveal are marked")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("resnet50.pth", "resnet50"),
        ("my weights (1).safetensors", "my_weights__1_"),
        ("resnet50-0676ba61.pth", "resnet50-0676ba61"),
        ("dp.pth.tar", "dp"),
        ("model.safetensors.index.json", "model"),
        ("2024.model.pt", "net_2024.model"),
        (".pt", "net_.pt"),
        ("", "net_"),
        ("no", "no"),
        ("a" * 100 + ".pt", "a" * 64),
        ("9" * 100 + ".pt", "net_" + "9" * 60),
        ("évil\n# name: x.pt", "net__vil___name__x"),
    ],
)
def test_the_name_is_derived_from_the_files(file: str, name: str) -> None:
    """Reduced to valid characters; the first line has the file name without anything that could end a comment."""
    text = decompile(SMALL, file)
    assert loads(text).name == name
    assert text.splitlines()[1:] != SMALL_TEXT.splitlines()
    assert len(text.splitlines()) == len(SMALL_TEXT.splitlines())
    assert re.fullmatch(r"# Inferred from the names and shapes in [\w.-]*\. Values .*", text.splitlines()[0])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"extra": (1,)}, "none has an entry `extra`"),
        ({"layer2.1.bn1.bias": None}, "it has no `layer2.1.bn1.bias`"),
        ({"layer2.1.conv1.weight": (16, 16, 5, 5)}, "none has `layer2.1.conv1.weight` in this shape"),
        ({"conv1.0.weight": (4, 3, 4, 4)}, "`stem.kernel` must be odd, found the number `4`"),
        ({"conv1.0.weight": (4, 3, 33, 33)}, "`stem.kernel` must be at most 31, found the number `33`"),
        ({"fc.weight": (70_000, 32)}, "`fc.weight` has 70,000 channels, more than 65,536"),
        ({"layer2.0.conv2.weight": None}, "it has no `layer2.0.conv2.weight`"),
    ],
)
def test_an_almost_valid_network_is_refused(changes: dict[str, Any], expected: str) -> None:
    """Every entry counts; the first mismatch is named, or the key whose value is invalid."""
    state = {name: shape for name, shape in (SMALL | changes).items() if shape is not None}
    assert reason(state) == expected


def test_what_exceeds_the_limits_of_a_spec_is_refused_at_once() -> None:
    """Too many stages, blocks or stem convolutions."""
    block = {"0.conv1.weight": (8, 8, 3, 3), "0.conv2.weight": (8, 8, 3, 3)}
    stem: dict[str, Shape] = {"conv1.weight": (8, 3, 7, 7)}
    stages = {f"layer{number}.{name}": shape for number in range(1, 18) for name, shape in block.items()}
    assert reason(stem | stages) == "`stages.depths` must be a list of 1 to 16 values, found 17"
    names = [f"layer1.{index}.conv{number}.weight" for index in range(10_001) for number in (1, 2)]
    expected = "`stages.depths[0]` must be at most 10,000, found the number `10001`"
    assert reason(stem | dict.fromkeys(names, (8, 8, 3, 3))) == expected
    convolutions: dict[str, Shape] = {f"conv1.{3 * index}.weight": (8, 8, 3, 3) for index in range(2_000)}
    one_block = {f"layer1.{name}": shape for name, shape in block.items()}
    assert reason(convolutions | one_block) == "`stem.channels` must be a list of 1 to 1,000 values, found 2,000"


@given(st.dictionaries(NAMES | st.text(max_size=8), SHAPES, max_size=12))
def test_any_checkpoint_gives_a_spec_or_a_diagnostic(state: State) -> None:
    """Arbitrary names and shapes, including empty and enormous ones."""
    assert is_refused_or_right(state)


@given(st.data())
def test_a_changed_network_is_recognised_correctly_or_refused(data: st.DataObject) -> None:
    """Entries removed, added, renamed and reshaped at random."""
    state = dict(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from([*state, "fc.weight"]))
        match data.draw(st.sampled_from(["drop", "reshape", "add", "rename"])):
            case "drop":
                state.pop(name, None)
            case "reshape":
                state[name] = data.draw(SHAPES)
            case "add":
                state[data.draw(NAMES)] = data.draw(SHAPES)
            case _:
                state[data.draw(NAMES)] = state.pop(name, ())
    assert is_refused_or_right(state)


def test_values_of_a_library_are_marked_as_its_conventions() -> None:
    """Where shapes allow them and they have an effect, and what no spec can say of its networks is added."""
    prefer = {"activation": "silu", "norm.eps": 1.001e-5, "stem.pool": "conv", "head.dropout": 0.2}
    prefer |= {"block.stride_in": "1x1"}  # its only bottleneck does not stride
    text = decompile(SMALL, "w.pt", prefer=prefer, library="Keras")
    spec = loads(text)
    assert (spec.activation, spec.norm.eps, spec.stem.pool.type) == ("silu", 1.001e-5, "max")
    assert spec.stages[0].block.stride_in == "3x3"
    assert lower(spec).state == SMALL
    marked = [line.split()[0] for line in text.splitlines() if line.endswith("  # convention of Keras")]
    assert marked == ["eps:", "activation:", "dropout:"]


def test_invalid_values_of_a_library_are_dropped() -> None:
    """So that there is a spec."""
    assert decompile(SMALL, "small.pt", prefer={"drop_path": 7}, library="a library") == SMALL_TEXT


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, "it has no entries"),
        ({"stem.norm1.v": (1,)}, "it looks like a network with EvoNorm, with its entry `stem.norm1.v`"),
        (
            {name: shape for name, shape in SMALL.items() if not name.startswith("layer2.1.bn1")},
            "it lacks 4 entries, all in `layer2.1.bn1`, of which the first is `layer2.1.bn1.weight`",
        ),
    ],
)
def test_the_reason_is_the_most_telling_one(state: State, expected: str) -> None:
    """What the entries look like, else what is missing or wrong."""
    assert reason(state) == expected
