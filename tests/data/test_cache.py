"""data/cache.py: images that were read once are mapped, and read again when anything changes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.image_files import noise, write_pictures
from vae_explorer.data import cache as image_cache
from vae_explorer.data import folder as image_folder
from vae_explorer.data import stacked as stacked_images
from vae_explorer.data.cache import cache_folder
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import inspect_data, load_dataset, make_dataset
from vae_explorer.errors import UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "set", 9, 16, 20)
    (tmp_path / "set" / "bad.png").write_bytes(b"bad")
    return tmp_path / "set"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list to which every file is added that is decoded after this call."""
    paths: list[Path] = []
    read: Callable[..., np.ndarray] = image_folder.read_image

    def counted(path: Path, *arguments: Any) -> np.ndarray:
        paths.append(path)
        return read(path, *arguments)

    monkeypatch.setattr(image_folder, "read_image", counted)
    return paths


def kept() -> list[Path]:
    return sorted(cache_folder().iterdir())


def test_a_second_reading_decodes_nothing_and_is_the_same(folder: Path, decoded: list[Path]):
    first = load_dataset(str(folder))
    assert len(decoded) == 10
    second = load_dataset(str(folder))
    assert len(decoded) == 10
    assert second.info == first.info
    assert second.skipped == first.skipped
    np.testing.assert_array_equal(second.images, first.images)
    np.testing.assert_array_equal(second.held_out, first.held_out)
    assert isinstance(second.images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        second.images[0] = 0


def test_the_fingerprint_is_that_of_the_same_images_in_memory(folder: Path):
    dataset = load_dataset(str(folder))
    same = make_dataset("a", "b", np.array(dataset.images), None, dataset.held_out)
    assert same.info.fingerprint == dataset.info.fingerprint


@pytest.mark.parametrize("change", ["content", "another file", "one file fewer", "options"])
def test_a_changed_source_is_read_again(folder: Path, decoded: list[Path], change: str):
    before = load_dataset(str(folder)).info.fingerprint
    options = ImageOptions()
    if change == "content":
        Image.fromarray(noise(16, 20, seed=5)).save(folder / "000.png")
    elif change == "another file":
        Image.fromarray(noise(16, 20, seed=5)).save(folder / "more.png")
    elif change == "one file fewer":
        (folder / "000.png").unlink()
    else:
        options = ImageOptions(invert=True)
    assert load_dataset(str(folder), options).info.fingerprint != before
    assert len(decoded) > 15


@pytest.mark.parametrize("damage", ["shorter", "no json", "no rows"])
def test_a_damaged_entry_is_made_again(folder: Path, damage: str):
    before = load_dataset(str(folder))
    fingerprint, pixels = before.info.fingerprint, np.array(before.images)
    (entry,) = kept()
    if damage == "shorter":
        content = (entry / "images").read_bytes()
        (entry / "images").unlink()
        (entry / "images").write_bytes(content[:-1])
    elif damage == "no json":
        (entry / "about.json").write_text("{")
    else:
        (entry / "rows.npy").unlink()
    again = load_dataset(str(folder))
    assert again.info.fingerprint == fingerprint
    np.testing.assert_array_equal(again.images, pixels)
    assert kept() == [entry]


def test_sets_that_were_not_used_for_longest_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image_cache, "MOST_BYTES", 2 * 9 * 16 * 20)
    names: list[Path] = []
    for number in range(3):
        write_pictures(tmp_path / str(number), 9, 16, 20, seed=number)
        load_dataset(str(tmp_path / str(number)))
        names += [path for path in kept() if path not in names]
        os.utime(names[-1] / "about.json", (1000 + number,) * 2)
        if number == 1:
            load_dataset(str(tmp_path / "0"))  # used again
    assert kept() == sorted([names[0], names[2]])


def test_images_that_do_not_fit_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image_cache, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match="choose a smaller size"):
        load_dataset(str(folder))


def test_a_large_array_is_kept_and_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    np.save(tmp_path / "a.npy", noise(30, 16, 16))
    small = load_dataset(str(tmp_path / "a.npy"))
    assert not isinstance(small.images, np.memmap)
    monkeypatch.setattr(stacked_images, "IN_MEMORY", 1000)
    large = load_dataset(str(tmp_path / "a.npy"))
    assert isinstance(large.images, np.memmap)
    assert large.info == small.info


def test_where_the_usual_cache_cannot_be_written_a_temporary_one_is_used_and_that_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a file").write_text("")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert isinstance(load_dataset(str(folder)).images, np.memmap)
    assert cache_folder().is_relative_to(tmp_path / "temporary")
    (warning,) = inspect_data(str(folder)).warnings
    assert "cannot be written" in warning


def test_the_environment_chooses_the_cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VAE_EXPLORER_CACHE", str(tmp_path / "chosen"))
    load_dataset(str(folder))
    assert len(list((tmp_path / "chosen").iterdir())) == 1
    assert not inspect_data(str(folder)).warnings


def test_a_chosen_cache_that_cannot_be_written_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("VAE_EXPLORER_CACHE", str(tmp_path / "a file"))
    with pytest.raises(UserError, match="It was chosen for the cache"):
        load_dataset(str(folder))
