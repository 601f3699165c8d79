"""gui/parts/trash.py: what is trashed can be taken back."""

import os
from pathlib import Path

import pytest

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.trash import Trashed, move_to_trash, take_back


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, on a system with a trash."""
    Path(os.environ["XDG_DATA_HOME"]).mkdir(parents=True)
    path = tmp_path / "folder"
    path.mkdir()
    (path / "file").write_text("content", encoding="utf-8")
    return path


def test_a_folder_comes_back_as_it_was(folder: Path) -> None:
    trashed = move_to_trash(folder)
    assert trashed is not None
    assert trashed.kept is not None
    assert not folder.exists()
    take_back(trashed)
    assert (folder / "file").read_text(encoding="utf-8") == "content"
    assert not list(Path(os.environ["XDG_DATA_HOME"]).rglob("*.trashinfo"))


def test_what_exists_again_is_not_replaced(folder: Path) -> None:
    trashed = move_to_trash(folder)
    assert trashed is not None
    folder.mkdir()
    with pytest.raises(UserError, match="exists again"):
        take_back(trashed)


def test_what_the_trash_has_lost_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not found in the trash"):
        take_back(Trashed(tmp_path / "a", tmp_path / "b"))


def test_without_a_trash_everything_stays(tmp_path: Path) -> None:
    assert move_to_trash(tmp_path / "nothing") is None
