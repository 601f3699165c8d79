"""data/dataset.py: reading images and labels, and splitting them."""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data.dataset import HELD_OUT, TRAINING, VALIDATION, Dataset, pixel_count, split
from vae_explorer.data.reading import load_dataset, make_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.config import VALIDATION_SHARE

# How many images of each digit http://yann.lecun.com/exdb/mnist has.
TRAINING_DIGITS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
HELD_OUT_DIGITS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def divided(dataset: Dataset, seed: int, limit: int | None = None) -> np.ndarray:
    return split(dataset, seed, VALIDATION_SHARE, limit)


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_dataset("mnist")


def pictures(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape)).astype(np.uint8)


def saved(path: Path, **arrays: np.ndarray) -> str:
    np.savez_compressed(path, **arrays)
    return str(path)


def test_mnist_ships_whole(mnist: Dataset):
    assert mnist.images.shape == (70_000, 28, 28, 1)
    assert mnist.images.dtype == np.uint8
    assert mnist.info.images == 70_000
    assert mnist.info.held_out_images == 10_000
    assert mnist.info.image_shape == (28, 28, 1)
    assert mnist.info.class_names == tuple("0123456789")
    assert "CC BY-SA 3.0" in mnist.info.licence


def test_mnist_holds_each_digit_as_often_as_published(mnist: Dataset):
    assert mnist.labels is not None
    assert np.bincount(mnist.labels[~mnist.held_out]).tolist() == TRAINING_DIGITS
    assert np.bincount(mnist.labels[mnist.held_out]).tolist() == HELD_OUT_DIGITS


def test_the_fingerprint_is_the_hash_of_shape_and_bytes(mnist: Dataset):
    expected = hashlib.sha256(b"(70000, 28, 28, 1)" + mnist.images.tobytes()).hexdigest()
    assert mnist.info.fingerprint == expected


def test_the_fingerprint_of_mnist_stays_what_it_was(mnist: Dataset):
    # Existing runs record it; with another one they would not recognize their data.
    assert mnist.info.fingerprint == "2df6907a0ed9f64a8658cfa297a1ebf7e82e926001fd6c8656ec7d3955b0d939"


def test_the_fingerprint_follows_the_images_and_nothing_else():
    images, held_out = pictures(4, 16, 16, 1), np.array([False, False, False, True])

    def fingerprint(images: np.ndarray, name: str = "a") -> str:
        return make_dataset(name, "memory", images, None, held_out).info.fingerprint

    changed = images.copy()
    changed[2, 3, 4] ^= 1
    assert fingerprint(images, "b") == fingerprint(images)
    assert fingerprint(np.asfortranarray(images)) == fingerprint(images)
    assert fingerprint(changed) != fingerprint(images)
    assert fingerprint(images.reshape(4, 32, 8, 1)) != fingerprint(images)


def test_mnist_is_divided_into_55000_5000_and_10000(mnist: Dataset):
    splits = divided(mnist, seed=0)
    assert [int((splits == split).sum()) for split in (TRAINING, VALIDATION, HELD_OUT)] == [55_000, 5_000, 10_000]
    np.testing.assert_array_equal(splits == HELD_OUT, mnist.held_out)


def test_validation_is_drawn_by_the_seed(mnist: Dataset):
    first, again, other = divided(mnist, seed=3), divided(mnist, seed=3), divided(mnist, seed=4)
    np.testing.assert_array_equal(first, again)
    shared = int(((first == VALIDATION) & (other == VALIDATION)).sum())
    assert 300 < shared < 550  # of 5,000, by chance a twelfth: 417


def test_validation_is_spread_over_the_images(mnist: Dataset):
    validation = np.flatnonzero(divided(mnist, seed=0) == VALIDATION)
    counts = np.histogram(validation, bins=10, range=(0, 60_000))[0]
    assert counts.min() > 400  # 500 each, standard deviation 21


def test_a_limit_takes_that_many_and_leaves_the_rest_unused(mnist: Dataset):
    splits = divided(mnist, seed=0, limit=1200)
    assert [int((splits == split).sum()) for split in (TRAINING, VALIDATION, HELD_OUT)] == [1100, 100, 10_000]
    assert int((splits == 255).sum()) == 58_800


def test_a_limit_beyond_the_images_takes_all(digits: Dataset):
    np.testing.assert_array_equal(divided(digits, seed=0, limit=10**9), divided(digits, seed=0))


def test_two_images_are_enough_to_divide():
    splits = divided(make_dataset("two", "memory", pictures(2, 16, 16, 1), None, np.zeros(2, bool)), seed=0)
    assert sorted(splits.tolist()) == [TRAINING, VALIDATION]


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_images_to_train_on_are_refused(count: int):
    held_out = np.arange(5) >= count
    with pytest.raises(UserError, match="at least 2"):
        divided(make_dataset("few", "memory", pictures(5, 16, 16, 1), None, held_out), seed=0)


def test_grey_images_without_a_channel_axis_get_one(tmp_path: Path):
    images = pictures(10, 20, 24)
    test = pictures(3, 20, 24, seed=1)
    path = saved(tmp_path / "shapes.npz", x_train=images, y_train=np.arange(10), x_test=test, y_test=np.arange(3))
    dataset = load_dataset(path)
    assert dataset.info.image_shape == (20, 24, 1)
    assert dataset.info.name == "shapes"
    assert dataset.info.source == path
    np.testing.assert_array_equal(dataset.images[..., 0], np.concatenate([images, test]))
    assert dataset.held_out.tolist() == [False] * 10 + [True] * 3


@pytest.mark.parametrize("shape", [(16, 128, 3), (24, 20, 1)])
def test_images_with_channels_are_read_as_they_are(tmp_path: Path, shape: tuple[int, int, int]):
    images = pictures(8, *shape)
    dataset = load_dataset(saved(tmp_path / "own.npz", x_train=images, x_test=images[:1]))
    assert dataset.info.image_shape == shape
    np.testing.assert_array_equal(dataset.images[:8], images)


def test_without_held_out_images_a_seventh_is_drawn_the_same_each_time(tmp_path: Path):
    path = saved(tmp_path / "own.npz", x_train=pictures(70, 16, 16), y_train=np.arange(70))
    dataset = load_dataset(path)
    assert dataset.held_out.sum() == 10
    assert dataset.held_out[:60].any(), "sorted data would lose its last classes"
    np.testing.assert_array_equal(load_dataset(path).held_out, dataset.held_out)
    assert dataset.labels is not None
    assert len(dataset.labels) == 70


def test_labels_become_indices_in_the_class_names(tmp_path: Path):
    labels = np.array([7, -2, 7, 100, 7, 7, 100])
    dataset = load_dataset(saved(tmp_path / "own.npz", x_train=pictures(7, 16, 16), y_train=labels[:, None]))
    assert dataset.info.class_names == ("-2", "7", "100")
    assert dataset.labels is not None
    assert dataset.labels.dtype == np.int32
    assert dataset.labels.tolist() == [1, 0, 1, 2, 1, 1, 2]


def test_images_of_a_split_without_labels_have_no_class(tmp_path: Path):
    images = pictures(7, 16, 16)
    dataset = load_dataset(saved(tmp_path / "own.npz", x_train=images, y_train=np.arange(7), x_test=images[:2]))
    assert dataset.columns.label.tolist() == [0, 1, 2, 3, 4, 5, 6, -1, -1]
    assert dataset.info.class_names == tuple("0123456")


IMAGES = pictures(7, 16, 16)
WRONG_ARRAYS = {
    "flat": ({"x_train": IMAGES.reshape(7, 256)[:, 1:]}, "not a square"),
    "two channels": ({"x_train": pictures(7, 16, 16, 2)}, "shape"),
    "five axes": ({"x_train": pictures(7, 16, 16, 1, 1)}, "no array x_train"),
    "none": ({"x_train": IMAGES[:0]}, "x_train"),
    "no held-out ones": ({"x_train": IMAGES, "x_test": IMAGES[:0]}, "x_test"),
    "other held-out ones": ({"x_train": IMAGES, "x_test": pictures(2, 16, 20)}, "x_test"),
    "too few labels": ({"x_train": IMAGES, "y_train": np.arange(6)}, "one for each image"),
    "labels of several axes": ({"x_train": IMAGES, "y_train": np.zeros((7, 2, 2))}, "one for each image"),
    "too few held-out labels": (
        {"x_train": IMAGES, "y_train": np.arange(7), "x_test": IMAGES, "y_test": np.arange(3)},
        "one for each image",
    ),
}


@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_wrong_arrays_are_refused_by_file_and_reason(tmp_path: Path, case: str):
    arrays, reason = WRONG_ARRAYS[case]
    with pytest.raises(UserError, match=reason) as caught:
        load_dataset(saved(tmp_path / "own.npz", **arrays))
    assert "own.npz" in str(caught.value)


@pytest.mark.parametrize("case", ["pickle", "text", "empty", "one array"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, case: str):
    path = tmp_path / "own.npz"
    if case == "one array":
        with path.open("wb") as file:
            np.save(file, IMAGES)
    else:
        path.write_bytes({"pickle": pickle.dumps({"x_train": IMAGES}), "text": b"hello", "empty": b""}[case])
    with pytest.raises(UserError, match=r"own\.npz is no \.npz archive"):
        load_dataset(str(path))


def test_a_pickle_in_the_archive_is_not_unpickled(tmp_path: Path):
    opened = tmp_path / "opened"

    class Trap:
        def __reduce__(self):
            return Path.touch, (opened,)

    path = saved(tmp_path / "own.npz", x_train=np.array([Trap()], object))
    with pytest.raises(UserError):
        load_dataset(path)
    assert not opened.exists()


def test_a_truncated_archive_is_refused(tmp_path: Path):
    path = Path(saved(tmp_path / "own.npz", x_train=IMAGES))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"own\.npz cannot be read as arrays"):
        load_dataset(str(path))


@pytest.mark.parametrize("mask", [0x01, 0x40, 0xFF])
def test_an_archive_with_a_damaged_byte_is_refused_or_read_as_it_was(tmp_path: Path, mask: int):
    path = Path(saved(tmp_path / "own.npz", x_train=IMAGES, y_train=np.arange(7)))
    good, refused = path.read_bytes(), 0
    for position in range(0, len(good), 7):
        damaged = bytearray(good)
        damaged[position] ^= mask
        path.write_bytes(damaged)
        try:
            np.testing.assert_array_equal(load_dataset(str(path)).images[..., 0], IMAGES)
        except UserError:
            refused += 1
    assert refused > 0.9 * len(range(0, len(good), 7))  # a few bytes of an archive do not matter to the reader


@pytest.mark.parametrize("source", ["nowhere.npz", "cifar", ""])
def test_a_source_that_does_not_exist_is_refused_with_what_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="mnist"):
        load_dataset(source)


def test_another_kind_of_file_is_refused(tmp_path: Path):
    (tmp_path / "images.png").write_bytes(b"")
    with pytest.raises(UserError, match="is one image: give the folder"):
        load_dataset(str(tmp_path / "images.png"))


def test_a_folder_named_like_an_archive_is_refused(tmp_path: Path):
    (tmp_path / "own.npz").mkdir()
    with pytest.raises(UserError, match=r"own\.npz cannot be read"):
        load_dataset(str(tmp_path / "own.npz"))


def test_the_numbers_in_an_image_are_counted():
    assert pixel_count((24, 20, 3)) == 1440
