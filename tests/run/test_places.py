"""run/places.py: where runs lie."""

import sys
from datetime import date
from pathlib import Path

import pytest

from vae_explorer.assets import asset
from vae_explorer.errors import UserError
from vae_explorer.run.places import find_run, free_folder, is_run, new_run_folder, runs_folder


def test_runs_go_to_the_users_data_folder(tmp_path: Path):
    if not sys.platform.startswith("linux"):
        pytest.skip("the fixture moves the user's folders by Linux's variables")
    assert runs_folder() == tmp_path / "home" / "xdg_data_home" / "vae-explorer" / "runs"


def test_a_new_run_gets_a_folder_of_its_own():
    first = new_run_folder("dense")
    assert first.parent == runs_folder()
    assert not first.exists()
    assert date.fromisoformat(first.name[:10]) <= date.today()
    assert first.name[10:] == "-dense"
    first.mkdir(parents=True)
    second = new_run_folder("dense")
    assert second.name == f"{first.name}-2"
    second.mkdir()
    assert new_run_folder("dense").name == f"{first.name}-3"


def test_a_folder_in_which_there_is_something_gets_a_number(tmp_path: Path):
    wanted = tmp_path / "run"
    assert free_folder(wanted) == wanted
    wanted.mkdir()
    assert free_folder(wanted) == wanted
    (wanted / "run.toml").touch()
    (tmp_path / "run-2").touch()
    assert free_folder(wanted) == tmp_path / "run-3"


def test_a_word_names_a_folder_or_the_shipped_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert find_run("~/runs/a") == tmp_path / "runs" / "a"
    assert find_run("runs/a") == Path("runs/a")
    assert find_run("builtin") != Path("builtin")


def test_what_marks_a_run_is_its_run_toml(tiny_run_folder: Path):
    assert is_run(tiny_run_folder)
    (tiny_run_folder / "run.toml").unlink()
    assert not is_run(tiny_run_folder)


def test_a_shipped_file_that_is_missing_asks_for_a_new_installation():
    with pytest.raises(UserError, match=r"no-such-file\.npz is missing"):
        asset("no-such-file.npz")
