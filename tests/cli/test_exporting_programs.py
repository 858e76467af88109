"""export to programs of torch.export and to source: sizes that are free, faults, and what torch keeps of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import resnet_dsl
from tests.cli.conftest import CommandLine
from tests.cli.test_exhaustion import ENVIRONMENT, SMALL_FILES

THIRDS = """name: thirds
input: {size: 44}
stem: {channels: 16, kernel: 3, stride: 1, pool: none}
block: {type: basic}
shortcut: {pool: avg}
stages: {depths: [1, 1], widths: [16, 32], strides: [1, 3]}
head: {classes: 5}
"""
"""A network whose shortcut pools incomplete windows of three pixels too."""


@pytest.mark.parametrize("ending", [".onnx", ".pt2"])
def test_half_precision_is_compared_with_single(resnet_dsl_command: CommandLine, small: str, ending: str) -> None:
    """So values that only float16 lacks are found in every format."""
    state = resnet_dsl.build(small, seed=0).state_dict()
    state["conv1.weight"] *= 1e6
    torch.save(state, "w.pt")
    result = resnet_dsl_command("export", small, "--weights", "w.pt", "--dtype", "float16", "-o", f"net{ending}")
    assert result.status == 2
    assert "error[RD520]: the exported network's outputs are not all finite, but the network's are" in result.err
    assert not Path(f"net{ending}").exists()


def test_sizes_that_a_program_refuses_are_not_called_free(resnet_dsl_command: CommandLine) -> None:
    """Where a pooling's last window is incomplete at the spec's size, torch takes it for granted."""
    Path("thirds.yaml").write_text(THIRDS)
    result = resnet_dsl_command("export", "thirds.yaml", "-o", "net.pt2")
    assert result.status == 0, result.err
    assert "batch is free, height and width are 44 and 44, or some of the others; loaded" in result.out
    assert resnet_dsl.export("thirds.yaml", "net.pt2").free == ("batch",)
    assert resnet_dsl.export("thirds.yaml", "net.onnx").free == ("batch", "height", "width")


def test_a_program_that_the_disk_has_no_room_for(small: str) -> None:
    """One diagnostic, and no file."""
    command = [sys.executable, "-c", SMALL_FILES, "20000", "export", small, "-o", "net.pt2"]
    result = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (result.returncode, result.stderr) == (2, "error[RD507]: cannot write `net.pt2`: file too large\n")
    assert [path.name for path in Path.cwd().iterdir()] == ["small.yaml"]


def test_what_torch_says_while_it_traces_is_not_shown(small: str) -> None:
    """It gives up inequalities of pooling that takes incomplete windows too, and warns of capital extensions."""
    command = [sys.executable, "-m", "resnet_dsl", "export", "resnet18", "-o", "net.PT2"]
    command += [
        "--set",
        "stem.pool={type: max, padding: ceil}",
        "--set",
        "stages.depths=[1,1,1,1]",
        "--set",
        "head.classes=5",
    ]
    result = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def on_meta() -> Iterator[None]:
    """A default device that has no memory."""
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


@pytest.mark.usefixtures("on_meta")
@pytest.mark.parametrize("ending", [".onnx", ".pt2", ".py"])
def test_torchs_defaults_have_no_part_in_it(small: str, ending: str) -> None:
    """The network is compared on the CPU, and the generator of random numbers stays as it was."""
    before = torch.random.get_rng_state()
    difference = resnet_dsl.export(small, f"net{ending}").difference
    assert difference is not None
    assert difference.relative < 1e-5
    assert torch.equal(torch.random.get_rng_state(), before)
