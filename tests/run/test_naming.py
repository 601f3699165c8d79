"""run/naming.py: names and notes that are changed after a run was written."""

from pathlib import Path

import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.naming import keep_note, note_of, rename_run
from vae_explorer.run.opening import open_run, read_info
from vae_explorer.run.places import BUILTIN, NOTE, find_run


def test_a_note_is_kept_in_an_open_file_and_the_run_stays_whole(tiny_run_folder: Path) -> None:
    keep_note(tiny_run_folder, "  with the new scanner ")
    assert (tiny_run_folder / NOTE).read_text(encoding="utf-8") == "with the new scanner\n"
    assert note_of(tiny_run_folder, open_run(tiny_run_folder).info) == "with the new scanner"


def test_an_emptied_note_does_not_bring_that_of_the_training_back(tiny_run_folder: Path) -> None:
    info = read_info(tiny_run_folder)
    keep_note(tiny_run_folder, "")
    assert note_of(tiny_run_folder, info) == ""


def test_a_renamed_run_is_whole_and_where_it_was(tiny_run_folder: Path) -> None:
    before = read_info(tiny_run_folder)
    rename_run(tiny_run_folder, " Größer, β = 4 ")
    after = open_run(tiny_run_folder).info
    assert after.name == "Größer, β = 4"
    assert (after.origin, after.quality, after.created) == (before.origin, before.quality, before.created)


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_a_name_is_one_short_line(tiny_run_folder: Path, name: str) -> None:
    with pytest.raises(UserError, match="one line of 1 to 100 characters"):
        rename_run(tiny_run_folder, name)


def test_the_built_in_run_keeps_its_name() -> None:
    with pytest.raises(UserError, match="belongs to the program"):
        rename_run(find_run(BUILTIN), "mine")


def test_a_folder_that_is_no_run_is_not_renamed(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a run"):
        rename_run(tmp_path, "mine")
