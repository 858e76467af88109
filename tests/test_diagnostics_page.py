"""docs/diagnostics.md: every code has its section there, and what the section calls wrong and right is so.

A section has wrong examples, then right ones. `yaml wrong NAME` is a file; the first one is compiled, and others are
there for it to extend. `console wrong` holds commands with their output, as in the other documents; only the last one
fails. `python` is a doctest.
"""

import ast
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
import torch
import yaml
from safetensors.torch import save_file

import resnet_dsl
from resnet_dsl.backends.pytorch import build, network
from resnet_dsl.cli import run, shared
from resnet_dsl.diagnostics import packages
from resnet_dsl.diagnostics.codes import CODES as KNOWN
from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.diagnostics.manual import sections

from .helpers import load
from .test_docs import FENCE, PACKAGE, ROOT, Fence, check_python, same, sessions

Verdict: TypeAlias = Literal["wrong", "right"]

PAGE = ROOT / "docs" / "diagnostics.md"

CODES = sorted(KNOWN)


def codes_of_the_sources() -> set[str]:
    """Every code that the sources hold, but for the table of them."""
    return {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch("RD[0-9]{3}", node.value)
        if path.name != "codes.py"
    }


def examples(code: str, language: str, verdict: Verdict) -> dict[str, str]:
    """The section's fences of this kind: name -> text; the name is empty where the fence has none."""
    wrong, _, right = sections().get(code, "").partition("\nRight")
    fences = [(fence[2].split(), fence[3]) for fence in FENCE.finditer(wrong if verdict == "wrong" else right)]
    return {"".join(words[2:]): text for words, text in fences if words[0] == language}


def codes_with(language: str) -> list[str]:
    return [code for code in CODES if examples(code, language, "wrong")]


def save_as_latin_1(_: pytest.MonkeyPatch) -> None:
    path = Path("spec.yaml")
    path.write_text(path.read_text("utf-8"), "latin-1")


def repeat_the_last_line(_: pytest.MonkeyPatch) -> None:
    path = Path("spec.yaml")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1] * 20_000]), "utf-8")


def write_sixteen_more(_: pytest.MonkeyPatch) -> None:
    text = Path("step1.yaml").read_text("utf-8")
    for number in range(2, 18):
        more = text.replace("step2", f"step{number + 1}").replace("step1\n", f"step{number}\n")
        Path(f"step{number}.yaml").write_text(more, "utf-8")


def hide_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def take_the_memory_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def build_module(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(network, "build_module", build_module)


def save_weights_of_another_family(_: pytest.MonkeyPatch) -> None:
    save_file({"features.0.weight": torch.zeros(64, 3, 3, 3)}, "vgg16.safetensors")


def plant_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_graph(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(shared, "compile_reference", load_graph)


def plant_ten_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    original = build.build_module

    def build_module(graph: resnet_dsl.Graph, *, device: torch.device, dtype: torch.dtype, seed: int) -> object:
        module = original(graph, device=device, dtype=dtype, seed=seed)
        module.register_parameter("more", torch.nn.Parameter(torch.zeros(10)))
        return module

    monkeypatch.setattr(network, "build_module", build_module)


def hide_the_package_of_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it was never installed, and so never imported."""
    for name in [name for name in sys.modules if name.startswith("resnet_dsl.backends.drawing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(packages, "find_spec", lambda _: None)


def take_libyaml_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)


STAGED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "RD002": save_as_latin_1,
    "RD003": repeat_the_last_line,
    "RD023": write_sixteen_more,
    "RD506": hide_graphviz,
    "RD508": take_the_memory_away,
    "RD509": take_libyaml_away,
    "RD511": save_weights_of_another_family,
    "RD512": hide_the_package_of_drawings,
    "RD901": plant_an_error,
    "RD902": plant_ten_parameters,
}
"""What is wrong beside the text of the wrong example, which then says so in words."""


@pytest.fixture(autouse=True, scope="module")
def on_one_thread() -> Iterator[None]:
    """Where other processes are busy, threads that wait for each other take longer than these small networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_code_of_the_sources_has_a_section() -> None:
    """One each, in order, behind the section about formats."""
    assert sorted(codes_of_the_sources()) == CODES
    headings = re.findall(r"^#+ (?!Diagnostics$)(.*)$", FENCE.sub("", PAGE.read_text("utf-8")), re.MULTILINE)
    assert [heading.partition(": ")[0] for heading in headings] == ["In other programs", *CODES]
    assert list(sections()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_section_has_a_wrong_and_a_right_example(code: str) -> None:
    """Of the same kind, and each below a line that says which it is."""
    section = sections()[code]
    marks = re.findall(r"^(Wrong|Right)\b.*:\n\n```(\w+)", section, re.MULTILINE)
    assert [mark for mark, _ in marks] == ["Wrong", "Right"]
    (language,) = {language for _, language in marks}
    unmarked = {"yaml": [], "console": [], "python": [["python"]]}[language]
    for verdict, part in zip(("wrong", "right"), section.split("\nRight"), strict=True):
        for fence in FENCE.finditer(part):
            assert fence[2].split()[:2] in ([language, verdict], *unmarked)


def reported(verdict: Verdict, code: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes that the section's spec gives."""
    files = examples(code, "yaml", verdict)
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")
    if verdict == "wrong" and code in STAGED:
        STAGED[code](monkeypatch)
    try:
        resnet_dsl.lower(load(next(iter(files))))
    except DiagnosticError as error:
        return {fault.code for fault in error.diagnostics}
    return set()


@pytest.mark.parametrize("code", codes_with("yaml"))
def test_a_wrong_spec_gives_its_code_and_a_right_one_none(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong one has no other fault, so that the code is what it shows."""
    assert reported("right", code, monkeypatch) == set()
    assert reported("wrong", code, monkeypatch) == {code}


@pytest.mark.parametrize("verdict", ["right", "wrong"])
@pytest.mark.parametrize("code", codes_with("console"))
def test_commands_do_what_the_section_shows(
    code: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Right ones have exit status 0. The last wrong one has 2 and gives the section's code."""
    if verdict == "wrong" and code in STAGED:
        STAGED[code](monkeypatch)
    (body,) = examples(code, "console", verdict).values()
    statuses, given = [], []
    for command, shown in sessions(body):
        program, *arguments = shlex.split(command)
        assert program == "resnet-dsl"
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        statuses.append(run())
        output = "".join(capsys.readouterr())
        assert same(shown, output), output
        given += re.findall(r"^error\[(\w+)\]", output, re.MULTILINE)
    *before, last = statuses
    assert set(before) <= {0}
    assert (last, given) == ((0, []) if verdict == "right" else (shared.ENVIRONMENT_IS_WRONG, [code]))


@pytest.mark.parametrize("code", codes_with("python"))
def test_python_does_what_the_section_shows(code: str) -> None:
    """The wrong lines end with the section's code, the right ones with no error."""
    (wrong,) = examples(code, "python", "wrong").values()
    (right,) = examples(code, "python", "right").values()
    names: dict[str, Any] = {}
    check_python(Fence(["python"], wrong, 1), names, code)
    check_python(Fence(["python"], right, 1), names, code)
    assert re.findall(r"error\[(\w+)\]", wrong + right) == [code]
