"""The command `bench`: networks side by side, each in a process of its own."""

import json
import sys
from pathlib import Path

import pytest

import resnet_dsl

from .conftest import CommandLine


def test_every_pass_is_measured(resnet_dsl_command: CommandLine, small: str) -> None:
    """Of each network by each runtime, with its figures; whatever is compared has the same rounds."""
    arguments = ("--rounds", "3", "--warm-up", "1", "--batch-size", "2", "--threads", "1", "--device", "cpu")
    result = resnet_dsl_command(
        "bench", small, "resnet20", "--runtime", "eager,channels_last", *arguments, "--format", "json"
    )
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    measured = found["measurements"]
    assert [(each["name"], each["runtime"]) for each in measured] == [
        ("small", "eager"),
        ("small", "channels_last"),
        ("resnet20", "eager"),
        ("resnet20", "channels_last"),
    ]
    assert {each["name"]: (each["parameters"], each["macs"]) for each in measured}["resnet20"] == (269722, 40551040)
    for each in measured:
        assert len(each["milliseconds"]) == 3
        assert all(time > 0 for time in each["milliseconds"])
        assert sorted(each["milliseconds"])[1] == each["median"]
        assert each["images_per_second"] == pytest.approx(2000 / each["median"])
    assert measured[0]["relative_to_first"] == 1
    assert (found["settings"]["batch_size"], found["settings"]["rounds"], found["machine"]["threads"]) == (2, 3, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory a process took")
def test_peak_memory_is_that_of_the_network(resnet_dsl_command: CommandLine) -> None:
    """A training step of a wider network takes more, by its weights, their gradients and their momenta at least."""
    small, large = "--set=stages.widths=[16,16,16]", "--set=stages.widths=[256,256,256]"
    peaks = []
    for change in (small, large):
        result = resnet_dsl_command("bench", "resnet20", change, "--training", "--rounds", "1", "--format", "json")
        (measured,) = json.loads(result.out)["measurements"]
        peaks.append((measured["peak_memory"], measured["parameters"]))
    (few, _), (many, parameters) = peaks
    assert many - few > 3 * 4 * parameters  # weights, gradients and momenta


def test_the_table_says_what_was_measured(resnet_dsl_command: CommandLine, small: str) -> None:
    """The machine, the version, and how; one network is compared with nothing."""
    result = resnet_dsl_command("bench", small, "--rounds", "2", "--training")
    machine, how, _, header, *_ = result.out.splitlines()
    assert "torch" in machine
    assert how == "2 training steps each, one of each in turn, after 3 to warm up; batch 1, float32"
    assert header.split()[:3] == ["network", "runtime", "parameters"]
    assert "× first" not in header


def test_faults_come_before_anything_is_measured(resnet_dsl_command: CommandLine, small: str) -> None:
    """Runtimes that do not exist, or cannot do what is asked; a device that is not there; an invalid spec."""
    Path("wrong.yaml").write_text("name: wrong\n")
    cases = {
        ("bench", small, "--runtime", "egaer"): "error[RD521]: unknown runtime `egaer`\n"
        "  = help: a runtime with a similar name exists: `eager`\n",
        ("bench", small, "--runtime", "tvm"): "error[RD521]: unknown runtime `tvm`\n"
        "  = help: runtimes are `eager`, `channels_last`, `compile`, `onnxruntime`, `openvino`, `all`\n",
        ("bench", small, "--runtime", ","): "error[RD521]: no runtime is given\n",
        ("bench", small, "--runtime", "all", "--dtype", "float31"): "error[RD502]: unknown dtype `float31`\n",
        ("bench", small, "--runtime", "openvino", "--training"): "error[RD521]: `openvino` cannot train\n"
        "  = help: use `eager`, `channels_last`, `compile`\n",
        ("bench", small, "--runtime", "openvino", "--dtype", "float64"): (
            "error[RD521]: `openvino` does not run networks in float64\n  = help: use `float32`, `float16`\n"
        ),
        ("bench", small, "--device", "gpu"): "error[RD501]: unknown device `gpu`\n",
        ("bench", small, "--device", "meta"): "error[RD501]: nothing is computed on `meta`\n  = help: use `cpu`\n",
        (
            "bench",
            small,
            "-o",
            "times.txt",
        ): "error[RD513]: plots can be saved as `.svg`, `.png` or `.pdf`, not as `.txt`\n",
    }
    for arguments, fault in cases.items():
        result = resnet_dsl_command(*arguments)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith(fault)
    assert resnet_dsl_command("bench", small, "wrong.yaml").status == 1


def test_a_runtime_that_fails_is_a_fault(resnet_dsl_command: CommandLine) -> None:
    """In its own words, and without a traceback: this batch has 200 terabytes."""
    result = resnet_dsl_command("bench", "resnet20", "--set", "input.size=16384", "--batch-size", "65536")
    assert result.status == 2
    assert result.err.startswith("error[RD521]: `eager` cannot run resnet20 here: ")
    assert result.err.count("\n") <= 3


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_exported_networks_are_measured_too(
    runtime: str, dtype: str, resnet_dsl_command: CommandLine, small: str
) -> None:
    """By what runs ONNX models, in a process without torch."""
    pytest.importorskip("onnx")
    pytest.importorskip(runtime)
    options = ("--runtime", runtime, "--dtype", dtype, "--threads", "1", "--rounds", "2", "--format", "json")
    found = json.loads(resnet_dsl_command("bench", small, *options).out)
    assert [*found["machine"]["versions"]] == [runtime]
    assert len(found["measurements"][0]["milliseconds"]) == 2


def test_an_exported_network_runs_on_devices_that_its_runtime_has(resnet_dsl_command: CommandLine, small: str) -> None:
    """Others are listed."""
    pytest.importorskip("onnxruntime")
    result = resnet_dsl_command("bench", small, "--runtime", "onnxruntime", "--device", "mps")
    assert result.status == 2
    assert result.err == (
        "error[RD501]: the onnxruntime that is installed does not run networks on `mps`\n"
        "  = note: available devices: `cpu`\n"
    )


def test_what_lies_in_the_folder_is_not_imported(resnet_dsl_command: CommandLine, small: str) -> None:
    """Neither by the command nor by the processes that it starts."""
    Path("torch.py").write_text("raise SystemExit('this file was imported')\n")
    assert resnet_dsl_command("bench", small, "--rounds", "1").status == 0


def test_networks_of_one_name_are_told_apart(resnet_dsl_command: CommandLine, small: str) -> None:
    """By what they were read from."""
    Path("other.yaml").write_text(Path(small).read_text())
    result = resnet_dsl_command("bench", small, "other.yaml", "--rounds", "1", "--format", "json")
    names = [each["name"] for each in json.loads(result.out)["measurements"]]
    assert names == ["small (small.yaml)", "small (other.yaml)"]


def test_settings_out_of_bounds_are_refused() -> None:
    """In Python, as the command line does."""
    with pytest.raises(ValueError, match="rounds is at least 1, not 0"):
        resnet_dsl.bench("resnet20", rounds=0)


def test_a_plot_shows_each_network(resnet_dsl_command: CommandLine, small: str) -> None:
    """By name, in the format of its extension."""
    pytest.importorskip("matplotlib")
    result = resnet_dsl_command("bench", small, "resnet20", "--rounds", "2", "-o", "times.svg", "--format", "json")
    assert result.err == "wrote times.svg\n"
    assert len(json.loads(result.out)["measurements"]) == 2
    drawn = Path("times.svg").read_text("utf-8")
    assert "<svg" in drawn
    assert all(f"<!-- {name} -->" in drawn for name in ("small", "resnet20", "eager"))
