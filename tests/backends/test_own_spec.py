"""The spec that a network and its files carry: the same, and in the same words, wherever they go."""

import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import resnet_dsl
from resnet_dsl import Spec
from resnet_dsl.compiler import Text, load_spec, text_of
from tests.cli.conftest import SMALL

ENDINGS = [".safetensors", ".pt", ".pth"]
COMMENTED = f"# The first words of a spec are its own.\n{SMALL}"


def saved_as_a_whole(network: nn.Module) -> Any:
    file = io.BytesIO()
    torch.save(network, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network)), saved_as_a_whole],
    ids=["copy", "deepcopy", "pickle", "torch.save"],
)
def test_a_copy_of_a_network_has_its_spec(copied: Callable[[nn.Module], Any]) -> None:
    """Equal to the one it was built from, with its text."""
    network = resnet_dsl.build(Text(COMMENTED), overrides={"head.classes": 7})
    assert copied(network).spec == network.spec == resnet_dsl.loads(COMMENTED, overrides={"head.classes": 7})
    assert text_of(copied(network).spec) == text_of(network.spec)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_gives_the_text_back_exactly(tmp_path: Path, ending: str) -> None:
    """Comments and all; and the network is built from nothing else."""
    network = resnet_dsl.build(Text(COMMENTED))
    file = tmp_path / f"w{ending}"
    resnet_dsl.save(network, file)
    assert resnet_dsl.infer(file) == COMMENTED
    again = resnet_dsl.build(weights=file)
    assert again.spec == network.spec
    assert all(torch.equal(value, network.state_dict()[name]) for name, value in again.state_dict().items())


@pytest.mark.parametrize("ending", [".pt", ".pth"])
def test_what_torch_opens_has_the_names_of_the_network_alone(tmp_path: Path, ending: str) -> None:
    """The spec is in the metadata: `load_state_dict` takes the file as any other."""
    network = resnet_dsl.build(Text(COMMENTED))
    file = tmp_path / f"w{ending}"
    resnet_dsl.save(network, file)
    state = torch.load(file, weights_only=True)
    assert list(state) == list(network.state_dict())
    network.load_state_dict(state)


def test_the_text_of_an_overridden_spec_is_written_out() -> None:
    """With the values that overrides gave, so that it says the same without them, and no expectation that is false."""
    spec = load_spec("resnet20", ["head.classes=3"])
    text = text_of(spec)
    assert load_spec(Text(text)).head.classes == 3
    assert load_spec(Text(text)) == spec
    assert text != text_of(load_spec("resnet20"))


def test_the_text_of_a_spec_that_extends_a_bundled_one_is_as_written() -> None:
    """Bundled specs are wherever the tool is."""
    text = "extends: resnet20\nname: mine\nhead: {classes: 7}\nexpect: {}\n"
    assert text_of(load_spec(Text(text))) == text


def extending(parent: str, folder: Path) -> Spec:
    """A spec that extends a file."""
    (folder / "base.yaml").write_text(SMALL, "utf-8")
    child = folder / "child.yaml"
    child.write_text(f"extends: {parent}\nname: child\nhead: {{classes: 7}}\n", "utf-8")
    return load_spec(child)


def test_the_text_of_a_spec_that_extends_a_file_is_written_out(tmp_path: Path) -> None:
    """The file does not travel along."""
    spec = extending("base.yaml", tmp_path)
    text = text_of(spec)
    (tmp_path / "base.yaml").unlink()
    assert load_spec(Text(text)) == spec


def test_neither_does_one_at_a_path_from_the_root(tmp_path: Path) -> None:
    """The same for a parent that every directory leads to, on this machine."""
    spec = extending(str(tmp_path / "base.yaml"), tmp_path)
    text = text_of(spec)
    (tmp_path / "base.yaml").unlink()
    assert load_spec(Text(text)) == spec


def test_a_spec_in_a_file_opens_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights come from strangers: their spec may extend what is bundled, and nothing that lies on this machine."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(SMALL, "utf-8")
    network = resnet_dsl.build(Text(SMALL))
    from resnet_dsl.backends.pytorch.saving import save_weights

    for parent in ("base.yaml", str(tmp_path / "base.yaml")):
        file = tmp_path / "w.pt"
        save_weights(network.state_dict(), file, like=file, spec=f"extends: {parent}\nname: x\n")
        with pytest.raises(resnet_dsl.EnvironmentFault):
            resnet_dsl.build(weights=file)


def test_a_spec_of_other_weights_is_not_believed(tmp_path: Path) -> None:
    """Somebody has replaced the classifier and kept the metadata: `infer` says what the weights are."""
    network = resnet_dsl.build(Text(COMMENTED), overrides={"head.classes": 7})
    network.spec = load_spec(Text(COMMENTED))  # type: ignore[assignment]
    file = tmp_path / "w.pt"
    resnet_dsl.save(network, file)
    assert load_spec(Text(resnet_dsl.infer(file))).head.classes == 7
    with pytest.raises(resnet_dsl.EnvironmentFault, match="RD518"):
        resnet_dsl.build(weights=file)


def test_each_network_of_a_file_has_its_own_spec(tmp_path: Path) -> None:
    """Two that shapes do not tell apart: `entry` takes one with its spec, not with the other's."""
    parts = {}
    for name, activation in (("a", "relu"), ("b", "gelu")):
        network = resnet_dsl.build(Text(SMALL), overrides={"activation": activation})
        resnet_dsl.save(network, tmp_path / "one.pt")
        parts[name] = torch.load(tmp_path / "one.pt")
    torch.save(parts, tmp_path / "both.pt")
    for name, activation in (("a", "relu"), ("b", "gelu")):
        assert load_spec(Text(resnet_dsl.infer(tmp_path / "both.pt", entry=name))).activation == activation
