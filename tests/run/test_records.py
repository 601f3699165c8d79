"""run/records.py: what a table shows of runs, whole and damaged."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest

from vae_explorer.run.places import LOCK
from vae_explorer.run.records import find_paths, read_record, size_of
from vae_explorer.run.run import Run


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that a training is writing."""
    folder = tmp_path / "training"
    folder.mkdir()
    with filelock.FileLock(folder / LOCK):
        yield folder


def test_a_whole_run_has_its_settings_date_and_size(tiny_run: Run) -> None:
    record = read_record(tiny_run.folder)
    assert (record.name, record.status, record.reason, record.info) == ("tiny", "whole", "", tiny_run.info)
    assert record.size == sum(path.stat().st_size for path in tiny_run.folder.rglob("*") if path.is_file())
    assert record.date.isoformat() == tiny_run.info.created


def test_a_damaged_run_has_the_reason(tiny_run_folder: Path) -> None:
    (tiny_run_folder / "run.toml").write_text("format = 1\n", encoding="utf-8")
    record = read_record(tiny_run_folder)
    assert (record.name, record.status, record.info) == ("tiny", "damaged", None)
    assert "is damaged" in record.reason


def test_a_run_without_its_description_is_listed_with_the_reason(tiny_run_folder: Path) -> None:
    (tiny_run_folder / "run.toml").unlink()
    assert find_paths(tiny_run_folder.parent) == [tiny_run_folder]
    assert "no run.toml" in read_record(tiny_run_folder).reason


def test_a_run_in_training_says_so(locked: Path) -> None:
    assert find_paths(locked.parent) == [locked]
    assert read_record(locked).status == "in training"


def test_each_run_is_listed_once_and_nothing_that_is_none(tiny_run_folder: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    (runs / "photographs").mkdir(parents=True)
    (runs / "table.csv").touch()
    inside = Path(shutil.move(tiny_run_folder, runs / "tiny"))
    (runs / ".tiny.previous").mkdir()
    assert find_paths(runs, [inside, runs / "gone"]) == [inside]
    assert find_paths(tmp_path / "nowhere", [inside]) == [inside]


def test_links_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1234")
    inside = tmp_path / "folder"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "one")
    assert size_of(tmp_path / "one") == 4
    assert size_of(inside) == (inside / "link").lstat().st_size
