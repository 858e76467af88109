"""Python's door: what it takes, what it gives, and what it says of a machine that lacks something."""

import pickle
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch

import resnet_dsl
from resnet_dsl.backends.pytorch.module import Container, container_class
from resnet_dsl.compiler import load_spec
from resnet_dsl.language.checks.schema import validator

TINY = {
    "name": "tiny",
    "input": {"size": 32},
    "block": {"type": "basic"},
    "stages": {"depths": [1, 1], "widths": 8},
    "head": {"classes": 5},
}


def test_the_version_is_that_of_the_installed_package() -> None:
    """As `resnet-dsl --version` says it."""
    assert resnet_dsl.__version__ == version("resnet-dsl")


@pytest.mark.parametrize("name", resnet_dsl.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Imported when it is first used."""
    assert getattr(resnet_dsl, name) is not None


def test_a_wrong_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'bild'"):
        _ = resnet_dsl.bild


def test_faults_are_given_as_data() -> None:
    """`check` raises nothing, also where there is no file."""
    assert resnet_dsl.check("resnet18") == ()
    assert resnet_dsl.check(TINY) == ()
    assert [fault.code for fault in resnet_dsl.check(TINY | {"colour": "red"})] == ["RD203"]
    assert [fault.code for fault in resnet_dsl.check("there/is/no.yaml")] == ["RD001"]
    assert [fault.code for fault in resnet_dsl.check(TINY, overrides={"block.type": "basik"})] == ["RD204"]


def test_summary_and_explain_give_what_the_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a spec, of its name and of its graph."""
    from resnet_dsl.cli import cli

    in_json = resnet_dsl.summary("resnet20", "json", batch_size=2)
    for arguments, text in (
        (["summary", "resnet20"], resnet_dsl.summary("resnet20")),
        (["summary", "resnet20", "--format", "json", "--batch-size", "2"], in_json),
        (["explain", "resnet20"], resnet_dsl.explain("resnet20")),
    ):
        cli(arguments, standalone_mode=False)
        assert capsys.readouterr().out == text
    assert resnet_dsl.summary(resnet_dsl.lower("resnet20")) == resnet_dsl.summary(resnet_dsl.load("resnet20"))


def test_the_device_is_torchs_default_unless_given() -> None:
    """Also inside `with torch.device(…)`; a device that is given is that device."""
    assert next(resnet_dsl.build(TINY).parameters()).device.type == "cpu"
    with torch.device("meta"):
        assert {value.device.type for value in resnet_dsl.build(TINY).state_dict().values()} == {"meta"}
        module: Any = resnet_dsl.build(TINY, device="cpu")
        assert {value.device.type for value in module.state_dict().values()} == {"cpu"}
        assert all(value.isfinite().all() for value in module.state_dict().values())
    torch.set_default_device("meta")
    try:
        assert next(resnet_dsl.build(TINY).parameters()).device.type == "meta"
    finally:
        torch.set_default_device(None)


def test_weights_go_to_torchs_default_device(tmp_path: Path) -> None:
    """They are read on the CPU."""
    file = tmp_path / "w.pt"
    torch.save(resnet_dsl.build(TINY).state_dict(), file)
    with torch.device("meta"):
        module: Any = resnet_dsl.build(TINY, weights=file, device="cpu")
    assert torch.equal(module.fc.weight, torch.load(file)["fc.weight"])


@pytest.mark.parametrize("overrides", [{"head.classes": 7}, {"head": {"classes": 7}}], ids=["dotted", "nested"])
def test_either_way_to_override_the_classes_replaces_the_classifier(overrides: dict[str, Any], tmp_path: Path) -> None:
    """The other weights are the file's."""
    file = tmp_path / "w.pt"
    weights = resnet_dsl.build(TINY).state_dict()
    torch.save(weights, file)
    module: Any = resnet_dsl.build(TINY, overrides=overrides, weights=file)
    assert module.fc.weight.shape == (7, 8)
    assert torch.equal(module.conv1.weight, weights["conv1.weight"])
    with pytest.raises(resnet_dsl.EnvironmentFault, match="RD505"):
        resnet_dsl.build(TINY, overrides={"head": {"pool": "catavgmax"}}, weights=file)


def test_a_built_network_is_pickled_whole(tmp_path: Path) -> None:
    """And read in a process that has not made its classes yet."""
    module: Any = resnet_dsl.build(TINY).eval()
    x = torch.randn(1, 3, 32, 32)
    (tmp_path / "module.pkl").write_bytes(pickle.dumps((module, x, module(x))))
    program = """
import pickle, sys, torch
with open(sys.argv[1], "rb") as file:
    module, x, expected = pickle.load(file)
assert torch.equal(module(x), expected)
print(type(module).__name__, type(module.layer1[0]).__name__)
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "module.pkl")], capture_output=True, text=True, check=True
    )
    assert result.stdout == "ResNet BasicBlock\n"


def test_the_class_of_a_block_is_made_once() -> None:
    """So that `isinstance` tells blocks from one another."""
    module: Any = resnet_dsl.build(TINY)
    assert type(module.layer1[0]) is type(module.layer2[0]) is container_class("BasicBlock")
    assert isinstance(module, Container)


def test_reprs_are_short() -> None:
    """A graph, a drawing and an error are looked at in debuggers and notebooks."""
    drawing = resnet_dsl.draw("resnet50")
    assert repr(drawing) == f"<Drawing of resnet50: {len(drawing.dot):,} characters of DOT>"
    assert len(repr(resnet_dsl.lower("resnet50"))) < 100


def test_an_error_is_named_as_it_is_imported() -> None:
    """In a traceback: `resnet_dsl.SpecError`."""
    for error in (resnet_dsl.SpecError, resnet_dsl.EnvironmentFault):
        assert f"{error.__module__}.{error.__qualname__}" == f"resnet_dsl.{error.__name__}"


def test_a_chain_is_checked_against_the_schema_once_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundled files are known to be valid; an override is a document of its own."""
    checked = []
    original = validator()

    class Counting:
        def iter_errors(self, instance: dict[str, Any]) -> Any:
            checked.append(instance.get("name"))
            return original.iter_errors(instance)

    monkeypatch.setattr("resnet_dsl.language.checks.violations.validator", Counting)
    (tmp_path / "a.yaml").write_text("name: a\nextends: resnet26t\n")
    (tmp_path / "b.yaml").write_text("name: b\nextends: a.yaml\nhead: {classes: 5}\n")
    (tmp_path / "c.yaml").write_text("name: c\nextends: b.yaml\nhead: {dropout: 0.5}\n")
    spec = load_spec(tmp_path / "c.yaml")
    assert checked == ["c", "b", "a"]
    load_spec(spec)
    load_spec("resnet50")
    assert checked == ["c", "b", "a"]
    load_spec(spec, ["head.pool=max"])
    assert checked == ["c", "b", "a", "patched"]
