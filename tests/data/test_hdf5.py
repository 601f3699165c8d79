"""data/hdf5.py: arrays of HDF5 files as sources, also damaged and malicious ones."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.image_files import noise
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

IMAGES = noise(14, 16, 18)


def test_arrays_in_groups_are_found_by_their_names(tmp_path: Path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["train/images"], file["train/labels"] = IMAGES[:8], np.arange(8) % 3
        file.create_dataset("test/images", data=IMAGES[8:], compression="gzip")
        file["list_classes"] = np.array([b"a", b"b", b"c"])
    dataset = load_dataset(str(tmp_path / "a.h5"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert dataset.columns.label.tolist() == [0, 1, 2, 0, 1, 2, 0, 1] + [-1] * 6
    assert dataset.info.held_out_images == 6
    assert dataset.info.class_names == ("a", "b", "c")


def test_data_in_other_files_are_not_read(tmp_path: Path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["images"] = IMAGES
    IMAGES.tofile(tmp_path / "raw")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = h5py.ExternalLink("other.h5", "images")
        file.create_dataset("images", IMAGES.shape, "u1", external=[(str(tmp_path / "raw"), 0, IMAGES.size)])
    with pytest.raises(UserError, match="it holds none"):
        load_dataset(str(tmp_path / "a.h5"))


def test_a_claim_larger_than_the_file_is_refused(tmp_path: Path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("images", (10**6, 64, 64), "u1", chunks=(1, 64, 64))
    with pytest.raises(UserError, match="claims more than the file can hold"):
        load_dataset(str(tmp_path / "a.h5"))


def test_a_damaged_file_is_refused(tmp_path: Path):
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 500)
    with pytest.raises(UserError, match="cannot be read as HDF5"):
        load_dataset(str(tmp_path / "a.h5"))


def test_texts_of_any_length_are_labels_and_objects_are_named(tmp_path: Path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"], file["labels"] = IMAGES, [f"ä {number % 3}" for number in range(14)]
        file.create_dataset("ragged", (3,), dtype=h5py.vlen_dtype(np.int32))
    dataset = load_dataset(str(tmp_path / "a.h5"))
    assert dataset.info.class_names == ("ä 0", "ä 1", "ä 2")
    assert "Not used, since they hold no plain numbers or texts: ragged." in dataset.info.notes
