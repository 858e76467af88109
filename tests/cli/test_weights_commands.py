"""build --weights, --classes, infer: weights from the user's view, from file to spec and back."""

import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from tests.cli.conftest import SMALL, CommandLine, Result

INFERRED = """\
# Inferred from the names and shapes in w.pt. Values they do not reveal are marked: convention.
name: w
input:
  channels: 3
  size: 224  # convention: a checkpoint fits any input size
stem:
  channels: 8
  kernel: 7
  stride: 2  # convention: shapes do not reveal strides
  pool: max  # convention: pooling has no weights
block:
  type: basic
  expansion: 1
  groups: 1
  width_per_group: 64
  reduce_first: 1
  preactivation: false
shortcut:
  type: projection
  kernel: 1
norm: batch
activation: relu  # convention: activations have no weights
attention: none
antialias: none  # convention: filters have no weights
stages:
  depths: [1, 1]
  widths: [8, 16]
  strides: [1, 2]  # convention: shapes do not reveal strides or the dilations that replace them
head:
  pool: avg  # convention: pooling has no weights
  classes: 5
# Weights do not show these either, which have their defaults: conv.type, block.pool, block.dropout, norm.eps,
# norm.momentum, stages.dilations, stages.output_stride, blocks.*.dilation, blocks.*.dropout, drop_path,
# head.dropout, init.zero_residual.
# Nor do they show what no spec can say: basic blocks of which only one convolution is dilated (mmdet).
"""

SMALL_AND_TYPICAL = [
    "resnet18",
    "resnet18d",
    "resnet20",
    "plain20",
    "resnet10t",
    "resnet14t",
    "test_resnet",
    "resnetblur18",
    "resnetaa34d",
    "seresnet18",
    "ecaresnet26t",
    "ecaresnext26t_32x4d",
    "seresnext26d_32x4d",
]
"""One bundled network of every family that has one of less than a hundred megabytes."""


@pytest.fixture
def small(resnet_dsl_command: CommandLine) -> str:
    """The path of a spec, with `w.pt`, weights of its network, next to it."""
    Path("small.yaml").write_text(SMALL)
    torch.save(weights(), "w.pt")
    return "small.yaml"


def weights() -> dict[str, Tensor]:
    """Entries of the small network, with a seed other than the command's."""
    return dict(build_module(resnet_dsl.lower(resnet_dsl.loads(SMALL)), seed=7).state_dict())


def last_lines(result: Result, count: int) -> list[str]:
    """The lines after the table, for a command without errors."""
    assert (result.status, result.err) == (0, "")
    return result.out.splitlines()[-count:]


def checked(parameters: str) -> str:
    return (
        f"checked on cpu in float32: the output shapes of all 22 modules and all {parameters} parameters match the spec"
    )


def test_build_loads_weights_and_reports_it(resnet_dsl_command: CommandLine, small: str) -> None:
    """After the table and the check; what it writes is what it loaded."""
    result = resnet_dsl_command("build", small, "--device", "cpu", "--weights", "w.pt", "-o", "again.safetensors")
    assert last_lines(result, 3) == [checked("6,141"), "loaded w.pt", "wrote again.safetensors"]
    table = resnet_dsl_command("summary", small, "--format", "torchsummary").out
    assert result.out.startswith(table)
    before, after = weights(), load_file("again.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("ending", ["safetensors", "pt", "pth"])
def test_what_build_writes_build_loads(resnet_dsl_command: CommandLine, small: str, ending: str) -> None:
    """In each format, from the command's default seed."""
    assert resnet_dsl_command("build", small, "--seed", "3", "-o", f"a.{ending}").status == 0
    assert resnet_dsl_command("build", small, "--weights", f"a.{ending}", "-o", "b.safetensors").status == 0
    expected = build_module(resnet_dsl.lower(resnet_dsl.loads(SMALL)), seed=3).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in load_file("b.safetensors").items())


def test_another_number_of_classes_keeps_the_rest(resnet_dsl_command: CommandLine, small: str) -> None:
    """The line names `fc` as freshly initialised; its weights follow from the seed, all others are the file's."""
    command = ("build", small, "--device", "cpu", "--weights", "w.pt", "--classes", "9")
    result = resnet_dsl_command(*command, "-o", "a.safetensors")
    said = ["loaded w.pt", "freshly initialised: `fc`", "wrote a.safetensors"]
    assert last_lines(result, 4) == [checked("6,209"), *said]
    before, after = weights(), load_file("a.safetensors")
    assert after["fc.weight"].shape == (9, 16)
    assert all(torch.equal(before[name], after[name]) for name in before if not name.startswith("fc."))
    resnet_dsl_command(*command, "-o", "b.safetensors", "--seed", "0")
    resnet_dsl_command(*command, "-o", "c.safetensors", "--seed", "1")
    assert torch.equal(load_file("b.safetensors")["fc.weight"], after["fc.weight"])
    assert not torch.equal(load_file("c.safetensors")["fc.weight"], after["fc.weight"])


def test_a_classifier_of_the_same_size_is_loaded(resnet_dsl_command: CommandLine, small: str) -> None:
    """The classifier is not reinitialised; nor is one that is left out."""
    for classes, said in (("5", ["loaded w.pt"]), ("0", ["loaded w.pt", "not used: `fc`"])):
        result = resnet_dsl_command("build", small, "--weights", "w.pt", "--classes", classes)
        assert last_lines(result, len(said)) == said


def test_classes_without_weights_are_those_of_the_head(resnet_dsl_command: CommandLine, small: str) -> None:
    """As if the spec had them; nothing is loaded."""
    result = resnet_dsl_command("build", small, "--device", "cpu", "--classes", "9")
    assert last_lines(result, 1) == [checked("6,209")]
    assert resnet_dsl_command("build", small, "--device", "cpu", "--set", "head.classes=9").out == result.out


def test_weights_are_replaced_in_place(resnet_dsl_command: CommandLine, small: str) -> None:
    """The input file may also be the output file."""
    save_file(weights(), "w.safetensors")
    for file in ("w.pt", "w.safetensors"):
        assert resnet_dsl_command("build", small, "--weights", file, "--classes", "9", "-o", file).status == 0
        result = resnet_dsl_command("build", small, "--weights", file, "--classes", "9")
        assert last_lines(result, 1) == [f"loaded {file}"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--device", "meta"), "loaded w.pt"),
        (("--dtype", "float64"), "loaded w.pt"),
        (("--dtype", "bfloat16", "--classes", "3"), "freshly initialised: `fc`"),
    ],
)
def test_weights_go_to_any_device_and_type(
    resnet_dsl_command: CommandLine, small: str, options: tuple[str, ...], line: str
) -> None:
    """The check runs there."""
    result = resnet_dsl_command("build", small, *options, "--weights", "w.pt")
    assert last_lines(result, 1) == [line]


MISMATCH = """\
error[RD505]: `w.pt` has the weights of a different network: 30 of 53 entries match
 --> other.yaml:4:15
  |
4 | block: {type: bottleneck}
  |               ^^^^^^^^^^
  |
  = note: the checkpoint has basic blocks with depths 1, 1 and 5 classes; this spec has bottlenecks with depths 1, 1 \
and 5 classes
  = note: 15 entries are missing from the file, the first is `layer1.0.conv3.weight` [32, 8, 1, 1]
  = note: 8 entries are different in shape, the first is `layer1.0.conv1.weight` [8, 8, 3, 3] in the file, \
[8, 8, 1, 1] here
  = help: change `block.type` to `basic`
"""


def test_weights_of_another_network_are_refused(resnet_dsl_command: CommandLine, small: str) -> None:
    """Exit status 2, the key of the spec to change, no output, and no file."""
    Path("other.yaml").write_text(SMALL.replace("basic", "bottleneck"))
    result = resnet_dsl_command("build", "other.yaml", "--weights", "w.pt", "-o", "a.pt")
    assert (result.status, result.out, result.err) == (2, "", MISMATCH)
    assert not Path("a.pt").exists()
    assert resnet_dsl_command("build", "other.yaml", "--weights", "w.pt", "--classes", "9").status == 2


def test_a_head_with_other_classes_must_be_requested(resnet_dsl_command: CommandLine, small: str) -> None:
    """9 classes in the spec or by --set and 5 in the file are a mismatch."""
    for arguments in ((small, "--set", "head.classes=9"), ("nine.yaml",)):
        Path("nine.yaml").write_text(SMALL.replace("classes: 5", "classes: 9"))
        result = resnet_dsl_command("build", *arguments, "--weights", "w.pt")
        assert result.status == 2
        lines = result.err.splitlines()
        assert lines[0] == "error[RD505]: `w.pt` has the weights of a different network: 36 of 38 entries match"
        assert lines[-1] == "  = help: change `head.classes` to `5`"


class Call:
    """Pickles as a call of a shell command."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo > marker",)


@pytest.mark.parametrize("command", [("build", "small.yaml", "--weights"), ("infer",)])
def test_files_that_cannot_be_read_are_named(
    resnet_dsl_command: CommandLine, small: str, command: tuple[str, ...]
) -> None:
    """One error, exit status 2, no output; no code in a file runs."""
    Path("folder.pt").mkdir()
    Path("text.pt").write_text("weights")
    Path("empty.pth").touch()
    Path("w.onnx").write_bytes(b"\x08\x07\x12\x07pytorch")
    Path("short.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{")
    torch.save([1, 2], "list.pt")
    reasons = {
        "none.pt": "there is no such file",
        "folder.pt": "it is a folder without files of weights",
        "text.pt": "it is text",
        "empty.pth": "it is empty or truncated",
        "w.onnx": "it is an ONNX model",
        "short.safetensors": "it is damaged or truncated: ",
        "list.pt": "it has no tensors by name",
    }
    for file, reason in reasons.items():
        result = resnet_dsl_command(*command, file)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith(f"error[RD504]: cannot read the weights in `{file}`: {reason}")


@pytest.mark.parametrize("command", [("build", "small.yaml", "--weights"), ("infer",), ("diff", "small.yaml")])
def test_nothing_in_a_file_runs(resnet_dsl_command: CommandLine, small: str, command: tuple[str, ...]) -> None:
    """In both of PyTorch's formats, and in a plain pickle: only what is no network's weights is told."""
    Path("bare.pt").write_bytes(pickle.dumps({"conv1.weight": Call()}))
    torch.save({"conv1.weight": Call()}, "new.pt")
    torch.save({"conv1.weight": Call()}, "old.pt", _use_new_zipfile_serialization=False)
    for file in ("bare.pt", "new.pt", "old.pt"):
        result = resnet_dsl_command(*command, file)
        assert result.status == 2
        assert result.out + result.err
    assert not Path("marker").exists()


def test_infer_prints_the_spec(resnet_dsl_command: CommandLine, small: str) -> None:
    """Ready to be saved: what shapes reveal, with comments on the rest."""
    result = resnet_dsl_command("infer", "w.pt")
    assert (result.status, result.out, result.err) == (0, INFERRED, "")
    assert resnet_dsl.infer("w.pt") == INFERRED


def test_what_infer_prints_builds_with_the_weights(resnet_dsl_command: CommandLine, small: str) -> None:
    """Through a pipe; the spec is valid."""
    text = resnet_dsl_command("infer", "w.pt").out
    result = resnet_dsl_command("build", "-", "--device", "cpu", "--weights", "w.pt", stdin=text.encode())
    assert last_lines(result, 2) == [checked("6,141"), "loaded w.pt"]
    assert resnet_dsl_command("validate", "-", stdin=text.encode()).status == 0


def test_infer_understands_checkpoints_of_training_scripts(resnet_dsl_command: CommandLine, small: str) -> None:
    """Wrapped, data-parallel, with the article's names: the same spec."""
    names = {name: f"module.{name.replace('.downsample.', '.shortcut.')}" for name in weights()}
    torch.save({"state_dict": {names[name]: value for name, value in weights().items()}, "epoch": 90}, "w.pt")
    assert resnet_dsl_command("infer", "w.pt").out == INFERRED


def test_what_is_left_out_is_named(resnet_dsl_command: CommandLine, small: str) -> None:
    """By `build` in a line, and by `infer` in a comment; control characters of names do not reach the terminal."""
    others = {"queue": torch.zeros(3), "head\x1b[31m.weight": torch.zeros(1), "n_averaged": torch.zeros(())}
    torch.save(weights() | others, "more.pt")
    said = r"left out 2 entries: head\x1b[31m, queue"
    assert last_lines(resnet_dsl_command("build", small, "--weights", "more.pt"), 2) == ["loaded more.pt", said]
    assert resnet_dsl_command("infer", "more.pt").out.startswith(f"# {said}\n# Inferred from")


def test_infer_refuses_networks_of_other_families(resnet_dsl_command: CommandLine, small: str) -> None:
    """One line gives the first mismatch."""
    save_file({"features.0.weight": torch.zeros(64, 3, 3, 3)}, "vgg.safetensors")
    torch.save(weights() | {"layer1.0.extra\x1b[31m": torch.zeros(1)}, "more.pt")
    for file, reason in {
        "vgg.safetensors": "it looks like VGG or AlexNet, with its entry `features.0.weight`",
        "more.pt": r"none has an entry `layer1.0.extra\x1b[31m`",
    }.items():
        result = resnet_dsl_command("infer", file)
        message = f"no spec can describe the network whose weights `{file}` contains: {reason}"
        assert (result.status, result.out, result.err) == (2, "", f"error[RD511]: {message}\n")


@pytest.mark.parametrize("name", SMALL_AND_TYPICAL)
def test_a_bundled_network_comes_back_from_its_weights(resnet_dsl_command: CommandLine, name: str) -> None:
    """Built, saved, inferred, lowered: the same names and shapes as in the file."""
    file = f"{name}.safetensors"
    size = ("--set", "input.size=64", "--device", "cpu")
    assert resnet_dsl_command("build", name, *size, "-o", file).status == 0
    Path("inferred.yaml").write_text(resnet_dsl_command("infer", file).out)
    state = resnet_dsl.lower(resnet_dsl.load("inferred.yaml")).state
    assert state == resnet_dsl.lower(resnet_dsl.load(name)).state
    assert state == {key: tuple(value.shape) for key, value in load_file(file).items()}
    Path(file).unlink()  # tens of megabytes, which pytest would keep


@pytest.mark.parametrize("name", ["w.pt", "w.pth", "w.safetensors", "w.yaml"])
@pytest.mark.parametrize("command", ["validate", "summary", "draw", "show"])
def test_weights_in_place_of_a_spec_are_recognised(name: str, command: str, resnet_dsl_command: CommandLine) -> None:
    """By their ending or by their content, and the command that reads them is named."""
    if name.endswith(".safetensors"):
        save_file(weights(), name)
    else:
        torch.save(weights(), name)
    result = resnet_dsl_command(command, name)
    assert (result.status, result.out + result.err) == (
        2,
        f"error[RD001]: cannot read the spec `{name}`: it is a file of weights\n"
        f"  = help: `resnet-dsl infer {name}` prints its spec\n",
    )


def test_old_pickles_and_unnamed_safetensors_are_recognised_too(resnet_dsl_command: CommandLine) -> None:
    """What begins like either is no text."""
    torch.save(weights(), "old.yaml", _use_new_zipfile_serialization=False)
    save_file(weights(), "new.yaml")
    for name in ("old.yaml", "new.yaml"):
        assert "it is a file of weights" in resnet_dsl_command("validate", name).out
