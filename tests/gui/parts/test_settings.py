"""Runs that are remembered between launches."""

import shutil
from pathlib import Path

from vae_explorer.gui.parts.settings import open_settings, recent_runs, remember_run, run_to_open
from vae_explorer.run.places import BUILTIN, find_run


def test_recent_runs_list_newest_first_without_deleted_ones(tmp_path: Path) -> None:
    settings = open_settings()
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        remember_run(settings, tmp_path / name)
    remember_run(settings, tmp_path / "a")
    (tmp_path / "b").rmdir()
    settings.sync()
    assert recent_runs(open_settings()) == [tmp_path / "a", tmp_path / "c"]


def test_the_last_run_is_opened_next_unless_it_was_deleted(tiny_run_folder: Path) -> None:
    settings = open_settings()
    assert run_to_open(None, settings) == (find_run(BUILTIN), None)
    settings.setValue("lastRun", str(tiny_run_folder))
    assert run_to_open(None, settings)[0] == tiny_run_folder
    shutil.rmtree(tiny_run_folder)
    assert run_to_open(None, settings)[0] == find_run(BUILTIN)
