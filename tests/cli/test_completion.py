"""Completion: what is offered for each argument, and what a shell makes of it when somebody presses Tab."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete

from resnet_dsl.backends.pytorch.device import DTYPES
from resnet_dsl.cli import cli
from resnet_dsl.diagnostics.codes import CODES
from resnet_dsl.language.document.bundled import bundled_specs

from ..keys import Key, all_keys
from ..test_docs import ROOT

PAGE = ROOT / "docs" / "editors.md"

OVERRIDDEN = [key for key in all_keys() if not key.is_section and key.path[0] != "blocks"]

FILES = ("net.yaml", "net.yml", "my net.yaml", "a=b.yaml", "net.resnet.yaml", "w.safetensors", "w.pth", "net.svg")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: files, a folder with one, and what no command reads."""
    for name in (*FILES, "notes.md", ".hidden.yaml", "nets/inner.yaml", "nets/notes.md", "line\nbreak.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def offered(line: str) -> list[str]:
    """What click offers at the end of a line; the last word is the incomplete one."""
    *args, incomplete = line.split(" ")
    return [item.value for item in ShellComplete(cli, {}, "resnet-dsl", "").get_completions(args, incomplete)]


def test_commands_and_options_are_offered() -> None:
    """In the order of the help."""
    assert offered("") == list(cli.commands)
    assert offered("summary --f") == ["--format", "--fit-in"]
    assert offered("summary --format t") == ["table", "torchsummary"]


@pytest.mark.parametrize(
    "line", ["validate ", "validate a ", "show ", "summary ", "explain ", "draw ", "build ", "new x --from "]
)
@pytest.mark.usefixtures("folder")
def test_a_spec_is_a_file_a_folder_or_a_bundled_name(line: str) -> None:
    """For every command that takes one; hidden files and names that no line can hold are left out."""
    own = ["a=b.yaml", "my net.yaml", "net.resnet.yaml", "net.yaml", "net.yml", "nets/"]
    assert offered(line) == [*own, *bundled_specs()]
    wide = ["wide_resnet16_8", "wide_resnet28_10", "wide_resnet40_2", "wide_resnet50_2", "wide_resnet101_2"]
    assert offered(f"{line}wide_resnet") == wide


@pytest.mark.parametrize(
    ("incomplete", "expected"),
    [
        ("net", ["net.resnet.yaml", "net.yaml", "net.yml", "nets/"]),
        ("nets/", ["nets/inner.yaml"]),
        ("./ne", ["./net.resnet.yaml", "./net.yaml", "./net.yml", "./nets/"]),
        ("~/nets/i", ["~/nets/inner.yaml"]),
        (".h", [".hidden.yaml"]),
        ("nowhere/", []),
        ("~nobody-of-this-name/", []),
    ],
)
@pytest.mark.usefixtures("folder")
def test_paths_are_completed_step_by_step(incomplete: str, expected: list[str]) -> None:
    """A folder ends with a slash, and is itself completed afterwards."""
    assert offered(f"validate {incomplete}") == expected


@pytest.mark.parametrize("line", ["infer w", "build x --weights w", "build x -o w"])
@pytest.mark.usefixtures("folder")
def test_weights_are_files_of_weights(line: str) -> None:
    """No others."""
    assert offered(line) == ["w.pth", "w.safetensors"]


@pytest.mark.usefixtures("folder")
def test_other_values_are_offered() -> None:
    """Drawings, devices and dtypes; what is free text is left to its writer."""
    assert offered("draw x -o net") == ["net.svg", "nets/"]
    assert offered("build x --device c") == ["cpu", "cuda", "cuda:0"]
    assert offered("build x --dtype ") == [*DTYPES]
    assert offered("new ne") == ["nets/"]
    assert offered("build x --seed ") == []


def test_codes_are_offered_once_they_are_begun() -> None:
    """In lower case too, as `explain` takes them; before that they would hide the specs."""
    assert offered("explain RD20") == offered("explain rd20") == [code for code in CODES if code.startswith("RD20")]
    assert set(CODES).isdisjoint(offered("explain "))


def test_every_key_can_be_overridden() -> None:
    """All that hold a value; not `extends`, which is refused, `$schema`, which does nothing, or names of blocks."""
    keys = {key.name for key in OVERRIDDEN} - {"extends", "$schema"}
    assert sorted(offered("validate x --set ")) == sorted(f"{key}=" for key in keys)
    assert offered("validate x --set head.c") == ["head.conv=", "head.classes="]
    assert offered("validate x --set head.pool.") == ["head.pool.type=", "head.pool.heads="]


@pytest.mark.parametrize("key", OVERRIDDEN, ids=lambda key: key.name)
def test_an_override_takes_the_values_of_its_key(key: Key) -> None:
    """All that the table of keys lists between backticks, but for examples, and nothing for a number or a text."""
    if "power of two" not in key.values:
        expected = [f"{key.name}={value}" for value in re.findall(r"`([^`]+)`", key.values.split(" such as ")[0])]
        assert offered(f"validate x --set {key.name}=") == expected


def test_values_are_completed_from_their_beginning() -> None:
    """And an unknown key has none."""
    assert offered("validate x --set block.type=") == ["block.type=basic", "block.type=bottleneck"]
    assert offered("validate x --set block.type=bo") == ["block.type=bottleneck"]
    assert offered("validate x --set stages.output_stride=3") == ["stages.output_stride=32"]
    assert offered("validate x --set blok.type=") == []


@pytest.mark.parametrize(
    ("shell", "variables", "answer"),
    [
        ("bash", {"COMP_WORDS": "resnet-dsl va", "COMP_CWORD": "1"}, "plain,validate\n"),
        ("bash", {"COMP_WORDS": "resnet-dsl diff resnet50 resnet110", "COMP_CWORD": "3"}, "plain,resnet110\n"),
        (
            "fish",
            {"COMP_WORDS": "resnet-dsl va", "COMP_CWORD": "va"},
            "validate\tCheck specs and report every fault.\n",
        ),
        ("bash", {}, None),
        ("zsh", {"COMP_WORDS": "resnet-dsl va"}, None),
        ("zsh", {"COMP_WORDS": "resnet-dsl va", "COMP_CWORD": "x"}, None),
    ],
)
def test_clicks_own_variables_are_understood(
    shell: str, variables: dict[str, str], answer: str | None, folder: Path
) -> None:
    """So that scripts written for click work; without any there is no message, but the commands are offered."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMP_")}
    command = [sys.executable, "-m", "resnet_dsl"]
    environment |= {"PYTHONPATH": str(ROOT), "_RESNET_DSL_COMPLETE": f"{shell}_complete"} | variables
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.stderr == ""
    assert result.stdout == answer if answer else "validate" in result.stdout


def complete(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What bash gets as the answer, from a process that reports what it imports and reads."""
    program = (
        "import sys; from resnet_dsl.__main__ import main\n"
        "def hook(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith('.yaml'): print('read', args[0], file=sys.stderr)\n"
        "sys.addaudithook(hook)\n"
        "import atexit\n"
        "heavy = ('torch', 'jsonschema', 'yaml', 'networkx', 'graphviz', 'resnet_dsl.compiler')\n"
        "atexit.register(lambda: [print('import', name, file=sys.stderr) for name in heavy if name in sys.modules])\n"
        "main()\n"
    )
    word = re.split("[ =:]", line)[-1]
    asked = {"_RESNET_DSL_COMPLETE": "bash_complete", "COMP_LINE": line, "COMP_WORD": word}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, env=os.environ | asked, capture_output=True, text=True)


@pytest.mark.parametrize(
    "line",
    [
        "resnet-dsl validate --set blo",
        "resnet-dsl validate re",
        "resnet-dsl explain RD2",
        "resnet-dsl build --device m",
    ],
)
def test_an_answer_reads_no_spec_and_imports_no_large_library(line: str, folder: Path) -> None:
    """Somebody is waiting at the keyboard."""
    result = complete(line, folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.strip()


@pytest.mark.parametrize("line", ["resnet-dsl bogus ", "resnet-dsl validate --bogus x ", "resnet-dsl validate 'x"])
def test_a_wrong_line_offers_nothing_and_says_nothing(line: str, folder: Path) -> None:
    """A message would appear in the middle of what somebody is typing."""
    result = complete(line, folder)
    assert (result.returncode, result.stderr) == (0, "")


TYPED = [
    ("vali", "validate "),
    ("summary --for", "summary --format "),
    ("summary --format=c", "summary --format=csv "),
    ("summary resnext101_64", "summary resnext101_64x4d "),
    ("validate --set blo", "validate --set block."),
    ("validate --set block.ty", "validate --set block.type="),
    ("validate --set block.type=ba", "validate --set block.type=basic "),
    ("validate --set block.type=", "validate --set block.type=b"),
    ("validate --set 'block.type=ba", "validate --set 'block.type=basic' "),
    ("validate --set=block.type=ba", "validate --set=block.type=basic "),
    ("validate --set block.preactivation=t", "validate --set block.preactivation=true "),
    ("validate my", "validate my\\ net.yaml "),
    ("validate 'my", "validate 'my net.yaml' "),
    ("validate a=", "validate a=b.yaml "),
    ("validate nets", "validate nets/"),
    ("validate nets/", "validate nets/inner.yaml "),
    ("validate ~/nets/i", "validate ~/nets/inner.yaml "),
    ("infer w.s", "infer w.safetensors "),
    ("explain rd305", "explain RD305 "),
    ("build x --device cuda:", "build x --device cuda:0 "),
    ("validate nothing", "validate nothing"),
]
"""Typed before Tab is pressed -> the line afterwards; a space ends a word that is finished."""


def open_terminal(name: str, folder: Path, command: str, path: str) -> Any:
    """A shell, set up with this command as docs/editors.md says; the tool is `bin/resnet-dsl` in the folder."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    terminal = pytest.importorskip("tests.cli.terminal", reason="this system has no terminals")
    tool = folder / "bin" / "resnet-dsl"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m resnet_dsl "$@"\n', "utf-8")
    tool.chmod(0o755)
    shell = terminal.SHELLS[name]
    assert f"`{shell.set_up}`" in PAGE.read_text("utf-8").replace("\\|", "|")
    shell = shell._replace(set_up=shell.set_up.replace(" resnet-dsl", f" {command}"))
    return terminal.Terminal(shell, folder, os.environ | {"PATH": path})


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_completes_what_is_typed(name: str, folder: Path) -> None:
    """In a terminal."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with open_terminal(name, folder, "resnet-dsl", path) as shell:
        lines = {typed: shell.line(f"resnet-dsl {typed}\t").removeprefix("resnet-dsl ") for typed, _ in TYPED}
    home = {line: line.replace("~", str(folder)) if name == "zsh" else line for _, line in TYPED}  # zsh resolves it
    assert lines == {typed: home[line] for typed, line in TYPED}


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_tool_need_not_be_on_the_path(name: str, folder: Path) -> None:
    """If its path is in the line that sets completion up, it is completed where its path is typed."""
    with open_terminal(name, folder, "bin/resnet-dsl", os.environ["PATH"]) as shell:
        assert shell.line("bin/resnet-dsl vali\t") == "bin/resnet-dsl validate "
