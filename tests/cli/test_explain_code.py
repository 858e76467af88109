"""`explain` with a code instead of a spec."""

import subprocess
import sys
from pathlib import Path

import pytest

from resnet_dsl.cli import shared
from resnet_dsl.diagnostics.manual import sections
from resnet_dsl.diagnostics.page import as_page
from tests.cli.conftest import CommandLine, Result


@pytest.mark.parametrize("code", ["RD203", "rd203", "203"])
def test_explain_prints_the_section_of_a_code(
    code: str, resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In upper or lower case, or only its number; filled to the width of the terminal, but not to more than 100."""
    for columns in (40, 100, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        result = resnet_dsl_command("explain", code)
        assert result == Result(0, as_page(sections()["RD203"], min(columns, 100)), "")
        assert max(map(len, result.out.splitlines())) <= max(min(columns, 100), 60)


def test_a_page_has_colours_only_on_a_terminal(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only without NO_COLOR."""
    assert "\x1b" not in resnet_dsl_command("explain", "RD203").out
    monkeypatch.setattr(shared, "_is_terminal", lambda _: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert resnet_dsl_command("explain", "RD203").out.startswith("\x1b[1mRD203: unknown key\x1b[0m\n")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in resnet_dsl_command("explain", "RD203").out


@pytest.mark.parametrize("code", ["RD999", "rd599", "777", "RD2O3", "RD2"])
def test_an_unknown_code_is_refused_with_all_that_exist(code: str, resnet_dsl_command: CommandLine) -> None:
    """Exit status 2; codes are not taken for paths, and no other code is suggested, for none is similar in meaning."""
    result = resnet_dsl_command("explain", code)
    assert (result.status, result.out) == (2, "")
    message, help_ = result.err.splitlines()
    assert message == f"error[RD514]: there is no code `RD{code.upper().removeprefix('RD')}`"
    assert help_.startswith("  = help: the codes are RD001 – RD011, RD022 – RD024, RD201 – RD208, ")


def test_a_code_takes_no_override(resnet_dsl_command: CommandLine) -> None:
    """There is no spec that it could change."""
    result = resnet_dsl_command("explain", "RD203", "--set", "head.classes=10")
    assert (result.status, result.out) == (2, "")
    assert result.err == "error[RD514]: `--set` changes a spec, and `RD203` is the code of a diagnostic\n"


def test_a_file_named_like_a_code_can_be_given_as_a_path(resnet_dsl_command: CommandLine) -> None:
    """If it is given with its folder, as for bundled names, or with an extension."""
    spec = "name: mine\nblock: {type: basic}\nstages: {depths: [1]}\n"
    for path in ("./RD203", "RD203.yaml", "./203"):
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
