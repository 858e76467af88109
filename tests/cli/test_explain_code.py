"""`explain` with a code instead of a spec."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"


@pytest.mark.parametrize("code", ["RD203", "rd203", "RD902"])
def test_explain_prints_the_section_of_a_code(resnet_dsl_command: CommandLine, code: str) -> None:
    """In upper or lower case: from its heading to the next one, or to the end of the page."""
    result = resnet_dsl_command("explain", code)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"## {code.upper()}: ")
    assert result.out in PAGE.read_text("utf-8")
    assert result.out.count("\n## ") == 0
    assert result.out.endswith("```\n")


def test_an_unknown_code_gets_a_suggestion(resnet_dsl_command: CommandLine) -> None:
    """Exit status 2; codes are not taken for paths."""
    result = resnet_dsl_command("explain", "rd519")
    assert (result.status, result.out) == (2, "")
    assert "no code RD519 (a code with a similar name exists: `RD5" in result.err


def test_a_code_takes_no_override(resnet_dsl_command: CommandLine) -> None:
    """There is no spec that it could change."""
    result = resnet_dsl_command("explain", "RD203", "--set", "head.classes=10")
    assert (result.status, result.out) == (2, "")
    assert "--set" in result.err


def test_a_file_named_like_a_code_can_be_given_as_a_path(resnet_dsl_command: CommandLine) -> None:
    """If it is given with its folder, as for bundled names, or with an extension."""
    spec = "name: mine\nblock: {type: basic}\nstages: {depths: [1]}\n"
    for path in ("./RD203", "RD203.yaml"):
        Path(path).write_text(spec)
        assert resnet_dsl_command("explain", path).out == "layer1.0: identity: the shapes are equal\n"


def test_explaining_a_code_imports_no_library(tmp_path: Path) -> None:
    """Except click: the manual is plain text."""
    code = (
        "import sys\nfrom resnet_dsl.cli import run\n"
        "sys.argv = ['resnet-dsl', 'explain', 'RD203']\n"
        "assert run() == 0\n"
        "heavy = {'torch', 'yaml', 'jsonschema', 'networkx', 'graphviz', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stderr) == (0, "")
