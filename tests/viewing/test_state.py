"""A spec that is being edited: which files count, what is shown of it, and what is kept while it is wrong."""

from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="needs the extra `view`")
pytest.importorskip("uvicorn", reason="needs the extra `view`")
pytest.importorskip("watchfiles", reason="needs the extra `view`")

from resnet_dsl.language.document.files import files_of
from resnet_dsl.viewing.state import State, refreshed
from tests.helpers import TINY


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of a parent, which extends a bundled spec."""
    monkeypatch.chdir(tmp_path)
    Path("parent.yaml").write_text("name: parent\nextends: resnet18\n")
    Path("child.yaml").write_text("name: child\nextends: parent.yaml\n")


def test_the_files_of_a_spec_are_those_that_can_be_edited() -> None:
    """Itself and its parents, not bundled specs; after a fault, those that are found, and that there may be more."""
    assert files_of("child.yaml") == ((Path("child.yaml"), Path("parent.yaml")), True)
    assert files_of("resnet50") == ((), True)
    Path("parent.yaml").unlink()
    assert files_of("child.yaml") == ((Path("child.yaml"), Path("parent.yaml")), False)
    Path("child.yaml").write_text("name: [\n")
    assert files_of("child.yaml") == ((Path("child.yaml"),), False)
    assert files_of("missing.yaml") == ((Path("missing.yaml"),), False)


def test_nothing_is_new_until_a_file_is() -> None:
    """The same state, not an equal one, however often it is read."""
    state = refreshed(State("child.yaml"))
    assert refreshed(state) is state
    Path("parent.yaml").write_text("name: parent\nextends: resnet34\n")
    assert refreshed(state).version == 2


def test_the_last_good_network_stays_while_the_spec_is_wrong() -> None:
    """With the faults; and once it is mended, a parent that no good version had is followed too."""
    good = refreshed(State("child.yaml"))
    Path("parent.yaml").write_text("name: parent\nextends: resnet18\nstagez: {}\n")
    wrong = refreshed(good)
    assert (wrong.good, wrong.start) == (good.good, good.start)
    assert [fault.code for fault in wrong.faults] == ["RD203"]
    Path("parent.yaml").write_text("name: [\n")
    unreadable = refreshed(wrong)
    assert set(unreadable.contents) == {Path("child.yaml"), Path("parent.yaml")}
    Path("parent.yaml").write_text("name: parent\nextends: resnet34\n")
    mended = refreshed(unreadable)
    assert mended.faults == ()
    assert mended.good is not None
    assert mended.good[1].depth == 34


def test_the_start_is_the_first_good_version() -> None:
    """If the file is wrong at the start, what it is when it is mended."""
    Path("child.yaml").write_text(TINY + "nonsense: 1\n")
    wrong = refreshed(State("child.yaml"))
    assert wrong.start is None
    assert "Nothing to draw yet" in wrong.page()
    assert "unknown key `nonsense`" in wrong.page()
    Path("child.yaml").write_text(TINY)
    mended = refreshed(wrong)
    assert mended.start == mended.good
    assert mended.start is not None


def test_a_page_shows_the_difference_if_it_is_asked_for() -> None:
    """Only if there is one: names and descriptions make none."""
    start = refreshed(State("child.yaml"))
    Path("child.yaml").write_text("name: renamed\ndescription: other\nextends: parent.yaml\n")
    renamed = refreshed(start)
    assert 'id="compare"' not in renamed.page(is_compared=True)
    Path("child.yaml").write_text("name: child\nextends: parent.yaml\nhead: {classes: 7}\n")
    changed = refreshed(renamed)
    assert 'id="compare"' in changed.page()
    assert 'id="change"' not in changed.page()
    compared = changed.page(is_compared=True)
    assert "<del title=" in compared
    assert ">1000</del>" in compared
    assert ">7</ins>" in compared
    assert "marked" in compared


def test_options_hold_for_every_version() -> None:
    """What `--set` says is set in the file's later versions too."""
    state = refreshed(State("child.yaml", ("head.classes=3",)))
    Path("parent.yaml").write_text("name: parent\nextends: resnet34\n")
    state = refreshed(state)
    assert state.good is not None
    assert (state.good[1].depth, state.good[1].output_shape) == (34, (3,))
