"""Finding the file of an image, of a run that may come from somebody else."""

from dataclasses import replace
from pathlib import Path

import pytest

from vae_explorer.data.names import pack_names
from vae_explorer.errors import UserError
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.original_file import original_file
from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run


def named(run: Run, name: str, source: str) -> Subject:
    """The small run, whose first image has this name in this folder."""
    subject = run_subject(run, None)
    names = pack_names([name, *(f"{row}.png" for row in range(1, len(subject.z_mean)))])
    return replace(subject, columns=replace(subject.columns, names=names), images_source=source)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "images"
    (found / "a").mkdir(parents=True)
    for name in ("a/1.png", "stack.tif", "run.sh", "plain"):
        (found / name).touch()
    (tmp_path / "secret.png").touch()
    return found


@pytest.mark.parametrize(("name", "file"), [("a/1.png", "a/1.png"), ("stack.tif#3", "stack.tif")])
def test_the_file_is_found(tiny_run: Run, folder: Path, name: str, file: str) -> None:
    assert original_file(named(tiny_run, name, str(folder)), 0) == folder / file


def test_a_page_of_a_tiff_file_is_in_that_file(tiny_run: Run, folder: Path) -> None:
    assert original_file(named(tiny_run, "stack.tif#1", str(folder / "stack.tif")), 0) == folder / "stack.tif"


@pytest.mark.parametrize("name", ["../secret.png", "a/../../secret.png", "/etc/hostname", "gone.png", "a", "x\0.png"])
def test_nothing_outside_the_folder_is_found(tiny_run: Run, folder: Path, name: str) -> None:
    with pytest.raises(UserError, match="any more"):
        original_file(named(tiny_run, name, str(folder)), 0)


@pytest.mark.parametrize("name", ["run.sh", "plain"])
def test_only_images_are_opened(tiny_run: Run, folder: Path, name: str) -> None:
    with pytest.raises(UserError, match="no ending of an image"):
        original_file(named(tiny_run, name, str(folder)), 0)


def test_without_the_data_there_is_no_file(tiny_run: Run) -> None:
    with pytest.raises(UserError, match="locate the data"):
        original_file(named(tiny_run, "a/1.png", ""), 0)


def test_images_that_are_no_files_have_none(tiny_run: Run) -> None:
    with pytest.raises(UserError, match="not read from files of their own"):
        original_file(run_subject(tiny_run, None), 0)
