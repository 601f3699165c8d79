"""files.py: a file is written whole or not at all."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from vae_explorer.errors import UserError
from vae_explorer.files import refusal, replacing

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="uses a file system of Linux")


def test_what_was_written_is_there_afterwards_and_nothing_else(tmp_path: Path):
    path = tmp_path / "new.txt"
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert list(tmp_path.glob("*.txt")) == list(tmp_path.glob("**/*.txt")) == [path]


def test_until_the_end_the_old_file_is_what_others_read(tmp_path: Path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_the_temporary_path_keeps_the_ending_that_writers_look_at(tmp_path: Path):
    with replacing(tmp_path / "codes.npz") as temporary:
        assert temporary.suffix == ".npz"
        assert temporary.parent == tmp_path


@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, existing: bool):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "file.txt"
    if existing:
        path.write_text("old")

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert [file.name for file in folder.iterdir()] == (["file.txt"] if existing else [])
    assert not existing or path.read_text() == "old"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read_the_file_as_the_umask_says(tmp_path: Path):
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "file.txt") as temporary:
            temporary.write_text("")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file.txt").stat().st_mode) == 0o640


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(UserError, match=r"the folder .*nowhere does not exist"), replacing(tmp_path / "nowhere" / "a"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows reports another error")
def test_a_path_below_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be written: Not a directory"), replacing(tmp_path / "file" / "a"):
        pass


def test_a_folder_with_the_name_of_the_file_stays(tmp_path: Path):
    (tmp_path / "taken.txt" / "inside").mkdir(parents=True)
    with (
        pytest.raises(UserError, match=r"taken\.txt is not a file"),
        replacing(tmp_path / "taken.txt") as temporary,
    ):
        temporary.write_text("new")
    assert (tmp_path / "taken.txt" / "inside").is_dir()
    assert not list(tmp_path.glob(".taken*"))


@linux_only
def test_a_folder_without_write_permission_is_refused():
    with pytest.raises(UserError, match=r"^/proc/run\.toml cannot be written: "), replacing(Path("/proc/run.toml")):
        pass


@linux_only
def test_a_device_that_is_full_is_called_full(tmp_path: Path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(UserError, match=r"The disk is full: .*file\.txt was not written"), replacing(path):
        Path("/dev/full").write_text("new")
    assert path.read_text() == "old"


def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_else(small_disk: Path):
    path = small_disk / "file.bin"
    path.write_bytes(b"old")
    with pytest.raises(UserError, match="The disk is full"), replacing(path) as temporary:
        temporary.write_bytes(bytes(80_000_000))
    assert [file.name for file in small_disk.iterdir()] == ["file.bin"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EACCES, "permission denied"),
        (errno.EROFS, "permission denied"),
        (errno.ENOENT, "does not exist"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_a_refusal_says_the_reason_and_a_way_out(number: int, words: str):
    text = refusal(Path("folder/file.png"), OSError(number, os.strerror(number)))
    assert words in text
    assert "file.png" in text
    assert "choose another" in text.lower()
