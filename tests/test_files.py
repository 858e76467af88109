"""Output files are written atomically."""

import shutil
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.files import check_writable, write_file


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """The old one stays until the new one is complete; no temporary files are left."""
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)

    def write(beside: Path) -> None:
        beside.write_text("new")
        assert path.read_text() == "old"
        assert beside.parent.parent == path.parent
        assert beside.parent.name.startswith(".a.")
        assert beside.parent.name.endswith(".part")

    write_file(path, write)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_write_leaves_no_partial_file(tmp_path: Path, error: type[BaseException]) -> None:
    """The old file stays, the partial one is removed."""
    path = tmp_path / "a"
    path.write_text("old")

    def write(beside: Path) -> None:
        beside.write_text("half")
        beside.with_name("of the writer's own").write_text("half")
        raise error

    with pytest.raises(error):
        write_file(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_waits_for_the_cleanup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt during the removal of the temporary folder is raised after it."""
    original = shutil.rmtree
    interrupts = [KeyboardInterrupt]

    def interrupted(folder: Path, *, ignore_errors: bool) -> None:
        if interrupts:
            raise interrupts.pop()
        original(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a", lambda beside: beside.write_text("new"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    """The target of the link is written."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_file(link, lambda beside: beside.write_text("new"))
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_system_error_is_one_diagnostic(tmp_path: Path) -> None:
    """RD507, with the reason."""

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentFault) as caught:
        write_file(tmp_path / "a", full)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message) == ("RD507", f"cannot write `{tmp_path / 'a'}`: no space left on device")
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_path_is_found_before_the_work(tmp_path: Path) -> None:
    """A directory, and a file in a directory that does not exist."""
    for path in (tmp_path, tmp_path / "missing" / "a"):
        with pytest.raises(EnvironmentFault):
            check_writable(path)
    check_writable(tmp_path / "a")


def test_files_that_belong_to_the_first_come_along(tmp_path: Path) -> None:
    """Those that have its name and an extension more; others are removed with the folder."""

    def write(beside: Path) -> None:
        beside.write_text("new")
        beside.with_name("a.data").write_text("data")
        beside.with_name("ab").write_text("of the writer's own")

    (tmp_path / "a.data").write_text("old")
    write_file(tmp_path / "a", write)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "new", "a.data": "data"}
