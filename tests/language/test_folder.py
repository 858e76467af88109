"""Specs among the files of a folder, and references from one."""

from pathlib import Path

import pytest

from resnet_dsl.language.document.files import files_of
from resnet_dsl.language.folder import Folder, is_spec, read_folder
from resnet_dsl.language.starter import reference_from
from resnet_dsl.limits import MAX_BYTES

from ..helpers import TINY

PIPELINE = "stages: [build, test]\nvariables: {a: 1}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TINY, True),
        ("extends: resnet18\n", True),
        ("EXTENDS: resnet18\nNAME: a\n", True),
        ("stage: 1", True),
        ("extend: resnet18", True),
        ("blocks: {}", True),
        ("block: {}\ncolour: red\n", False),
        ("block: {}\nname: a\ncolour: red\n", True),
        ("name: a\nhead: {}\n", False),
        ("stages: [1, 2.5]\n", True),
        ("stages: []\n", True),
        ("stages: [build]\n", False),
        ("stages: [1, build]\n", False),
        ("stages: [[1]]\n", False),
        ("stages: [build]\nblock: {}\n", True),
        (PIPELINE, False),
        ("", False),
        ("5", False),
        ("block: {\n", True),
        ("BLOCK : {\n", True),
        ("  block: {\n", False),
        ("block: {\na: 1\nb: 2\n", False),
        ("block: {\nname: a\nb: 2\n", True),
        ("block: {\n$schema: a\nb-c: 2\n1d: 3\n", True),
        ("stages: [build\n", True),
    ],
)
def test_a_file_is_a_spec_by_its_keys(text: str, expected: bool) -> None:
    """One that decides, and more than half that a spec has; by its lines where it cannot be read."""
    assert is_spec("a.yaml", text.encode()) is expected
    assert is_spec("a.resnet.yaml", text.encode())
    assert is_spec("a.resnet.yml", text.encode())
    assert is_spec("a.resnet.yaml.yaml", text.encode()) is expected


def test_a_file_in_another_encoding_is_known_by_its_lines() -> None:
    """UTF-16 has a null byte in each letter."""
    assert is_spec("a.yaml", "name: a\nblock: {}\n".encode("utf-16"))
    assert not is_spec("a.yaml", PIPELINE.encode("utf-16"))
    assert is_spec("a.yaml", b"block: \xff\n")
    assert is_spec("a.yaml", TINY.encode() + b"#" * MAX_BYTES)


def test_a_folder_is_read_with_its_subfolders(tmp_path: Path) -> None:
    """In alphabetical order, without what is hidden or is no file."""
    for name, text in {
        "b.yaml": TINY,
        "a.yml": TINY,
        "c.resnet.yaml": "",
        "d.yaml": PIPELINE,
        "e.txt": TINY,
        ".f.yaml": TINY,
        "sub/g.yaml": TINY,
        "sub/deep/h.yml": PIPELINE,
        ".hidden/i.yaml": TINY,
        "large.yaml": TINY + "#" * MAX_BYTES,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "folder.yaml").mkdir()
    specs = tuple(tmp_path / name for name in ("a.yml", "b.yaml", "c.resnet.yaml", "large.yaml", "sub/g.yaml"))
    others = tuple(tmp_path / name for name in ("d.yaml", "sub/deep/h.yml"))
    assert read_folder(tmp_path) == Folder(specs, others)
    assert read_folder(tmp_path / "folder.yaml") == Folder((), ())
    with pytest.raises(FileNotFoundError):
        read_folder(tmp_path / "nowhere")


def test_the_files_of_a_spec_are_those_that_can_be_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own and its parents', without bundled ones; what a faulty text extends is not known."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name, text in {
        "child.yaml": "name: child\nextends: sub/parent.yaml\n",
        "sub/parent.yaml": "name: parent\nextends: resnet18\n",
        "orphan.yaml": "name: orphan\nextends: nowhere.yaml\n",
        "faulty.yaml": "name: [\nextends: child.yaml\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert files_of("child.yaml") == ((Path("child.yaml"), Path("sub/parent.yaml")), True)
    assert files_of("sub/parent.yaml") == ((Path("sub/parent.yaml"),), True)
    assert files_of("orphan.yaml") == ((Path("orphan.yaml"), Path("nowhere.yaml")), False)
    assert files_of("faulty.yaml") == ((Path("faulty.yaml"),), False)
    assert files_of("nowhere.yaml") == ((Path("nowhere.yaml"),), False)
    assert files_of("resnet18") == ((), True)
    assert files_of("git:HEAD:child.yaml") == ((), True)


def test_a_reference_means_the_same_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to that folder, unless it is a bundled name or absolute; never a bundled name by accident."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    sub = Path("sub")
    assert reference_from(sub, "resnet18") == "resnet18"
    assert reference_from(sub, str(tmp_path / "a.yaml")) == str(tmp_path / "a.yaml")
    assert reference_from(Path(), "./a.yaml") == "./a.yaml"
    assert reference_from(tmp_path, "a.yaml") == "a.yaml"
    assert reference_from(sub, "a.yaml") == "../a.yaml"
    assert reference_from(sub, "sub/a.yaml") == "a.yaml"
    assert reference_from(sub, "sub/resnet18") == "./resnet18"
    (tmp_path / "target").mkdir()
    (tmp_path / "sub" / "link.yaml").symlink_to(tmp_path / "target" / "b.yaml")
    assert reference_from(sub, "sub/link.yaml") == "link.yaml"
