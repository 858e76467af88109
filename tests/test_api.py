"""Python's door: what it takes, what it gives, and what it says of a machine that lacks something."""

import pickle
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import resnet_dsl
from resnet_dsl.backends.pytorch.container import Container
from resnet_dsl.compiler import load_spec
from resnet_dsl.language.checks.acceptance import is_accepted
from resnet_dsl.language.spec import Expect, Norm, Spec

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
        assert next(resnet_dsl.build(TINY, weights=file).parameters()).device.type == "meta"
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
    assert type(module.layer1[0]) is type(module.layer2[0]) is Container.called("BasicBlock")
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

    def counting(instance: dict[str, Any]) -> bool:
        checked.append(instance.get("name"))
        return is_accepted(instance)

    monkeypatch.setattr("resnet_dsl.language.checks.violations.is_accepted", counting)
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


class Named:
    """A path that is not a string."""

    def __fspath__(self) -> str:
        return "resnet18"


def test_a_source_may_be_any_path() -> None:
    """As `os.scandir` gives them, too; what is no source is an error of the program."""
    assert resnet_dsl.load(Named()) == resnet_dsl.load("resnet18")
    for wrong in (None, 5, resnet_dsl.lower("resnet18")):
        with pytest.raises(TypeError, match="a spec is a `Spec`"):
            resnet_dsl.load(wrong)  # type: ignore[arg-type]  # that is the point


def test_a_text_that_is_taken_for_a_path_is_recognised() -> None:
    """A path hardly ever has line breaks."""
    (fault,) = resnet_dsl.check("name: a\nextends: resnet18\n")
    assert (fault.code, len(fault.helps)) == ("RD001", 1)
    assert "`resnet_dsl.Text(…)`" in fault.helps[0]


def test_a_key_of_an_override_cannot_smuggle_a_value() -> None:
    """It is written as text on its way."""
    with pytest.raises(resnet_dsl.EnvironmentFault, match="contains `=`"):
        resnet_dsl.load("resnet18", overrides={"head.classes=5 # ": 3})


def test_an_unknown_level_of_detail_is_a_fault() -> None:
    """As an unknown format of a table is."""
    with pytest.raises(resnet_dsl.EnvironmentFault, match="unknown level of detail `blocks`"):
        resnet_dsl.draw("resnet18", detail="blocks")  # type: ignore[arg-type]  # that is the point


def test_a_device_of_torchs_is_looked_for_as_its_name_is() -> None:
    """And only floating-point numbers can be weights."""
    if not torch.cuda.is_available():
        with pytest.raises(resnet_dsl.EnvironmentFault, match="`cuda` is not available"):
            resnet_dsl.build(TINY, device=torch.device("cuda"))
    with pytest.raises(resnet_dsl.EnvironmentFault, match="not a floating-point dtype"):
        resnet_dsl.build(TINY, dtype=torch.int32)


def test_a_fault_prints_as_on_the_command_line() -> None:
    """`print(fault)` shows the line of the spec."""
    (fault,) = resnet_dsl.check(TINY | {"colour": "red"})
    assert str(fault).splitlines()[0] == "error[RD203]: unknown key `colour`"
    with pytest.raises(resnet_dsl.SpecError) as caught:
        resnet_dsl.load(TINY | {"colour": "red"})
    assert str(caught.value) == str(fault)


SPEC = resnet_dsl.load(TINY)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        (replace(SPEC, head=replace(SPEC.head, classes=1000.0)), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, head=replace(SPEC.head, classes=True)), ["RD201"]),
        (replace(SPEC, head=replace(SPEC.head, classes=10**5000)), ["RD011"]),
        (replace(SPEC, head=None), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, stages=()), ["RD207"]),
        (replace(SPEC, stages=(None,)), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, stages=(replace(SPEC.stages[0], block=None),)), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, stem=replace(SPEC.stem, channels=64)), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, norm=Norm(type="weird")), ["RD204"]),  # type: ignore[arg-type]
        (replace(SPEC, norm=Norm(type="batch", groups=7)), ["RD302"]),
        (replace(SPEC, description=object()), ["RD201"]),  # type: ignore[arg-type]
        (replace(SPEC, expect=Expect(params=1)), ["RD303"]),
        (replace(SPEC, drop_path=np.float64(0.5)), []),
        (replace(SPEC, written=None), []),
    ],
)
def test_a_spec_that_was_changed_in_python_is_checked_like_any_other(changed: Spec, codes: list[str]) -> None:
    """Whatever stands in it, faults are data."""
    assert [fault.code for fault in resnet_dsl.check(changed)][: len(codes) or 1] == codes
