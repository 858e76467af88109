"""The documents agree with the tool: their commands run, their specs load, their tables are regenerated and compared.

The words after the opening backticks of a fence decide how it is tested. `yaml NAME` is a spec, written to a temporary
directory, one per document. `console` contains commands with their exact output, in which a line `…` stands for any
number of lines. `python` is a doctest. `sh` contains what a test cannot run as is; each line has its own rule below.
`python recipe` is a program that tests/recipes runs. `LANGUAGE FILE` is an excerpt of a file of the project. `text` is
a figure. Commands in running text, `resnet-dsl …` between backticks, are run too, in document order.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes the generated parts, the table of keys and the drawing, instead of
checking them.
"""

import doctest
import os
import re
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import resnet_dsl
from resnet_dsl.language.document.canonical import PER_STAGE

from .helpers import written_out
from .keys import PER_STAGE_SENTENCE, all_keys

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "resnet_dsl"
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
LANGUAGE = ROOT / "docs" / "language.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
DRAWING = ROOT / "docs" / "resnet18.svg"
UPDATE = bool(os.environ.get("UPDATE_DOCS"))

BENCHMARK = re.compile(r"python -m tests\.benchmarks(?:\.(\w+))?")
EVIDENCE = re.compile(r"python -m tests\.evidence\.\w+")
FOLLOWED = "test_tutorial.py follows the page, in a new environment"
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt .": FOLLOWED,
    "source .venv/bin/activate": FOLLOWED,
    "mkdir -p first-hour && cd first-hour": FOLLOWED,
    "python -m tests.benchmarks.allocator": "it needs a GPU; pytest -m cuda compares the same",
    "python -m tests.benchmarks.pages": "it needs a browser; tests/browser opens the same pages",
    "HYPOTHESIS_PROFILE=search pytest tests/laws": "it takes hours",
    "UPDATE_DOCS=1 pytest tests/test_docs.py": "it would change the checkout",
    "UPDATE_DOCS=1 pytest tests/test_architecture_page.py": "it would change the checkout",
    "UPDATE_DOCS=1 pytest tests/weights/test_table.py": "it would change the checkout",
    "nox --no-venv --session slow --install-only": "CI runs the whole task",
    "pip install --no-deps . && pip install -c constraints.txt click jsonschema jsonschema-rs pyyaml": (
        "it would change the environment; test_light_install.py makes the same one out of links"
    ),
}
"""Commands in `sh` fences without another rule, and why no test runs them."""

FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"`(resnet-dsl [^`\n]+)`")
ELLIPSIS = "…"
FAILS = re.compile(r"^(?:error\[|Error: |\S+: RD\d+ )", re.MULTILINE)


class Fence(NamedTuple):
    """A fenced block: the words after the backticks, and its content."""

    words: list[str]
    body: str
    line: int


class Inline(NamedTuple):
    """A command between backticks in running text."""

    command: str
    line: int


def parts(document: Path) -> list[Fence | Inline]:
    """Fences and commands in running text, in document order."""
    text = document.read_text("utf-8")
    found: list[Fence | Inline] = []
    end = 0
    for match in FENCE.finditer(text):
        found += _inline(text, end, match.start())
        found.append(Fence(match[2].split(), textwrap.dedent(match[3]), _line(text, match.start())))
        end = match.end()
    return found + _inline(text, end, len(text))


def _inline(text: str, start: int, end: int) -> list[Fence | Inline]:
    return [Inline(match[1], _line(text, match.start())) for match in COMMAND.finditer(text, start, end)]


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def fences(document: Path, language: str) -> list[Fence]:
    return [part for part in parts(document) if isinstance(part, Fence) and part.words[:1] == [language]]


def prose(document: Path) -> str:
    """The text without its fences."""
    return FENCE.sub("", document.read_text("utf-8"))


def run(command: str, directory: Path) -> tuple[int, str]:
    """Run a command line in a directory; exit status, and output with errors."""
    scripts = sysconfig.get_path("scripts")
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    environment |= {"PYTHONUTF8": "1", "COLUMNS": "100"}
    result = subprocess.run(
        command, shell=True, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return result.returncode, result.stdout.decode("utf-8")


def successes(command: str) -> tuple[int, ...]:
    """The exit statuses that are no failure; that of `diff` is 1 if something differs."""
    return (0, 1) if command.startswith("resnet-dsl diff ") else (0,)


def sessions(body: str) -> Iterator[tuple[str, str]]:
    """Each command in a console fence, with the output shown for it."""
    first, *rest = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert first == "", "a console fence starts with a command"
    for session in rest:
        command, _, output = session.partition("\n")
        yield command, output


def same(shown: str, output: str) -> bool:
    """Whether the output is what the document shows, where a line `…` stands for any number of lines."""
    pieces = re.split(rf"^{ELLIPSIS}\n", shown, flags=re.MULTILINE)
    pattern = "(?:.*\n)*".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(pattern, output) is not None


def shows_a_fault(name: str, following: list[Fence | Inline]) -> bool:
    """Whether a console fence shows a fault of this file before the file is rewritten."""
    for part in following:
        if isinstance(part, Fence) and part.words == ["yaml", name]:
            return False
        if isinstance(part, Fence) and part.words == ["console"]:
            for command, output in sessions(part.body):
                if name in command.split() and FAILS.search(output):
                    return True
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_what_the_tool_does(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Specs are valid or their fault is shown; commands and Python give the output shown for them."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    everything = parts(document)
    for index, part in enumerate(everything):
        where = f"{document.name}:{part.line}"
        if isinstance(part, Inline):
            status, output = run(part.command, tmp_path)
            assert status in successes(part.command), f"{where}: {part.command}\n{output}"
            continue
        match part.words:
            case ["yaml", name]:
                (tmp_path / name).write_text(part.body, "utf-8")
                if not shows_a_fault(name, everything[index + 1 :]):
                    resnet_dsl.lower(resnet_dsl.load(name))
            case ["console"]:
                for command, shown in sessions(part.body):
                    assert command.split()[0] in ("resnet-dsl", "cat", "echo"), f"{where}: {command}"
                    status, output = run(command, tmp_path)
                    assert same(shown, output), f"{where}: {command}\n{output}"
                    succeeds = status in successes(command)
                    assert succeeds != bool(FAILS.search(output)), f"{where}: {command}: exit status {status}"
            case ["python"]:
                check_python(part, names, where)


def check_python(fence: Fence, names: dict[str, Any], where: str) -> None:
    """Run a doctest with the names that earlier ones in the document defined."""
    test = doctest.DocTestParser().get_doctest(fence.body, names, where, None, fence.line)
    assert test.examples, f"{where}: no `>>>` in a python fence"
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append, clear_globs=False)
    assert not runner.failures, "".join(report)
    names.update(test.globs)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_fence_is_of_a_checked_kind(document: Path) -> None:
    """No runnable example goes untested because the word after its backticks is missing."""
    for part in parts(document):
        match part:
            case Fence(words=["yaml", _] | ["console"] | ["python"] | ["sh"] | ["text"]) | Inline():
                pass
            case Fence(words=["yaml" | "console", "wrong" | "right", *_]):
                assert document.name == "diagnostics.md"  # which has tests of its own
            case Fence(words=["python", "recipe"]):
                assert document.name == "recipes.md"  # which has tests of its own
            case Fence(words=["python" | "json" | "text", name]):
                assert is_excerpt(part.body, (ROOT / name).read_text("utf-8")), f"{document.name}:{part.line}"
            case Fence():
                pytest.fail(f"{document.name}:{part.line}: ```{' '.join(part.words)}")


def is_excerpt(excerpt: str, text: str) -> bool:
    """Whether the lines appear in the text consecutively, with any indentation."""
    wanted = [line.strip() for line in excerpt.strip().splitlines()]
    lines = [line.strip() for line in text.splitlines()]
    return any(lines[start : start + len(wanted)] == wanted for start in range(len(lines)))


def test_ci_runs_the_setup_commands_of_the_readme() -> None:
    """Both lines appear verbatim in .ci/run: the one that builds ResNet-50, and the one that runs the tests."""
    commands = [line for fence in fences(ROOT / "README.md", "sh") for line in fence.body.splitlines()]
    assert len(commands) == 2
    assert set(commands) <= set((ROOT / ".ci" / "run").read_text("utf-8").splitlines())


@pytest.mark.parametrize("document", DOCUMENTS[1:], ids=lambda path: path.name)
def test_the_shell_commands_of_the_docs_work(document: Path) -> None:
    """Benchmarks run in their shortest form, slow programs print their usage, and CI or `NOT_RUN` has the rest."""
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in (line for fence in fences(document, "sh") for line in fence.body.splitlines()):
        if command in NOT_RUN:
            continue
        if benchmark := BENCHMARK.match(command):
            needs_torchvision = benchmark[1] in (None, "forward", "loading", "running")
            shortest = {
                None: "figures --rounds 2",
                "forward": "--rounds 1 --batch 1",
                "running": "--rounds 1 --batch 1",
                "exporting": "--rounds 1 --spec resnet20 --legacy",
            }
            short = shortest.get(benchmark[1], "--rounds 1")
            arguments = "--help" if needs_torchvision and find_spec("torchvision") is None else short
            status, output = run(f"{command} {arguments}".replace("python", f"'{sys.executable}'", 1), ROOT)
            assert status == 0, f"{command}\n{output}"
        elif program := EVIDENCE.match(command):
            status, output = run(f"{program[0]} --help".replace("python", f"'{sys.executable}'", 1), ROOT)
            assert (status, output[:7]) == (0, "usage: "), f"{command}\n{output}"
        else:
            assert command in ci.splitlines() or command in NOT_RUN, command


def test_the_drawing_in_the_readme_is_that_of_its_first_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/resnet18.svg is what `draw` makes of the README's first spec without Graphviz."""
    spec = fences(ROOT / "README.md", "yaml")[0]
    monkeypatch.setenv("PATH", str(tmp_path))  # no `dot`, so graphviz-pure draws, the same everywhere
    svg = resnet_dsl.draw(resnet_dsl.loads(spec.body)).svg()
    if UPDATE:
        DRAWING.write_text(svg, "utf-8")
    assert DRAWING.name in (ROOT / "README.md").read_text("utf-8")
    assert DRAWING.read_text("utf-8") == svg, "stale; `UPDATE_DOCS=1 pytest tests/test_docs.py` redraws it"


START, END = "<!-- keys: made from spec.schema.json by tests/test_docs.py -->\n", "<!-- end of keys -->\n"


def table() -> str:
    """The table of all keys, in the schema's own words."""
    lines = ["| key | values | default | meaning |", "|---|---|---|---|"]
    for key in all_keys():
        if key.is_section:
            continue
        mark = " ◆" if key.is_per_stage else ""
        meaning = key.meaning.removesuffix(PER_STAGE_SENTENCE)
        cells = [f"`{key.name}`{mark}", key.values, key.default, meaning]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_keys_agrees_with_the_schema() -> None:
    """Every key has a row with its values, default and meaning from the schema."""
    text = LANGUAGE.read_text("utf-8")
    before, _, rest = text.partition(START)
    shown, _, after = rest.partition(END)
    if UPDATE:
        LANGUAGE.write_text(before + START + table() + END + after, "utf-8")
        shown = table()
    assert shown == table(), "stale; `UPDATE_DOCS=1 pytest tests/test_docs.py` regenerates it"


def test_the_defaults_in_the_table_are_the_compilers() -> None:
    """The schema's default is the value that a spec without the key gets."""
    spec = resnet_dsl.loads("{name: small, block: {type: bottleneck}, stages: {depths: [1]}}")
    data = written_out(spec)
    for key in all_keys():
        if "default" not in key.node:
            continue
        value: Any = data
        for step in key.path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, dict):  # a short form, such as `norm: batch`, written out
            value = value["type"]
        assert value in (key.node["default"], None), key.name


def test_the_mark_for_per_stage_keys_agrees_with_the_compiler() -> None:
    """◆ marks exactly the keys whose lists the compiler matches against the stages."""
    marked = {key.path for key in all_keys() if key.is_per_stage}
    assert marked == set(PER_STAGE)


def test_the_text_explains_every_key() -> None:
    """docs/language.md mentions each key outside the table too; one that is deep inside need not be with its path."""
    before, _, rest = LANGUAGE.read_text("utf-8").partition(START)
    text = before + rest.partition(END)[2]
    names = {key.name: {key.name, key.path[-1] if len(key.path) > 2 else key.name} for key in all_keys()}
    explained = {
        name for name, some in names.items() if any(re.search(rf"`{re.escape(each)}\b[^`]*`", text) for each in some)
    }
    assert names.keys() - explained == set()


def test_the_architecture_page_lists_every_file_of_the_package_once() -> None:
    """The list has each file of the package, and none that no longer exists."""
    listed = re.findall(r"^\| `([\w./]+\.(?:py|json))` \|", ARCHITECTURE.read_text("utf-8"), re.MULTILINE)
    files = [path for pattern in ("*.py", "*.json") for path in PACKAGE.rglob(pattern) if path.stat().st_size]
    assert sorted(listed) == sorted(path.relative_to(PACKAGE).as_posix() for path in files)


def test_the_architecture_page_lists_every_diagnostic_code() -> None:
    """Every code in the package is in a range of the table, which starts and ends with codes in use."""
    ranges = re.findall(r"^\| RD(\d+)(?: – RD|, RD|)(\d*)", ARCHITECTURE.read_text("utf-8"), re.MULTILINE)
    listed = {code for first, last in ranges for code in range(int(first), int(last or first) + 1)}
    sources = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    given = {int(code) for code in re.findall(r"\"RD(\d{3})\"", sources)}
    assert given <= listed
    assert {min(given), max(given)} == {min(listed), max(listed)}


def slug(heading: str) -> str:
    """The anchor that GitHub generates for a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(document: Path) -> set[str]:
    return {slug(match) for match in re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_resolve(document: Path) -> None:
    """Every relative link or image names a file of the project and, if it has an anchor, a heading in it."""
    text = prose(document)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = document.parent / name if name else document
        assert path.exists(), f"{document.name}: {target}"
        assert not anchor or anchor in anchors(path), f"{document.name}: {target}"


NAME_OF_A_FILE = re.compile(r"[\w.-]*(?:/[\w.-]*)+|[\w-]+\.(?:toml|txt|md|svg)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_files_exist(document: Path) -> None:
    """A file name between backticks is a file of the project, or one that the document creates."""
    created = {part.words[1] for part in parts(document) if isinstance(part, Fence) and len(part.words) == 2}
    for span in re.findall(r"`([^`\n]+)`", prose(document)):
        if NAME_OF_A_FILE.fullmatch(span) is None or span in created:
            continue
        places = (ROOT / span, document.parent / span, PACKAGE / span)
        assert any(place.exists() for place in places), f"{document.name}: {span}"
