"""data/matlab.py: MATLAB files of both kinds as sources, also damaged ones."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io

from tests.image_files import noise
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

IMAGES = noise(30, 20, 20, 3)
LABELS = (np.arange(30) % 10 + 1)[:, None]  # counted from 1, as in SVHN


def save(path: Path, kind: str, arrays: dict[str, Any]) -> str:
    if kind == "version 5":
        scipy.io.savemat(path, arrays, do_compression=True)
        return str(path)
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            stored = file.create_dataset(name, data=np.ascontiguousarray(array.T))
            stored.attrs["MATLAB_class"] = np.bytes_("double" if array.dtype.kind == "f" else array.dtype.name)
        text = file.create_dataset("text", data=np.array([[97], [98]], np.uint16))
        text.attrs["MATLAB_class"] = np.bytes_("char")
        file["#refs#/a"] = np.zeros((20, 20, 20))
    return str(path)


@pytest.mark.parametrize("kind", ["version 7.3", pytest.param("version 5", marks=pytest.mark.long)])
def test_images_are_upright_whichever_axis_they_lie_along(tmp_path: Path, kind: str):
    for stored, images in ((np.moveaxis(IMAGES, 0, -1), IMAGES), (IMAGES[..., 0], IMAGES[..., :1])):
        source = save(tmp_path / "train_32x32.mat", kind, {"X": stored, "y": LABELS.astype(float)})
        dataset = load_dataset(source)
        np.testing.assert_array_equal(dataset.images, images)
        assert dataset.columns.label.tolist() == (LABELS[:, 0] - 1).tolist()
        assert "The classes are counted from 1 as in MATLAB: of digits, 10 is the digit 0." in dataset.info.notes


@pytest.mark.parametrize("kind", ["version 5", "version 7.3"])
def test_images_that_are_not_square_lie_along_the_last_axis(tmp_path: Path, kind: str):
    images = noise(30, 18, 20)
    dataset = load_dataset(save(tmp_path / "a.mat", kind, {"faces": np.moveaxis(images, 0, -1)}))
    np.testing.assert_array_equal(dataset.images[..., 0], images)
    assert "faces has its images along the last axis." in dataset.info.notes


@pytest.mark.long
def test_flat_images_are_read_row_by_row_but_those_of_emnist_column_by_column(tmp_path: Path):
    images = IMAGES[..., 0]
    flat = {"data": images.reshape(30, -1).T, "label": LABELS.T.astype(float)}
    dataset = load_dataset(save(tmp_path / "mnist-original.mat", "version 5", flat))
    np.testing.assert_array_equal(dataset.images[..., 0], images)
    turned = images.swapaxes(1, 2).reshape(30, -1)
    parts = {"train": {"images": turned[:20], "labels": LABELS[:20]}, "test": {"images": turned[20:]}}
    dataset = load_dataset(save(tmp_path / "emnist-digits.mat", "version 5", {"dataset": parts}))
    np.testing.assert_array_equal(dataset.images[..., 0], images)
    assert dataset.info.held_out_images == 10


def test_images_in_columns_are_found_by_their_shape(tmp_path: Path):
    faces = noise(300, 28, 20)
    source = save(tmp_path / "frey_rawface.mat", "version 5", {"ff": faces.reshape(300, -1).T})
    with pytest.raises(UserError, match="--row-shape"):
        load_dataset(source)
    np.testing.assert_array_equal(load_dataset(source, ImageOptions(shape=(28, 20))).images[..., 0], faces)


@pytest.mark.parametrize("content", [b"MATLAB 5.0 MAT-file" + b" " * 200, b"\x89HDF\r\n\x1a\n" + b"\0" * 500, b""])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.mat cannot be read"):
        load_dataset(str(tmp_path / "a.mat"))
