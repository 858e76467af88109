"""Completion of what commands about weights take: files, references and libraries."""

from pathlib import Path

import pytest

from resnet_dsl.checkpoints.dialects import DIALECTS
from resnet_dsl.hub import names
from resnet_dsl.language.document.weights import SUFFIXES

from .test_completion import offered


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file of weights of every ending, and a spec."""
    for name in (*(f"w{suffix}" for suffix in SUFFIXES), "net.yaml", "w.txt"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", ["infer w", "convert w", "build x --weights w"])
@pytest.mark.usefixtures("folder")
def test_files_of_every_usual_ending_are_offered(line: str) -> None:
    """And no others."""
    assert sorted(offered(line)) == sorted(f"w{suffix}" for suffix in SUFFIXES)


@pytest.mark.parametrize("line", ["infer", "convert", "build x --weights"])
@pytest.mark.usefixtures("folder")
def test_references_are_offered_once_they_are_begun(line: str) -> None:
    """Before that they would hide the files."""
    assert not [each for each in offered(f"{line} ") if ":" in each]
    assert offered(f"{line} hf") == ["hf-hub:"]
    assert offered(f"{line} torchv") == ["torchvision:"]


@pytest.mark.usefixtures("folder")
def test_the_names_of_torchvisions_weights_are_offered() -> None:
    """All that begin so, as they are to be written."""
    expected = [each for each in names() if each.startswith("torchvision:ResNet50_W")]
    assert offered("infer torchvision:ResNet50_W") == expected
    assert len(expected) > 1


def test_libraries_are_offered_by_name() -> None:
    """All of them, or those that begin so."""
    assert offered("convert w.pt --names ") == [dialect.name for dialect in DIALECTS]
    assert offered("convert w.pt --names hug") == ["huggingface", "huggingface_bit", "huggingface_regnet"]


def test_options_about_weights_are_offered() -> None:
    """Of every command that has them."""
    for line in ("infer x --", "convert x --", "build x --"):
        assert {"--entry", "--prefix"} <= {*offered(line)}
    assert "--partial" in offered("build x --p")
    assert offered("convert x --n") == ["--names"]


@pytest.mark.usefixtures("folder")
def test_an_output_has_an_ending_that_can_be_written() -> None:
    """What is offered would be refused otherwise."""
    for line in ("convert x --names torchvision -o w", "build x -o w"):
        assert {*offered(line)} <= {"w.safetensors", "w.pt", "w.pth"}
