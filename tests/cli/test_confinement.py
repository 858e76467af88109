"""A spec runs nothing, and reaches only files named on the command line and those that `extends` leads to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WATCHED = """
import json, os, sys
from resnet_dsl.cli import run

def main(arguments):
    sys.argv = ["resnet-dsl", *arguments]
    return run()

first, second, root = map(json.loads, sys.argv[1:])
main(first)  # everything imported or created on first use exists by now
own = tuple(os.path.realpath(path) + os.sep for path in (sys.prefix, sys.base_prefix, root))
events = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.fsdecode(arguments[0])
        if not os.path.realpath(path).startswith(own):
            writes = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            if events[-1:] != [["write" if writes else "read", path]]:  # an opener opens the file a second time
                events.append(["write" if writes else "read", path])
    elif event in ("os.rename", "os.link", "os.symlink"):
        events.append([event, *map(str, arguments[:2])])
    elif event.startswith(("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "socket.", "urllib.")):
        events.append([event, repr(arguments)])

sys.addaudithook(watch)
status = main(second)
print(json.dumps([status, events]), file=sys.__stderr__)
"""
"""Runs a command twice, the second time recording every file that is opened and every program that is run."""

PROSE = json.dumps("file:secret.yaml $(cat secret.yaml) `touch harm` {{ open('secret.yaml') }} !include secret.yaml")
"""Texts that other YAML readers, templates and shells would act on."""

SPEC = f"""\
$schema: ./secret.yaml
name: net
description: {PROSE}
reference: ../secret.yaml
extends: parents/one.yaml
input: {{size: 32}}
"""
ONE = f"name: one\ndescription: {PROSE}\nextends: ../two.yaml\n"
TWO = "name: two\nextends: resnet20\nstages: {depths: [1, 1, 1]}\n"


Event = list[str]


def watched(first: list[str], second: list[str], cwd: Path) -> tuple[int, list[Event]]:
    """Exit status of the second command, and what it did outside the folders of Python and of the project."""
    root = str(Path(__file__).parents[2])
    result = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(json.dumps, (first, second, root))],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": "", "PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
        check=True,
    )
    status, events = json.loads(result.stderr.splitlines()[-1])
    return status, events


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The spec, its parents, and a file that no spec extends."""
    (tmp_path / "parents").mkdir()
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "parents" / "one.yaml").write_text(ONE)
    (tmp_path / "two.yaml").write_text(TWO)
    (tmp_path / "secret.yaml").write_text("name: secret\n")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "written", "programs"),
    [
        ("validate", [], 0),
        ("show", [], 0),
        ("summary", [], 0),
        ("explain", [], 0),
        ("draw", ["net.svg"], 1),
        ("draw -o a.dot", ["a.dot"], 0),
        ("build --device cpu", [], 0),
        ("build --device cpu -o w.safetensors", ["w.safetensors"], 0),
        ("build --device cpu -o w.pt", ["w.pt"], 0),
        ("new mine --from", ["resnet-dsl.schema.json", "mine.yaml"], 0),
    ],
)
def test_a_command_touches_only_what_it_names_and_what_that_extends(
    command: str, written: list[str], programs: int, folder: Path
) -> None:
    """It reads only those, writes next to its own files, and runs only the drawing program."""
    words = command.split()
    first = [*words, "resnet20"] if words[0] != "new" else ["show", "resnet20"]
    status, events = watched(first, [*words, "spec.yaml"], folder)
    outside = [*dict.fromkeys((kind, what) for kind, what, *_ in events if ".part" not in what)]
    renamed = [event[2] for event in events if event[0] == "os.rename"]
    assert status == 0
    assert outside[:3] == [("read", "spec.yaml"), ("read", "parents/one.yaml"), ("read", "parents/../two.yaml")]
    assert [event[0] for event in outside[3:]] == ["subprocess.Popen"] * programs
    assert all("graphviz-pure', '-Tsvg']" in event[1] for event in outside[3:])
    assert renamed == [str(folder / name) for name in written]


def test_a_refused_spec_reaches_no_other_files(folder: Path) -> None:
    """Neither does one with features that the language lacks."""
    wrong = 'name: !!python/object/apply:os.system ["touch harm"]\ninclude: secret.yaml\n'
    (folder / "wrong.yaml").write_text(wrong)
    assert watched(["validate", "resnet20"], ["validate", "wrong.yaml"], folder) == (1, [["read", "wrong.yaml"]])


def test_every_watched_access_is_detected(folder: Path) -> None:
    """Reading, writing and running are detected; otherwise the tests above would prove nothing."""
    script = WATCHED.replace(
        "status = main(second)",
        "open('secret.yaml'); open('harm', 'w'); os.system(''); os.rename('harm', 'x'); status = 0",
    )
    result = subprocess.run(
        [sys.executable, "-c", script, '["list", "resnet20"]', "[]", '"/nowhere"'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    _, events = json.loads(result.stderr.splitlines()[-1])
    assert [event[0] for event in events] == ["read", "write", "os.system", "os.rename"]
