"""run/bookmarks.py: the file of bookmarks."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import edit_toml, replaced
from vae_explorer.errors import UserError
from vae_explorer.run.bookmarks import LONGEST, Bookmark, as_code, bookmark_name, exchange_bookmark, read_bookmarks
from vae_explorer.run.folder import new_run
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BOOKMARKS, BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder, InPage

A = Bookmark("a four, with a loop", as_code(np.float32([0.1, -2])))
B = Bookmark("\u05d0", as_code([1 / 3, 0]), "seven")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The shipped run as if it were in a folder of its own."""
    shutil.copy(find_run(BUILTIN) / "run.toml", tmp_path)
    return replace(open_run(find_run(BUILTIN)), storage=InFolder(tmp_path))


def test_they_are_read_as_they_were_kept(run: Run, tmp_path: Path) -> None:
    assert read_bookmarks(run) == ()
    exchange_bookmark(run, None, B, 0)
    assert exchange_bookmark(run, None, A, 0) == (A, B)
    assert read_bookmarks(run) == (A, B)
    lines = (tmp_path / BOOKMARKS).read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["name,z1,z2,class", '"a four, with a loop",0.1,-2.0,']


def test_one_is_exchanged_in_its_place_and_what_another_window_added_stays(run: Run) -> None:
    for at, mark in enumerate((A, B)):
        exchange_bookmark(run, None, mark, at)
    other = Bookmark("other", A.code)
    assert exchange_bookmark(run, A, other, 9) == (other, B)
    assert exchange_bookmark(run, other, None, 0) == (B,)
    assert exchange_bookmark(run, other, None, 0) == (B,)
    assert exchange_bookmark(run, None, other, 0) == (other, B)
    assert exchange_bookmark(run, None, other, 0) == (other, B)


def test_a_table_of_a_spreadsheet_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / BOOKMARKS).write_text("\ufeffZ2;Name;Z1\n1;a;0.5\n\n", encoding="utf-8")
    assert read_bookmarks(run) == (Bookmark("a", (0.5, 1.0)),)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"name,z1\na,1\n", b"name,z1,z2\na,1,b\n", b"name,z1,z2\na,1,nan\n", b"name,z1,z2\n ,1,2\n"],
)  # fmt: skip
def test_a_damaged_file_is_explained_and_never_overwritten(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / BOOKMARKS).write_bytes(content)
    for refused in (lambda: read_bookmarks(run), lambda: exchange_bookmark(run, None, A, 0)):
        with pytest.raises(UserError, match=BOOKMARKS):
            refused()
    assert (tmp_path / BOOKMARKS).read_bytes() == content


def test_those_of_the_shipped_run_and_of_a_page_are_kept_in_the_users_folder(run: Run, tmp_path: Path) -> None:
    shipped, page = open_run(find_run(BUILTIN)), replace(run, storage=InPage(tmp_path / "page.html"))
    exchange_bookmark(shipped, None, A, 0)
    assert not (shipped.folder / BOOKMARKS).exists()
    assert read_bookmarks(shipped) == read_bookmarks(page) == (A,)


@pytest.fixture
def whole_run(tiny_run_folder: Path) -> Run:
    """A run with a bookmark that can be replaced by another."""
    run = open_run(tiny_run_folder)
    exchange_bookmark(run, None, A, 0)
    return run


def test_a_run_that_replaces_one_of_the_same_images_takes_them_over(whole_run: Run) -> None:
    said = replaced(whole_run, whole_run.info.dataset.fingerprint)
    assert said == ["The bookmarks of the run that was replaced are kept: the new network decodes other images there."]
    assert read_bookmarks(open_run(whole_run.folder)) == (A,)


@pytest.mark.parametrize(("fingerprint", "latent_dim"), [("others", 2), ("", 3)])
def test_those_in_another_latent_space_are_kept_apart_and_this_is_said(
    whole_run: Run, fingerprint: str, latent_dim: int
) -> None:
    content = (whole_run.folder / BOOKMARKS).read_bytes()
    edit_toml(whole_run.folder, lambda toml: toml["config"].update(latent_dim=latent_dim))
    [said] = replaced(whole_run, fingerprint or whole_run.info.dataset.fingerprint)
    [kept] = whole_run.folder.glob("bookmarks-*.csv")
    assert said.endswith(f"had bookmarks in another latent space: they are kept in {kept.name}.")
    assert kept.read_bytes() == content
    assert read_bookmarks(open_run(whole_run.folder)) == ()


def test_those_set_while_the_run_is_being_replaced_are_kept_with_it(whole_run: Run) -> None:
    with new_run(whole_run.folder, overwrite=True) as folder:
        exchange_bookmark(whole_run, None, B, 1)
        assert not (folder / BOOKMARKS).exists()
    assert read_bookmarks(whole_run) == (A, B)


def test_those_of_a_run_that_is_gone_are_not_written_into_another(whole_run: Run) -> None:
    replaced(whole_run, "others")
    exchange_bookmark(whole_run, None, B, 0)
    assert read_bookmarks(whole_run) == (B,)
    assert read_bookmarks(open_run(whole_run.folder)) == ()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a" * (LONGEST + 1)])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(UserError, match="one line"):
        bookmark_name(name)
