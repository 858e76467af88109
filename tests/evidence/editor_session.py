"""What an editor shows for specs: a session with yaml-language-server, which Visual Studio Code, Neovim and others use.

    python -m tests.evidence.editor_session

Opens specs and asks, at places marked ▮, what may be written there, and what is shown about what is written; makes
mistakes, and opens every bundled spec. Prints each answer. The exit status is 1 if one lacks what it should have.
Needs yaml-language-server on the PATH, or Node.js, whose `npx` fetches it; without either, the exit status is 2.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from resnet_dsl.language.checks.schema import enumeration
from resnet_dsl.language.document.bundled import bundled_specs

from ..keys import Key, all_keys
from ..test_docs import ROOT
from .language_server import LanguageServer

SERVER = "yaml-language-server@1.25.0"
SETTINGS = {
    "yaml.schemas": {"./resnet-dsl.schema.json": "*.resnet.yaml"},
    "yaml.disableDefaultProperties": True,
}
"""Those of docs/editors.md; `new` writes the schema."""

ENUMERATION = 'Value is not accepted. Valid values: "basic", "bottleneck".'
MISTAKES = {
    "num_classes: 10": "Property num_classes is not allowed.",
    "block: {typ: basic}": "Property typ is not allowed.",
    "block: {type: basicc}": ENUMERATION,
    "block: {type: [basic, basicc]}": ENUMERATION,
    "block: {type: 3}": "Incorrect type. Expected one of string, array, null.",
    "norm: bach": 'Value is not accepted. Valid values: "batch", "group", "instance", "layer", "none".',
    "attention: [{ratio: 0.5}]": 'Missing property "type".',
    "head: {classes: -1}": "Value is below the minimum of 0.",
    "head: {classes: ten}": "Incorrect type. Expected one of integer, null.",
    "head: {dropout: 1}": "Value is above the exclusive maximum of 1.",
    "stem: {kernel: 4}": "A kernel size must be odd.",
    "input: {size: [224]}": "Array has too few items. Expected 2 or more.",
    "init: {zero_residual: yes}": "Incorrect type. Expected one of boolean, null.",
}
"""A line of a spec that extends another -> what is said about it."""


class Answer(NamedTuple):
    """What was asked, what came back, and what is missing from it."""

    question: str
    found: str
    missing: tuple[str, ...] = ()


class Editor:
    """An editor with a folder of specs."""

    def __init__(self, server: LanguageServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._count = 0

    def faults(self, text: str) -> list[str]:
        """What is said about a new spec."""
        return self.server.open(self._new_path(), text)

    def offers(self, marked: str, path: Path | None = None) -> dict[str, str]:
        """What may be written at the mark in a spec, and what an editor inserts for it."""
        return self.server.completions(*self._open(marked, path))

    def shows(self, marked: str) -> str:
        """What is shown about the word at the mark, as plain text."""
        return re.sub(r"\\(.)", r"\1", self.server.hover(*self._open(marked)))

    def _open(self, marked: str, path: Path | None = None) -> tuple[Path, int, int]:
        path = path or self._new_path()
        before, _, after = marked.partition("▮")
        self.server.open(path, before + after)
        return path, before.count("\n"), len(before.rpartition("\n")[2])

    def _new_path(self) -> Path:
        self._count += 1
        return self.folder / f"{self._count}.resnet.yaml"


def completions(editor: Editor) -> Iterator[Answer]:
    """All choices of every key, keys themselves, and the names of the bundled specs."""
    for key in all_keys():
        wanted = [str(each).lower() if isinstance(each, bool) else str(each) for each in enumeration(key.node)]
        if wanted:
            yield _offered(editor, _line(key, "▮"), wanted)
    yield _offered(editor, "block: {type: [▮]}", ["basic", "bottleneck"])
    yield _offered(editor, "attention: [▮]", ["none", "se", "eca"])
    yield _offered(editor, "extends: ▮", bundled_specs())
    yield _offered(editor, "name: a\n▮", (key.name for key in all_keys() if len(key.path) == 1 and key.name != "name"))
    inserted = editor.offers("block:\n  ▮")
    lists = tuple(f"{name} on one line" for name, text in inserted.items() if "- " in text)
    yield Answer("block:\n  ▮", ", ".join(text.replace("\n", "⏎") for text in inserted.values()), lists)
    section = editor.offers("▮")["stem"]
    yield Answer("stem, chosen at ▮", section.replace("\n", "⏎"), () if section == "stem:\n  " else ("no defaults",))


def _offered(editor: Editor, marked: str, wanted: Iterable[str], path: Path | None = None) -> Answer:
    found = editor.offers(marked, path)
    return Answer(marked, ", ".join(found) or "nothing", tuple(each for each in wanted if each not in found))


def hovers(editor: Editor) -> Iterator[Answer]:
    """Each key's description, with its bounds and its default."""
    for key in all_keys():
        written = _line(key, _example(key))
        place = written.rindex(key.path[-1])
        shown = editor.shows(f"{written[:place]}▮{written[place:]}")
        wanted = key.node["description"]
        yield Answer(f"▮{key.name}", wanted if wanted in shown else shown, () if wanted in shown else (wanted,))


def _line(key: Key, value: str) -> str:
    """A line that gives a key a value."""
    first, *rest = ("layer1.0" if step == "*" else step for step in key.path)
    for step in reversed(rest):
        value = f"{{{step}: {value}}}"
    return f"{first}: {value}"


def _example(key: Key) -> str:
    """A value of the right form."""
    if key.is_section:
        return "{}"
    return str((*enumeration(key.node), key.node.get("default", 1))[0])


def mistakes(editor: Editor) -> Iterator[Answer]:
    """What is said about them, and nothing about specs without any."""
    for line, wanted in MISTAKES.items():
        yield _said(line, editor.faults(f"name: a\nextends: resnet18\n{line}\n"), wanted)
    name = "A name is a letter followed by up to 63 letters, digits, `_`, `.` or `-`."
    yield _said("name: 1a", editor.faults("name: 1a\nextends: resnet18\n"), name)
    yield _said("block: {}", editor.faults("name: a\nblock: {}\nstages: {depths: [1]}\n"), 'Missing property "type".')
    opened = {spec: editor.server.open(path, path.read_text("utf-8")) for spec, path in bundled_specs().items()}
    found = " ".join(f"{spec}: {fault}" for spec, faults in opened.items() for fault in faults)
    yield Answer(f"the {len(opened)} bundled specs", found or "nothing", ("nothing",) if found else ())


def _said(question: str, found: Sequence[str], wanted: str) -> Answer:
    return Answer(question, " ".join(found) or "nothing", () if list(found) == [wanted] else (wanted,))


def associations(editor: Editor) -> Iterator[Answer]:
    """A file is a spec by its name, or by its first line; others are left alone."""
    made = editor.folder / "made.yaml"
    text = made.read_text("utf-8")
    yield _offered(editor, f"{text}\nblock: {{type: ▮}}", ["basic", "bottleneck"], made)
    other = editor.offers("block: {type: ▮}", editor.folder / "other.yaml")
    yield Answer("block: {type: ▮} in other.yaml", ", ".join(other) or "nothing", ("nothing",) if other else ())


PARTS: tuple[Callable[[Editor], Iterator[Answer]], ...] = (completions, associations, hovers, mistakes)


def session(command: Sequence[str], folder: Path) -> list[Answer]:
    """All answers of the server that this command starts, about specs in an empty folder."""
    new = [sys.executable, "-m", "resnet_dsl", "new", "made", "--from", "resnet18", "--quiet"]
    subprocess.run(new, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    yaml = {name.removeprefix("yaml."): value for name, value in SETTINGS.items()}
    offline = {"schemaStore": {"enable": False}}  # the public schemas are on another machine
    with LanguageServer(command, folder, {"yaml": yaml | offline}) as server:
        editor = Editor(server, folder)
        return [answer for part in PARTS for answer in part(editor)]


def installed() -> list[str] | None:
    """The command that starts the server, if it is installed."""
    return ["yaml-language-server", "--stdio"] if shutil.which("yaml-language-server") else None


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    command = installed() or ["npx", "--yes", SERVER, "--stdio"]
    if shutil.which(command[0]) is None:
        print("needs yaml-language-server, or Node.js with npx", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        answers = session(command, Path(folder).resolve())
    for question, found, missing in answers:
        shown = question if len(question) < 48 else f"…{question[-47:]}"
        print(f"{shown.replace(chr(10), '⏎'):<50}{found if len(found) < 100 else f'{found[:99]}…'}")
        for each in missing:
            print(f"    missing: {each}")
    failed = sum(1 for answer in answers if answer.missing)
    print(f"{len(answers)} answers; {failed} lack something")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
