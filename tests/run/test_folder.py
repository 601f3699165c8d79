"""run/folder.py: the folder of a new run is complete at the end, or as it was before."""

import shutil
from pathlib import Path

import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.folder import check_folder, new_run
from vae_explorer.run.opening import open_run


def test_free_folder_is_free(tmp_path: Path) -> None:
    assert not check_folder(tmp_path / "new", overwrite=False)
    (tmp_path / "empty").mkdir()
    assert not check_folder(tmp_path / "empty", overwrite=False)


def test_locked_folder_is_refused_while_it_is_written(tmp_path: Path) -> None:
    with new_run(tmp_path / "run", overwrite=False), pytest.raises(UserError, match="another process"):
        check_folder(tmp_path / "run", overwrite=True)


def test_lock_file_of_a_crash_does_not_occupy_a_folder(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").touch()
    assert not check_folder(tmp_path / "run", overwrite=False)


def test_nothing_is_left_of_a_run_that_was_not_written(tmp_path: Path) -> None:
    with new_run(tmp_path / "run", overwrite=False) as folder:
        (folder / "history.csv").write_text("half")
    assert list(tmp_path.iterdir()) == []


def crash_while_overwriting(folder: Path) -> None:
    """The folders that a killed process leaves: the old run renamed, the new one begun."""
    folder.rename(folder.with_name(f".{folder.name}.previous"))
    folder.mkdir()
    (folder / ".lock").touch()
    (folder / "history.csv").write_text("half")


def test_run_set_aside_by_a_crash_is_not_taken_for_a_free_folder(tiny_run_folder: Path) -> None:
    crash_while_overwriting(tiny_run_folder)
    with pytest.raises(UserError, match="exists already"):
        check_folder(tiny_run_folder, overwrite=False)


def test_run_set_aside_by_a_crash_comes_back_when_the_next_training_fails(tiny_run_folder: Path) -> None:
    crash_while_overwriting(tiny_run_folder)
    with new_run(tiny_run_folder, overwrite=True) as folder:
        (folder / "history.csv").write_text("half again")
    assert open_run(tiny_run_folder).info.epochs == 2


def test_run_set_aside_by_a_crash_goes_once_a_new_one_is_whole(tiny_run_folder: Path, tmp_path: Path) -> None:
    fresh = Path(shutil.copytree(tiny_run_folder, tmp_path / "fresh"))
    crash_while_overwriting(tiny_run_folder)
    with new_run(tiny_run_folder, overwrite=True) as folder:
        shutil.copytree(fresh, folder, dirs_exist_ok=True)
    open_run(tiny_run_folder)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["fresh", "tiny"]


def test_files_that_a_crash_left_half_written_do_not_occupy_a_folder(tiny_run_folder: Path) -> None:
    crash_while_overwriting(tiny_run_folder)
    (tiny_run_folder / f".codes-{'0a' * 16}.npz").write_text("half")
    assert check_folder(tiny_run_folder, overwrite=True)
    assert open_run(tiny_run_folder).info.epochs == 2


def test_a_stranger_s_file_keeps_what_a_crash_left(tiny_run_folder: Path) -> None:
    crash_while_overwriting(tiny_run_folder)
    (tiny_run_folder / f".thesis-{'0a' * 16}.txt").write_text("years of work")
    with pytest.raises(UserError, match="is not a run"):
        check_folder(tiny_run_folder, overwrite=True)
