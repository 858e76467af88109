"""convert: a network's weights in another library's names, and what is refused."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load as load_bytes
from safetensors.torch import load_file
from torch import Tensor

import resnet_dsl
from resnet_dsl.checkpoints.dialects import DIALECTS
from resnet_dsl.checkpoints.files.content import SPEC_KEY
from tests.cli.conftest import SMALL, CommandLine


def written(**extra: Tensor) -> dict[str, Tensor]:
    """The small network's weights, which also lie in `w.pt`, beside other entries."""
    state = dict(resnet_dsl.build(resnet_dsl.loads(SMALL)).state_dict())
    torch.save({**state, **extra}, "w.pt")
    return state


def test_it_writes_the_names_of_the_library(resnet_dsl_command: CommandLine) -> None:
    """With the same tensors, and says which file it wrote."""
    state = written()
    result = resnet_dsl_command("convert", "w.pt", "--names", "huggingface", "-o", "hf.safetensors")
    assert (result.status, result.out, result.err) == (0, "wrote hf.safetensors\n", "")
    found = load_file("hf.safetensors")
    assert len(found) == len(state)
    assert torch.equal(found["resnet.embedder.embedder.convolution.weight"], state["conv1.weight"])
    assert torch.equal(found["classifier.1.bias"], state["fc.bias"])


@pytest.mark.parametrize("ending", [".pt", ".pth", ".safetensors"])
def test_there_and_back_is_the_same(resnet_dsl_command: CommandLine, ending: str) -> None:
    """Names, types and bits, through any format."""
    state = written()
    assert resnet_dsl_command("convert", "w.pt", "--names", "detectron2", "-o", f"d2{ending}").status == 0
    assert resnet_dsl_command("convert", f"d2{ending}", "--names", "torchvision", "-o", "back.pt").status == 0
    back = torch.load("back.pt")
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], state[name]) for name in state)


def test_the_spec_travels_on(resnet_dsl_command: CommandLine, small: str) -> None:
    """`infer` of the converted file prints what `build` was given, and `build` needs no SPEC."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "own.pt").status == 0
    assert resnet_dsl_command("convert", "own.pt", "--names", "pycls", "-o", "pycls.safetensors").status == 0
    with safe_open("pycls.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt", SPEC_KEY: SMALL}
    assert resnet_dsl_command("infer", "pycls.safetensors").out == SMALL
    assert resnet_dsl_command("build", "--weights", "pycls.safetensors", "--device", "cpu").status == 0


def test_what_is_left_out_is_named(resnet_dsl_command: CommandLine) -> None:
    """A file of a training script becomes one of the network alone."""
    written(queue=torch.zeros(3))
    result = resnet_dsl_command("convert", "w.pt", "--names", "torchvision", "-o", "clean.pt")
    assert result.out == "left out 1 entry: queue\nwrote clean.pt\n"
    assert "queue" not in torch.load("clean.pt")


def test_standard_output_has_nothing_but_safetensors(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a program that reads it; what is said goes to standard error."""
    state = written(queue=torch.zeros(3))
    from resnet_dsl.cli import shared

    sent: list[bytes] = []

    def keep(path: Path, write: object) -> None:
        assert path == shared.STDOUT
        write(Path("sent"))  # type: ignore[operator]
        sent.append(Path("sent").read_bytes())

    monkeypatch.setattr(shared, "write_output", keep)
    result = resnet_dsl_command("convert", "w.pt", "--names", "torchvision", "-o", "-")
    assert (result.status, result.out, result.err) == (0, "", "left out 1 entry: queue\n")
    assert load_bytes(sent[0]).keys() == state.keys()


def test_the_output_must_be_given(resnet_dsl_command: CommandLine) -> None:
    """There is no name that it could have by itself."""
    written()
    result = resnet_dsl_command("convert", "w.pt", "--names", "huggingface")
    assert result.status == 2
    assert result.err == "error[RD514]: missing option `--output`\n  = help: add `--output FILE`\n"


def test_an_unknown_library_is_refused_with_a_similar_one(resnet_dsl_command: CommandLine) -> None:
    """Or with all there are; nothing is written."""
    written()
    result = resnet_dsl_command("convert", "w.pt", "--names", "hugginface", "-o", "o.pt")
    assert result.status == 2
    assert result.err == (
        "error[RD517]: unknown library `hugginface`\n  = help: a library with a similar name exists: `huggingface`\n"
    )
    result = resnet_dsl_command("convert", "w.pt", "--names", "xyz", "-o", "o.pt")
    assert all(f"`{dialect.name}`" in result.err for dialect in DIALECTS)
    assert not Path("o.pt").exists()


def test_a_library_without_such_a_layer_is_refused_with_others(resnet_dsl_command: CommandLine) -> None:
    """Following the help writes the file."""
    torch.save(resnet_dsl.build("seresnet18").state_dict(), "se.pt")
    result = resnet_dsl_command("convert", "se.pt", "-o", "o.pt", "--names", "huggingface")
    assert result.status == 2
    assert "cannot be written as `huggingface`" in result.err
    assert "they can be written as `torchvision`" in result.err
    assert not Path("o.pt").exists()
    assert resnet_dsl_command("convert", "se.pt", "-o", "o.pt", "--names", "torchvision").status == 0


def test_another_format_is_refused_before_anything_is_written(resnet_dsl_command: CommandLine) -> None:
    """By its ending."""
    written()
    result = resnet_dsl_command("convert", "w.pt", "--names", "huggingface", "-o", "o.npz")
    assert result.status == 2
    assert "RD503" in result.err
    assert not Path("o.npz").exists()


def test_weights_of_another_family_are_called_that(resnet_dsl_command: CommandLine) -> None:
    """As `infer` calls them."""
    torch.save({"blocks.0.attn.qkv.weight": torch.zeros(9, 3)}, "vit.pt")
    result = resnet_dsl_command("convert", "vit.pt", "--names", "huggingface", "-o", "o.pt")
    assert result.status == 2
    assert "it looks like a vision transformer" in result.err


def test_tensors_that_share_memory_are_written_each(tmp_path: Path) -> None:
    """Safetensors has a place for each of them."""
    state = resnet_dsl.build(resnet_dsl.loads(SMALL)).state_dict()
    state["layer1.0.bn1.weight"] = state["bn1.weight"]
    resnet_dsl.convert(state, tmp_path / "w.safetensors", names="torchvision")
    assert load_file(tmp_path / "w.safetensors").keys() == state.keys()
