"""data/idx.py: IDX files as MNIST, Fashion-MNIST, EMNIST and KMNIST are published."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.image_files import noise
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

TRAIN, TEST = noise(12, 28, 28), noise(4, 28, 28, seed=1)
CODES = {"u1": 8, ">i2": 11, ">f4": 13}


def write_idx(path: Path, array: np.ndarray, dtype: str = "u1") -> None:
    content = struct.pack(f">4B{array.ndim}I", 0, 0, CODES[dtype], array.ndim, *array.shape)
    content += array.astype(dtype).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_set(folder: Path, prefix: str = "", test: str = "t10k", ending: str = "-ubyte.gz", first: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for split, images in (("train", TRAIN), (test, TEST)):
        write_idx(folder / f"{prefix}{split}-images-idx3{ending}", images)
        write_idx(folder / f"{prefix}{split}-labels-idx1{ending}", np.arange(len(images)) % 3 + first)
    return folder


@pytest.mark.parametrize("ending", ["-ubyte.gz", "-ubyte"])
@pytest.mark.parametrize("given", ["", "train-images-idx3", "train-labels-idx1"])
def test_a_set_is_found_by_its_folder_or_a_file(tmp_path: Path, ending: str, given: str):
    folder = write_set(tmp_path / "digits", ending=ending)
    dataset = load_dataset(str(folder / (given + ending) if given else folder))
    np.testing.assert_array_equal(dataset.images[..., 0], np.concatenate([TRAIN, TEST]))
    assert dataset.held_out.tolist() == [False] * 12 + [True] * 4
    assert dataset.info.class_names == ("0", "1", "2")
    assert dataset.info.name == "digits"
    assert dataset.labels is not None
    assert dataset.labels[12:].tolist() == [0, 1, 2, 0]


def test_the_held_out_images_alone_are_a_set(tmp_path: Path):
    folder = write_set(tmp_path / "digits")
    dataset = load_dataset(str(folder / "t10k-images-idx3-ubyte.gz"))
    np.testing.assert_array_equal(dataset.images[..., 0], TEST)


def test_emnist_is_stored_by_columns_and_names_its_letters(tmp_path: Path):
    folder = write_set(tmp_path / "gzip", "emnist-letters-", test="test", first=1)
    (folder / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    dataset = load_dataset(str(folder))
    np.testing.assert_array_equal(dataset.images[:12, ..., 0], TRAIN.swapaxes(1, 2))
    assert dataset.info.class_names == ("Aa", "Bb", "Cc")
    assert dataset.info.held_out_images == 4


def test_several_sets_in_a_folder_are_named(tmp_path: Path):
    for prefix in ("emnist-letters-", "emnist-digits-"):
        write_set(tmp_path / "gzip", prefix, test="test")
    with pytest.raises(UserError, match="several sets: give one of the files emnist-digits-train"):
        load_dataset(str(tmp_path / "gzip"))
    dataset = load_dataset(str(tmp_path / "gzip" / "emnist-digits-train-images-idx3-ubyte.gz"))
    assert dataset.info.name == "emnist-digits"


@pytest.mark.parametrize("dtype", [">i2", ">f4"])
def test_other_numbers_are_read_too(tmp_path: Path, dtype: str):
    write_idx(tmp_path / "images.idx", TRAIN.astype(int) if dtype == ">i2" else TRAIN / 255, dtype)
    np.testing.assert_array_equal(load_dataset(str(tmp_path / "images.idx")).images[..., 0], TRAIN)


@pytest.mark.parametrize("damage", ["cut", "longer", "more rows", "no images", "packed bomb", "wrong labels"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, damage: str):
    folder = write_set(tmp_path / "digits")
    path = folder / "train-images-idx3-ubyte.gz"
    content = gzip.decompress(path.read_bytes())
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-500])
    elif damage == "longer":
        path.write_bytes(gzip.compress(content + b"\0"))
    elif damage == "more rows":
        path.write_bytes(gzip.compress(content[:4] + struct.pack(">I", 13) + content[8:]))
    elif damage == "no images":
        path.write_bytes(gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 0, 28, 28)))
    elif damage == "packed bomb":
        path.write_bytes(gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 28, 28)))
    else:
        write_idx(folder / "train-labels-idx1-ubyte.gz", np.arange(11))
    with pytest.raises(UserError, match=r"idx[13]-ubyte\.gz") as caught:
        load_dataset(str(folder))
    assert str(caught.value).isprintable()
