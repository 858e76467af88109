"""export: files in the formats of others, what is said of them, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx.numpy_helper import to_array
from safetensors.torch import save_file
from torch import Tensor

import resnet_dsl
from resnet_dsl.backends.onnx.steps import Steps
from resnet_dsl.backends.onnx.writing import write_model
from resnet_dsl.backends.pytorch.saving import EXPORTED
from resnet_dsl.checkpoints.files.content import SPEC_KEY
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.exporting.formats import FORMATS
from tests.cli.conftest import SMALL, CommandLine


def tensors(path: str) -> dict[str, Tensor]:
    """The tensors of a model."""
    return {each.name: torch.from_numpy(to_array(each).copy()) for each in onnx.load(path).graph.initializer}


def test_a_model_has_the_weights_of_the_seed(resnet_dsl_command: CommandLine, small: str) -> None:
    """Those that `build` draws, and the spec goes along."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "--seed", "3", "-o", "w.pt").status == 0
    result = resnet_dsl_command("export", small, "--seed", "3", "-o", "net.onnx")
    assert (result.status, result.err) == (0, "")
    first, second, third = result.out.splitlines()
    assert first == "wrote net.onnx"
    assert second.startswith("batch, height and width are free; checked by onnx, and run by onnxruntime ")
    assert third.startswith("the largest difference from the network in PyTorch is ")
    state, found = torch.load("w.pt"), tensors("net.onnx")
    assert all(torch.equal(found[name], state[name]) for name in found)
    assert {each.key: each.value for each in onnx.load("net.onnx").metadata_props} == {SPEC_KEY: SMALL}


@pytest.mark.parametrize("ending", [".onnx", ".pt2", ".py"])
def test_every_format_computes_what_the_network_does(resnet_dsl_command: CommandLine, small: str, ending: str) -> None:
    """The difference is printed, and is what rounding leaves."""
    result = resnet_dsl_command("export", small, "-o", f"net{ending}")
    assert result.status == 0, result.err
    assert float(result.out.split("PyTorch is ")[1].split(",")[0]) < 1e-5
    assert [path.name for path in sorted(Path.cwd().iterdir())] == [f"net{ending}", "small.yaml"]


def test_the_spec_may_come_with_the_weights(resnet_dsl_command: CommandLine, small: str) -> None:
    """In all kinds of files, whose weights it takes."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "w.pth").status == 0
    result = resnet_dsl_command("export", "--weights", "w.pth", "-o", "net.onnx", "--fold", "--opset", "18")
    assert result.status == 0, result.err
    assert "loaded w.pth" in result.out
    model = onnx.load("net.onnx")
    assert model.opset_import[0].version == 18
    assert not [node for node in model.graph.node if node.op_type == "BatchNormalization"]


def test_nothing_to_fold_is_said(resnet_dsl_command: CommandLine, small: str) -> None:
    """Where norms are of another type; and where some were folded, nothing is."""
    for norm, count in (("layer", 1), ("batch", 0)):
        result = resnet_dsl_command("export", small, "--set", f"norm.type={norm}", "--fold", "-o", "net.onnx")
        assert result.status == 0, result.err
        assert (
            result.out.count(
                "no norm was folded: no batch norm directly follows a convolution that nothing else reads\n"
            )
            == count
        )


def test_weights_of_other_libraries(resnet_dsl_command: CommandLine, small: str) -> None:
    """Names and shapes are translated as `build` does, and the first convolution is adapted."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "w.pt").status == 0
    assert resnet_dsl_command("convert", "w.pt", "--names", "keras", "-o", "k.safetensors").status == 2
    assert resnet_dsl_command("convert", "w.pt", "--names", "huggingface", "-o", "h.safetensors").status == 0
    state = torch.load("w.pt")
    assert resnet_dsl_command("export", small, "--weights", "h.safetensors", "-o", "net.onnx").status == 0
    assert torch.equal(tensors("net.onnx")["layer2.0.conv2.weight"], state["layer2.0.conv2.weight"])
    gray = resnet_dsl_command("export", small, "--set", "input.channels=1", "--weights", "w.pt", "-o", "gray.onnx")
    assert gray.status == 0, gray.err
    assert "the 3 input channels of `conv1` were summed into 1\n" in gray.out


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64, torch.float16])
def test_weights_of_any_dtype(resnet_dsl_command: CommandLine, small: str, dtype: torch.dtype) -> None:
    """They are read as they are when the network is built."""
    state = {name: value.to(dtype) for name, value in resnet_dsl.build(small).state_dict().items()}
    save_file(state, "w.safetensors")
    result = resnet_dsl_command("export", small, "--weights", "w.safetensors", "-o", "net.onnx")
    assert result.status == 0, result.err
    assert torch.equal(tensors("net.onnx")["conv1.weight"], state["conv1.weight"].float())


WITHOUT_TORCH = """
import sys
for name in ("torch", "torchsummary", "torchvision"):
    sys.modules[name] = None
from resnet_dsl.__main__ import main
main()
"""


def without_torch(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process that cannot import torch."""
    command = [sys.executable, "-c", WITHOUT_TORCH, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_torch_is_not_needed_where_a_file_has_the_weights(resnet_dsl_command: CommandLine, small: str) -> None:
    """The model is the same, in other libraries' names too; only its outputs are not compared."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "w.safetensors").status == 0
    assert resnet_dsl_command("convert", "w.safetensors", "--names", "huggingface", "-o", "h.pt").status == 0
    for file in ("w.safetensors", "h.pt"):
        assert resnet_dsl_command("export", small, "--weights", file, "-o", "with.onnx", "--fold").status == 0
        result = without_torch("export", small, "--weights", file, "-o", "without.onnx", "--fold")
        assert (result.returncode, result.stderr) == (0, "")
        assert "its outputs were not compared, as torch is not installed" in result.stdout
        assert Path("without.onnx").read_bytes() == Path("with.onnx").read_bytes()
    refused = without_torch("export", small, "-o", "fresh.onnx")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error[RD512]: a network with fresh weights needs `torch`, which is not installed")
    assert without_torch("export", small, "-o", "net.py").returncode == 0


def test_without_onnxruntime_outputs_are_not_compared(
    resnet_dsl_command: CommandLine, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it says so."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = resnet_dsl_command("export", small, "-o", "net.onnx")
    assert result.status == 0
    assert "its outputs were not compared, as onnxruntime is not installed" in result.out


def test_a_model_that_computes_something_else_is_not_kept(
    resnet_dsl_command: CommandLine, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that was there before stays."""
    Path("net.onnx").write_text("old")
    original = Steps.weight

    def wrong(steps: Steps, entry: str, axes: int = 0) -> str:
        name = original(steps, entry, axes)
        if name == "fc.bias":
            steps.model.tensors[name] = steps.model.tensors[name] + np.float32(1)
        return name

    monkeypatch.setattr(Steps, "weight", wrong)
    result = resnet_dsl_command("export", small, "-o", "net.onnx")
    assert result.status == 2
    assert result.err.startswith("error[RD520]: the exported network's outputs differ from the network's by 1, ")
    assert Path("net.onnx").read_text() == "old"


def test_large_models_have_two_files(
    resnet_dsl_command: CommandLine, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are in place, and no other file is."""
    monkeypatch.setattr(write_model, "__kwdefaults__", {"embedded_bytes": 1000})
    result = resnet_dsl_command("export", small, "-o", "net.onnx")
    assert result.status == 0, result.err
    assert result.out.startswith("wrote net.onnx and net.onnx.data\n")
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["net.onnx", "net.onnx.data", "small.yaml"]
    assert tensors("net.onnx")["fc.weight"].shape == (5, 16)
    assert resnet_dsl.export(small, "net.onnx").data == Path("net.onnx.data")


def test_a_second_file_does_not_outlive_its_model(
    resnet_dsl_command: CommandLine, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model in one file replaces one in two; what only has the name of a second file stays."""
    Path("net.onnx.data").write_text("of somebody else")
    assert resnet_dsl_command("export", small, "-o", "net.onnx").status == 0
    assert resnet_dsl_command("export", small, "-o", "net.onnx").out.startswith("replaced net.onnx\n")
    assert Path("net.onnx.data").read_text() == "of somebody else"
    Path("link.onnx").symlink_to("net.onnx")
    with monkeypatch.context() as patch:
        patch.setattr(write_model, "__kwdefaults__", {"embedded_bytes": 1000})
        assert resnet_dsl_command("export", small, "-o", "link.onnx").out.startswith("replaced link.onnx and ")
    assert tensors("net.onnx")["fc.weight"].shape == (5, 16)
    assert resnet_dsl.export(small, "net.onnx").data is None
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["link.onnx", "net.onnx", "small.yaml"]


@pytest.mark.parametrize("ending", [".onnx", ".pt2", ".py"])
def test_a_file_that_cannot_be_read_again_is_refused(
    resnet_dsl_command: CommandLine, small: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe and a device, before any work; and in Python too."""
    monkeypatch.setattr("resnet_dsl.exporting.job.Job.build", None)
    pipe, device = f"pipe{ending}", f"device{ending}"
    os.mkfifo(pipe)
    Path(device).symlink_to("/dev/null")
    for file in (pipe, device):
        message = f"cannot write `{file}`: it is a device, a pipe or a socket, not a regular file"
        result = resnet_dsl_command("export", small, "-o", file)
        assert (result.status, result.err) == (2, f"error[RD507]: {message}\n")
    for file in (pipe, device, f"no/net{ending}", f"{'x' * 300}{ending}"):
        with pytest.raises(EnvironmentFault, match="RD507"):
            resnet_dsl.export(small, file)


def test_no_network_is_built_that_nothing_is_compared_with(
    resnet_dsl_command: CommandLine, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without onnxruntime, weights from a file go to the model without torch."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "w.safetensors").status == 0
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr("resnet_dsl.exporting.job.Job.build", None)
    result = resnet_dsl_command("export", small, "--weights", "w.safetensors", "-o", "net.onnx")
    assert result.status == 0, result.err
    assert "its outputs were not compared, as onnxruntime is not installed" in result.out


@pytest.mark.parametrize(("arguments", "message"), [
    ("small.yaml", "error[RD514]: missing option `--output`"),
    ("small.yaml -o -", "error[RD514]: a network is exported to a file, whose extension gives the format"),
    ("-o net.onnx", "error[RD514]: missing argument `SPEC`"),
    ("small.yaml -o net.onnx --prefix a.", "error[RD514]: `--prefix` says how to load weights, but there are none"),
    ("small.yaml -o net.onx", "error[RD519]: networks can be exported as `.onnx`, `.pt2` or `.py`, not as `.onx`"),
    ("small.yaml -o net", "error[RD519]: networks can be exported as `.onnx`, `.pt2` or `.py`, not without an ext"),
    ("small.yaml -o net.pt2 --fold", "error[RD519]: norms can be folded only in an ONNX model, not in a program of"),
    ("small.yaml -o net.py --opset 17", "error[RD519]: only an ONNX model has an opset, not Python source"),
    ("small.yaml -o net.py --weights w.pt", "error[RD519]: Python source contains no weights"),
    ("small.yaml -o net.py --dtype float16", "error[RD519]: Python source has no dtype"),
    ("small.yaml -o net.py --seed 0", "error[RD514]: `--seed` draws weights, but Python source contains none"),
    ("small.yaml -o net.onnx --seed 0 --weights w.pt", "error[RD514]: `--seed` draws weights, but `--weights` has"),
    ("small.yaml -o net.onnx --opset 9", "error[RD519]: opset 9 is not available: networks are written with opset 17"),
    ("small.yaml -o net.onnx --dtype float23", "error[RD502]: networks cannot be exported in `float23`"),
    ("small.yaml -o no/net.onnx", "error[RD507]: cannot write `no/net.onnx`: there is no directory `no`"),
    ("resnet18 --weights w.npz -o net.onnx", "error[RD505]: `w.npz` has the weights of a different network"),
])  # fmt: skip
def test_what_is_refused(resnet_dsl_command: CommandLine, small: str, arguments: str, message: str) -> None:
    """With a diagnostic, and without a file."""
    np.savez("w.npz", **{name: value.numpy() for name, value in resnet_dsl.build(small).state_dict().items()})
    result = resnet_dsl_command("export", *arguments.split())
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(message)
    assert not [path for path in Path.cwd().iterdir() if path.name.startswith("net")]


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_python_exports_networks_too(resnet_dsl_command: CommandLine, small: str, dtype: str) -> None:
    """With the weights in memory, and says how far the outputs lie apart."""
    network = resnet_dsl.build(small)
    exported = resnet_dsl.export(small, "net.onnx", weights=network.state_dict(), dtype=dtype)
    assert (exported.path, exported.free, exported.notes) == (Path("net.onnx"), ("batch", "height", "width"), ())
    assert exported.difference is not None
    assert exported.difference.relative <= (1e-5 if dtype == "float32" else 1e-2)
    kernel = tensors("net.onnx")["conv1.weight"]
    assert torch.equal(kernel, network.state_dict()["conv1.weight"].to(getattr(torch, dtype)))
    with pytest.raises(TypeError, match="needs a source"):
        resnet_dsl.export(None, "net.onnx")


@pytest.mark.parametrize("extension", FORMATS)
def test_build_names_the_command_that_writes_a_format(
    resnet_dsl_command: CommandLine, small: str, extension: str
) -> None:
    """Whoever asks `build` for a whole network learns that `export` writes it."""
    assert [*EXPORTED] == [*FORMATS]
    result = resnet_dsl_command("build", small, "--device", "cpu", "-o", f"a{extension}")
    assert result.status == 2
    assert f"= help: `resnet-dsl export SPEC -o a{extension}` writes the whole network" in result.err


@pytest.mark.parametrize(("output", "options"), [("a.py", {"seed": 0}), ("a.onnx", {"seed": 0, "weights": {}})])
def test_a_seed_that_draws_nothing_is_refused(small: str, output: str, options: dict[str, Any]) -> None:
    """Nobody thinks that a file depends on it."""
    with pytest.raises(TypeError, match="takes a seed only where weights are drawn"):
        resnet_dsl.export(small, output, **options)
    assert not Path(output).exists()


def test_programs_take_any_size(resnet_dsl_command: CommandLine, small: str) -> None:
    """A batch of one image, and of another height and width than the spec's, in evaluation mode."""
    overrides = {"attention": "se"}
    network = resnet_dsl.build(small, overrides=overrides).eval()
    resnet_dsl.export(small, "net.pt2", overrides=overrides, weights=network.state_dict())
    program = torch.export.load("net.pt2").module()
    for shape in ((1, 3, 32, 32), (4, 3, 47, 64)):
        x = torch.randn(shape)
        assert torch.equal(program(x), network(x))


def test_programs_of_one_pixel(resnet_dsl_command: CommandLine, small: str) -> None:
    """Where a feature map has one pixel, and torch takes that for granted, the program still takes the spec's size."""
    result = resnet_dsl_command("export", small, "--set", "input.size=8", "--set", "attention=se", "-o", "net.pt2")
    assert result.status == 0, result.err


def test_a_network_of_one_size_says_so(resnet_dsl_command: CommandLine, small: str) -> None:
    """CLIP's pooling."""
    for ending in (".onnx", ".pt2"):
        result = resnet_dsl_command("export", small, "--set", "head.pool=attention", "-o", f"net{ending}")
        assert result.status == 0, result.err
        assert "batch is free, height and width are 32 and 32; " in result.out
