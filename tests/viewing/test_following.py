"""Changes of files as editors make them."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="needs the extra `view`")
pytest.importorskip("uvicorn", reason="needs the extra `view`")
pytest.importorskip("watchfiles", reason="needs the extra `view`")

from resnet_dsl.viewing import following
from resnet_dsl.viewing.following import changes


def write(path: Path) -> None:
    path.write_text("new")


def rename_over(path: Path) -> None:
    draft = path.with_name("draft~")
    draft.write_text("new")
    draft.replace(path)


def move_away_first(path: Path) -> None:
    path.rename(path.with_name("backup~"))
    path.write_text("new")


@pytest.mark.parametrize("save", [write, rename_over, move_away_first])
@pytest.mark.parametrize("is_linked", [False, True])
def test_every_way_of_saving_is_noticed(
    save: Callable[[Path], None], is_linked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place, by renaming a new file, by moving the old one away; and where the name is a link to the file.

    Nothing is told before that, although other files in the folder change.
    """
    monkeypatch.setattr(following, "_AGAIN", 60_000)  # so that only a sign of change is told
    file = tmp_path / "folder" / "net.yaml"
    file.parent.mkdir()
    file.write_text("old")
    followed = file
    if is_linked:
        followed = tmp_path / "link.yaml"
        followed.symlink_to(file)

    async def story() -> None:
        async with aclosing(changes([followed])) as told:
            first = asyncio.ensure_future(anext(told))
            await asyncio.sleep(0.2)
            (file.parent / "other.yaml").write_text("other")
            await asyncio.sleep(0.3)
            assert not first.done()
            save(file)
            await asyncio.wait_for(first, 20)

    asyncio.run(story())


def test_files_are_looked_at_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing tells of changes, as where a folder does not exist yet."""
    monkeypatch.setattr(following, "_AGAIN", 50)

    async def story() -> None:
        async with aclosing(changes([tmp_path / "missing" / "net.yaml"])) as told:
            await asyncio.wait_for(anext(told), 20)

    asyncio.run(story())
