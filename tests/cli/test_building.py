"""build, new: the files they write, and what they refuse in advance."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from tests.cli.conftest import SMALL, CommandLine


@pytest.mark.parametrize("ending", ["safetensors", "pt", "pth"])
def test_build_writes_the_weights_of_the_seed(resnet_dsl_command: CommandLine, small: str, ending: str) -> None:
    """The file contains the state_dict of the network in training mode, unchanged by the check."""
    result = resnet_dsl_command("build", small, "--device", "cpu", "--seed", "7", "-o", f"w.{ending}")
    assert result.status == 0
    assert result.out.endswith(f"wrote w.{ending}\n")
    path = Path(f"w.{ending}")
    weights = load_file(path) if ending == "safetensors" else torch.load(path, weights_only=True)
    expected = build_module(resnet_dsl.lower(resnet_dsl.load(small)), seed=7).state_dict()
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[key], expected[key]) for key in expected)
    assert path.stat().st_mode & 0o777 == Path(small).stat().st_mode & 0o777


def test_build_prints_torchsummarys_table_and_what_it_checked(resnet_dsl_command: CommandLine, small: str) -> None:
    """The same table as `summary`, then one line about the check."""
    graph = resnet_dsl.lower(resnet_dsl.load(small))
    result = resnet_dsl_command("build", small, "--device", "cpu", "--batch-size", "3")
    table = resnet_dsl_command("summary", small, "--format", "torchsummary", "--batch-size", "3").out
    modules = sum(1 for _ in graph.modules)
    assert result.out == table + (
        f"checked on cpu in float32: the output shapes of all {modules} modules"
        f" and all {graph.parameters:,} parameters match the spec\n"
    )


@pytest.mark.parametrize("arguments", [("--device", "meta"), ("--dtype", "float64"), ("--dtype", "bfloat16")])
def test_what_torchsummary_does_not_support_is_checked_anyway(
    resnet_dsl_command: CommandLine, small: str, arguments: tuple[str, str]
) -> None:
    """With the same table and the same check."""
    result = resnet_dsl_command("build", small, *arguments)
    assert (result.status, result.err) == (0, "")
    assert "checked on" in result.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--device", "gpu"), "RD501"),
        (("--device", "cuda:99"), "RD501"),
        (("--device", "cpu:0x"), "RD501"),
        (("--dtype", "float8"), "RD502"),
        (("-o", "w.ckpt"), "RD503"),
        (("-o", "nowhere/w.pt"), "RD507"),
        (("--device", "meta", "-o", "w.pt"), "RD503"),
    ],
)
def test_build_refuses_what_it_cannot_do_before_it_builds(
    resnet_dsl_command: CommandLine, small: str, arguments: tuple[str, ...], code: str
) -> None:
    """One clear error, exit status 2, no output."""
    result = resnet_dsl_command("build", small, *arguments)
    assert result.status == 2
    assert result.err.startswith(f"error[{code}]: ")
    assert result.out == ""


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what happens without a GPU")
def test_a_missing_gpu_is_reported_with_the_available_devices(resnet_dsl_command: CommandLine, small: str) -> None:
    """A note lists the available devices."""
    result = resnet_dsl_command("build", small, "--device", "cuda")
    assert result.status == 2
    assert "the device `cuda` is not available" in result.err
    assert "available devices: `cpu`, `meta`" in result.err


def test_new_starts_a_spec_equal_to_its_parent(resnet_dsl_command: CommandLine, small: str) -> None:
    """It is valid as written, extends the parent, and finds its schema next to it."""
    for name, parent in (("one", "resnet50"), ("two", small)):
        assert resnet_dsl_command("new", name, "--from", parent).status == 0
        text = Path(f"{name}.yaml").read_text("utf-8")
        modeline = "# yaml-language-server: $schema=resnet-dsl.schema.json"
        assert text.splitlines()[:3] == [modeline, f"name: {name}", f"extends: {parent}"]
        own, other = (resnet_dsl.lower(resnet_dsl.load(each)) for each in (f"{name}.yaml", parent))
        assert own.nodes == other.nodes
    assert Path("resnet-dsl.schema.json").read_text("utf-8") == resnet_dsl_command("schema").out


def test_new_from_standard_input_writes_everything_out(resnet_dsl_command: CommandLine) -> None:
    """There is no file to extend."""
    assert resnet_dsl_command("new", "copy", "--from", "-", stdin=SMALL.encode()).status == 0
    own, other = resnet_dsl.load("copy.yaml"), resnet_dsl.loads(SMALL)
    assert own.name == "copy"
    assert own.stages == other.stages


@pytest.mark.parametrize("parent", ["a\x1bb.yaml", "a\udcffb.yaml", "a\ufeffb.yaml"])
def test_new_from_a_path_that_no_spec_can_name_writes_everything_out(
    parent: str, resnet_dsl_command: CommandLine
) -> None:
    """The new file is valid."""
    Path(parent).write_text(SMALL)
    assert resnet_dsl_command("new", "copy", "--from", f"./{parent}").status == 0
    assert resnet_dsl.load("copy.yaml").stages == resnet_dsl.loads(SMALL).stages
    assert "extends" not in Path("copy.yaml").read_text("utf-8")


def test_new_from_the_last_parent_of_a_chain_writes_everything_out(resnet_dsl_command: CommandLine) -> None:
    """One more level would exceed the limit."""
    for level in range(16):
        Path(f"level{level}.yaml").write_text(f"name: level{level}\nextends: ./level{level + 1}.yaml\n")
    Path("level16.yaml").write_text(SMALL)
    assert resnet_dsl_command("new", "copy", "--from", "./level0.yaml").status == 0
    assert resnet_dsl.load("copy.yaml").stages == resnet_dsl.loads(SMALL).stages


def test_new_from_a_network_that_is_wrong_is_refused(resnet_dsl_command: CommandLine) -> None:
    """Even if only its shapes are wrong."""
    Path("wrong.yaml").write_text(f"{SMALL}expect: {{depth: 1}}\n")
    assert resnet_dsl_command("new", "copy", "--from", "./wrong.yaml").status == 1
    assert not Path("copy.yaml").exists()


def test_new_overwrites_nothing(resnet_dsl_command: CommandLine) -> None:
    """Existing files are kept, and nothing is written for a parent that does not exist."""
    Path("mine.yaml").write_text("precious")
    result = resnet_dsl_command("new", "mine", "--from", "resnet18")
    assert (result.status, result.err.splitlines()[0]) == (
        2,
        "error[RD507]: cannot write `mine.yaml`: it exists already",
    )
    assert Path("mine.yaml").read_text() == "precious"
    assert resnet_dsl_command("new", "other", "--from", "resnet19").status == 2
    assert [path.name for path in Path().iterdir()] == ["mine.yaml"]
