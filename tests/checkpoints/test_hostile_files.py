"""Hostile files of weights: nothing in them runs, and reading them takes bounded time and memory."""

import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from resnet_dsl.checkpoints.files import Inert, read_content
from resnet_dsl.checkpoints.stored import Stored
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault

from ..evidence.audit import watched
from ..evidence.weights_target import check, check_inference
from ..hostile_weights import CODE, LARGE, LIES, torch_archive, within_a_mapping


@pytest.mark.parametrize("name", CODE)
def test_nothing_runs_and_nothing_is_imported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bare, in a mapping and in an archive; Python's own audit sees no import, no call and no file written."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights"
    for data in (CODE[name], within_a_mapping(CODE[name]), torch_archive(CODE[name])):
        path.write_bytes(data)
        check(path)
    assert [*tmp_path.iterdir()] == [path]


def test_what_would_run_is_read_as_what_it_is(tmp_path: Path) -> None:
    """The placeholder has the name of the function and its arguments."""
    for name in ("REDUCE", "INST", "OBJ", "REDUCE by a name in the memo"):
        (tmp_path / "w").write_bytes(within_a_mapping(CODE[name]))
        tree = read_content(tmp_path / "w").tree
        assert isinstance(tree, dict)
        call = tree["conv1.weight"]
        assert isinstance(call, Inert)
        assert (call.name, call.arguments) == ("os.system", ("echo > marker",))


@pytest.mark.parametrize("name", LIES)
def test_lies_are_found_out(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What opens has only tensors whose elements are there; the rest is refused."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights"
    path.write_bytes(LIES[name]())
    check(path)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_pickles_end(name: str, tmp_path: Path) -> None:
    """In a spec or a fault; without limits, some would take hours or all memory."""
    (tmp_path / "weights").write_bytes(LARGE[name]())
    check_inference(tmp_path / "weights")


def test_the_audit_sees_what_a_pickle_could_do(tmp_path: Path) -> None:
    """Otherwise its silence would prove nothing."""
    for action in (
        lambda: exec("pass"),
        lambda: os.system("true"),
        lambda: (tmp_path / "a").write_text("a"),
        lambda: os.open(tmp_path / "b", os.O_CREAT | os.O_WRONLY),
        lambda: __import__("antigravity_of_no_kind"),
        lambda: (tmp_path / "a").unlink(),
    ):
        with watched() as events, suppress(ImportError):
            action()
        assert events


def test_a_file_that_changes_is_not_read(tmp_path: Path) -> None:
    """Neither its old nor its new elements are given: its header may no longer hold."""
    path = tmp_path / "w.npz"
    data = b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }".ljust(80) + b"\0" * 4
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", data)
    tree = read_content(path).tree
    assert isinstance(tree, dict)
    entry = tree["a"]
    assert isinstance(entry, Stored)
    assert entry.read() == b"\0" * 4
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(EnvironmentFault, match="it has changed while it was read"):
        entry.read()
