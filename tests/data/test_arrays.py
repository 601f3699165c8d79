"""data/arrays.py, data/stacked.py and data/stored_array.py: images in .npy and .npz files, also malicious ones."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.image_files import noise
from vae_explorer.data import stored_array
from vae_explorer.data.options import ImageOptions, parse_shape
from vae_explorer.data.reading import inspect_data, load_dataset
from vae_explorer.errors import UserError

IMAGES = noise(14, 16, 18)


def load_saved(path: Path, array: np.ndarray, **options: object):
    np.save(path / "own.npy", array)
    return load_dataset(str(path / "own.npy"), ImageOptions(**options))  # type: ignore[arg-type]


RANGES = {
    "floats from 0 to 1": (IMAGES / 255, "0 to 1"),
    "half floats from 0 to 1": ((IMAGES / 255).astype(np.float16), "0 to 1"),
    "floats from -1 to 1": ((IMAGES / 127.5 - 1).astype(np.float32), "-1 to 1"),
    "floats of bytes": (IMAGES.astype(np.float32), "0 to 255"),
    "other floats": (IMAGES * 7.0 - 300, "-300 to 1485"),
    "16 bits": (IMAGES.astype(np.uint16) * 257, "0 to 65535"),
    "12 bits": (np.rint(IMAGES * (4095 / 255)).astype(">u2"), "0 to 4095"),
    "wide integers": (IMAGES.astype(np.int64), "0 to 255"),
    "signed integers": (IMAGES.astype(np.int16) - 128, "-128 to 127"),
    "in Fortran's order": (np.asfortranarray(IMAGES), "0 to 255"),
}


@pytest.mark.parametrize("case", RANGES)
def test_values_are_mapped_by_a_look_at_them(tmp_path: Path, case: str):
    array, span = RANGES[case]
    assert (int(IMAGES.min()), int(IMAGES.max())) == (0, 255)
    found = load_saved(tmp_path, array).images[..., 0]
    np.testing.assert_allclose(found.astype(int), IMAGES, atol=1)
    assert span in inspect_data(str(tmp_path / "own.npy")).range_note


@pytest.mark.parametrize("array", [IMAGES > 127, (IMAGES > 127).astype(np.uint8)])
def test_two_levels_are_black_and_white(tmp_path: Path, array: np.ndarray):
    np.testing.assert_array_equal(load_saved(tmp_path, array).images[..., 0], np.where(array, 255, 0))


def test_a_chosen_range_says_what_lies_outside(tmp_path: Path):
    array = IMAGES.astype(np.uint16) * 10
    found = load_saved(tmp_path, array, value_range=(500.0, 1000.0)).images[..., 0]
    np.testing.assert_array_equal(found, np.rint(np.clip((array - 500.0) / 500, 0, 1) * 255))
    report = inspect_data(str(tmp_path / "own.npy"), ImageOptions(value_range=(500, 1000)))
    assert report.range_note == "500 to 1000, as was chosen; there are values outside, which become black or white."


def test_images_with_values_that_are_no_numbers_are_skipped(tmp_path: Path):
    array = IMAGES / 255
    array[3, 4, 5], array[7, 0, 0] = np.nan, np.inf
    dataset = load_saved(tmp_path, array)
    assert [one.name for one in dataset.skipped] == ["image 3", "image 7"]
    np.testing.assert_array_equal(dataset.images[..., 0], np.delete(IMAGES, [3, 7], axis=0))
    assert inspect_data(str(tmp_path / "own.npy")).skipped == dataset.skipped


@pytest.mark.parametrize("axes", ["(N, H, W, 3)", "(N, 3, H, W)"])
def test_colour_comes_last_or_first(tmp_path: Path, axes: str):
    images = noise(5, 20, 24, 3)
    array = images if axes == "(N, H, W, 3)" else images.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(load_saved(tmp_path, array).images, images)


def test_alpha_lies_on_white(tmp_path: Path):
    array = noise(3, 16, 16, 4)
    array[..., 3] = np.where(np.arange(16) < 8, 255, 0)
    images = load_saved(tmp_path, array).images
    np.testing.assert_array_equal(images[:, :, :8], array[:, :, :8, :3])
    assert images[:, :, 8:].min() == 255


@pytest.mark.parametrize(
    ("shape", "brought"), [((8, 8), (16, 16)), ((15, 20), (30, 40)), ((200, 150), (64, 64)), ((128, 16), (128, 16))]
)
def test_sizes_out_of_range_are_brought_into_it(tmp_path: Path, shape: tuple[int, int], brought: tuple[int, int]):
    np.save(tmp_path / "a.npy", noise(4, *shape))
    report = inspect_data(str(tmp_path / "a.npy"))
    assert report.image_shape == (*brought, 1)
    assert load_dataset(str(tmp_path / "a.npy")).info.image_shape == (*brought, 1)


NAMINGS = {
    "images and labels": {"images": IMAGES, "labels": np.arange(14) % 3},
    "x and y": {"X": IMAGES, "y": np.arange(14) % 3},
    "one array": {"arr_0": IMAGES},
    "in three splits": {
        "train_images": IMAGES[:8], "val_images": IMAGES[8:10], "test_images": IMAGES[10:],
        "train_labels": np.arange(8)[:, None] % 3, "val_labels": np.arange(2), "test_labels": np.arange(4) % 2,
    },
}  # fmt: skip


@pytest.mark.parametrize("case", NAMINGS)
def test_arrays_are_found_by_usual_names(tmp_path: Path, case: str):
    np.savez(tmp_path / "own.npz", **NAMINGS[case])
    dataset = load_dataset(str(tmp_path / "own.npz"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert dataset.info.class_names == (() if case == "one array" else ("0", "1", "2"))
    assert dataset.held_out.tolist() == [False] * 10 + [True] * 4 if case == "in three splits" else True


SINGLE = {  # by the names of images and labels
    "image and label": ("image", "label"),
    "images and targets": ("images", "targets"),
    "data and target": ("data", "target"),
    "in capitals": ("IMGS", "Classes"),
    "without names": ("arr_0", "arr_1"),
}


@pytest.mark.parametrize("case", SINGLE)
def test_labels_are_found_by_names(tmp_path: Path, case: str):
    images, labels = SINGLE[case]
    np.savez(tmp_path / "own.npz", **{images: IMAGES, labels: np.arange(14) % 3, "names": np.array([["a"]] * 14)})
    dataset = load_dataset(str(tmp_path / "own.npz"))
    assert dataset.info.class_names == ("0", "1", "2")
    assert "Not used: names (14, 1)." in dataset.info.notes


@pytest.mark.parametrize("names", [("trainX", "trainY", "testX"), ("Xtr", "ytr", "Xte"), ("dev_x", "dev_y", "test_x")])
def test_a_part_without_labels_leaves_the_others_theirs(tmp_path: Path, names: tuple[str, str, str]):
    images, labels, test = names
    np.savez(tmp_path / "own.npz", **{images: IMAGES[:8], labels: np.arange(8) % 3, test: IMAGES[8:]})
    dataset = load_dataset(str(tmp_path / "own.npz"))
    assert dataset.info.class_names == ("0", "1", "2")
    assert dataset.columns.label.tolist() == [0, 1, 2, 0, 1, 2, 0, 1] + [-1] * 6
    assert dataset.held_out.tolist() == [False] * 8 + [True] * 6


def test_validation_arrays_join_training_and_are_said_to(tmp_path: Path):
    np.savez(tmp_path / "own.npz", x_train=IMAGES[:8], x_valid=IMAGES[8:])
    dataset = load_dataset(str(tmp_path / "own.npz"))
    assert dataset.info.held_out_images == 2
    assert any("x_valid join the images for training" in note for note in dataset.info.notes)


def test_images_are_preferred_to_their_flat_rows_and_masks(tmp_path: Path):
    np.savez(tmp_path / "own.npz", data=IMAGES.reshape(14, -1), images=IMAGES, masks=IMAGES > 0)
    dataset = load_dataset(str(tmp_path / "own.npz"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert "Not used: data (14, 288), masks (14, 16, 18)." in dataset.info.notes


def test_flat_rows_of_a_square_are_images_and_are_said_to_be(tmp_path: Path):
    square = noise(14, 16, 16)
    np.savez(tmp_path / "own.npz", X=square.reshape(14, 256), y=np.arange(14) % 3)
    dataset = load_dataset(str(tmp_path / "own.npz"))
    np.testing.assert_array_equal(dataset.images[..., 0], square)
    assert any("256 numbers of each row of X are an image of 16 x 16" in note for note in dataset.info.notes)


def test_other_flat_rows_need_a_shape_width_first(tmp_path: Path):
    with pytest.raises(UserError, match="have 288 numbers, which are not a square"):
        load_saved(tmp_path, IMAGES.reshape(14, 288))
    dataset = load_saved(tmp_path, IMAGES.reshape(14, 288), shape=parse_shape("18x16"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)


@pytest.mark.parametrize(("text", "first"), [("20x16x3", False), ("3x20x16", True)])
def test_flat_rows_in_colour_have_channels_first_or_last(tmp_path: Path, text: str, first: bool):
    images = noise(5, 16, 20, 3)
    rows = (images.transpose(0, 3, 1, 2) if first else images).reshape(5, -1)
    np.testing.assert_array_equal(load_saved(tmp_path, rows, shape=parse_shape(text)).images, images)


@pytest.mark.parametrize("order", ["C", "F"])
def test_images_along_the_last_axis_are_found_and_said(tmp_path: Path, order):
    images = noise(14, 16, 20, 3)
    np.savez(
        tmp_path / "own.npz", X=np.asarray(images.transpose(1, 2, 3, 0), order=order), y=np.arange(14)[:, None] % 3
    )
    dataset = load_dataset(str(tmp_path / "own.npz"))
    np.testing.assert_array_equal(dataset.images, images)
    assert dataset.columns.label.tolist() == [number % 3 for number in range(14)]
    assert "X has its images along the last axis." in dataset.info.notes


def test_the_number_of_labels_tells_along_which_axis_grey_images_are(tmp_path: Path):
    np.savez(tmp_path / "own.npz", X=IMAGES.transpose(1, 2, 0), y=np.arange(14) % 3)
    np.testing.assert_array_equal(load_dataset(str(tmp_path / "own.npz")).images[..., 0], IMAGES)


def test_texts_are_classes_and_fractions_a_column(tmp_path: Path):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.array(["left", "right"] * 7))
    assert load_dataset(str(tmp_path / "a.npz")).info.class_names == ("left", "right")
    np.savez(tmp_path / "b.npz", images=IMAGES, labels=np.arange(14) / 4)
    dataset = load_dataset(str(tmp_path / "b.npz"))
    assert dataset.labels is None
    assert dataset.info.value_names == ("labels",)
    np.testing.assert_array_equal(dataset.columns.values[:, 0], np.arange(14) / 4)


@pytest.mark.parametrize("way", ["beside.npy", "beside.csv", "given.npy", "given.csv", "given.npz"])
def test_labels_are_beside_an_array_or_given(tmp_path: Path, way: str):
    labels = np.arange(14) % 2 + 5
    name, ending = ("own-labels" if way.startswith("beside") else "elsewhere"), way.partition(".")[2]
    path = tmp_path / f"{name}.{ending}"
    if ending == "csv":
        path.write_text("label,angle\n" + "".join(f"{label},{number}\n" for number, label in enumerate(labels)))
    else:
        (np.save if ending == "npy" else np.savez)(path, labels)
    dataset = load_saved(tmp_path, IMAGES, labels="" if way.startswith("beside") else str(path))
    assert dataset.info.class_names == ("5", "6")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == (labels - 5).tolist()
    assert dataset.info.value_names == (("angle",) if ending == "csv" else ())


@pytest.mark.parametrize(
    "labels",
    [
        np.arange(13),
        np.zeros((14, 1001)),
        np.zeros((14, 2, 2)),
        np.array([["a", "b"]] * 14),
        np.array(["a"] * 14, object),
    ],
)
def test_labels_of_wrong_shape_or_type_are_refused(tmp_path: Path, labels: np.ndarray):
    np.save(tmp_path / "labels.npy", labels, allow_pickle=True)
    with pytest.raises(UserError, match=r"labels\.npy"):
        load_saved(tmp_path, IMAGES, labels=str(tmp_path / "labels.npy"))


def test_several_arrays_of_images_are_named(tmp_path: Path):
    np.savez(tmp_path / "own.npz", a=IMAGES, b=IMAGES)
    with pytest.raises(UserError, match=r"it holds a \(14, 16, 18\), b \(14, 16, 18\)"):
        load_dataset(str(tmp_path / "own.npz"))


# Malicious files


def header(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return stream.getvalue()


def test_a_header_that_claims_more_than_the_file_holds_is_refused(tmp_path: Path):
    (tmp_path / "a.npy").write_bytes(header((10**9, 64, 64)) + b"\0" * 1000)
    with pytest.raises(UserError, match=r"claims 4,096,000,000,000 bytes, but it holds 1,000"):
        load_dataset(str(tmp_path / "a.npy"))


def test_an_archive_that_claims_another_size_than_its_header_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", header((10**6, 64, 64)) + b"\0" * 10**6)
    with pytest.raises(UserError, match=r"claims 4,096,000,000 bytes, but it holds 1,000,000"):
        load_dataset(str(tmp_path / "a.npz"))


def test_an_archive_that_lies_about_what_it_unpacks_to_is_refused(tmp_path: Path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", header((10**6, 64, 64)) + b"\0" * 10**6)
    claimed = len(header((10**6, 64, 64))) + 4_096_000_000
    content = path.read_bytes()
    position = content.index(b"PK\1\2") + 24
    path.write_bytes(content[:position] + claimed.to_bytes(4, "little") + content[position + 4 :])
    with pytest.raises(UserError, match="can unpack to"):
        load_dataset(str(path))


def test_a_bomb_that_is_an_honest_array_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", header((20_000, 64, 64)) + b"\2" * (20_000 * 64 * 64))
    monkeypatch.setattr("vae_explorer.data.cache.MOST_BYTES", 50_000_000)
    monkeypatch.setattr("vae_explorer.data.stacked.IN_MEMORY", 50_000_000)
    with pytest.raises(UserError, match="choose a smaller size"):
        load_dataset(str(tmp_path / "a.npz"))


def test_names_outside_the_archive_write_no_file(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("../../outside.npy", header((14, 16, 18)) + IMAGES.tobytes())
    np.testing.assert_array_equal(load_dataset(str(tmp_path / "a.npz")).images[..., 0], IMAGES)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
    assert not (tmp_path.parent.parent / "outside.npy").exists()


def test_an_array_too_large_to_be_read_at_once_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stored_array, "WHOLE", 1000)
    with pytest.raises(UserError, match="save it in C order"):
        load_saved(tmp_path, np.asfortranarray(IMAGES))


def test_an_array_of_objects_is_left_unused_and_named(tmp_path: Path):
    np.savez(tmp_path / "a.npz", metadata=np.array({"a": 1}, dtype=object), imgs=IMAGES, labels=np.array([None] * 14))
    dataset = load_dataset(str(tmp_path / "a.npz"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert not dataset.info.class_names
    assert "Not used, since they hold no plain numbers or texts: metadata, labels." in dataset.info.notes


def test_numbers_beside_the_images_are_there_to_colour_by(tmp_path: Path):
    values = np.arange(42).reshape(14, 3) / 7
    np.savez(tmp_path / "a.npz", imgs=IMAGES, latents_values=values, angle=values[:, 0], other=np.zeros((3, 5)))
    dataset = load_dataset(str(tmp_path / "a.npz"))
    assert dataset.info.value_names == ("latents_values 0", "latents_values 1", "latents_values 2", "angle")
    np.testing.assert_allclose(dataset.columns.values, np.concatenate([values, values[:, :1]], axis=1), rtol=1e-6)
    assert dataset.info.notes[:2] == (
        "Images: 'imgs' without labels. Numbers to colour by: 'latents_values', 'angle'.", "Not used: other (3, 5).",
    )  # fmt: skip


SQUARES = noise(40, 16, 16)
COLUMNS = {
    "by their labels": ({"x": SQUARES.reshape(40, 256).T, "label": np.arange(40)[None] % 4}, None),
    "by a square": ({"ff": noise(300, 16, 16).reshape(300, 256).T}, None),
    "by their shape": ({"ff": noise(300, 16, 20).reshape(300, 320).T}, (16, 20)),
    "as squares": ({"ff": SQUARES.transpose(1, 2, 0)}, None),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_images_along_the_last_axis_are_found(tmp_path: Path, case: str):
    arrays, shape = COLUMNS[case]
    np.savez(tmp_path / "a.npz", **arrays)
    dataset = load_dataset(str(tmp_path / "a.npz"), ImageOptions(shape=shape))
    images = next(iter(arrays.values()))
    expected = np.moveaxis(images, -1, 0).reshape(dataset.images.shape)
    np.testing.assert_array_equal(dataset.images, expected)
    assert "has its images along the last axis" in " ".join(dataset.info.notes)


def test_class_names_do_not_turn_one_hot_labels(tmp_path: Path):
    np.savez(tmp_path / "a.npz", x=noise(64, 16, 16), y=np.eye(4)[np.arange(64) % 4], names=np.array(list("abcd")))
    assert load_dataset(str(tmp_path / "a.npz")).info.class_names == ("a", "b", "c", "d")


@pytest.mark.parametrize("key", ["class_names", "label_names", "classes"])
def test_texts_name_the_classes(tmp_path: Path, key: str):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.arange(14) % 3, **{key: np.array(["ant", "bee", "cat"])})
    assert load_dataset(str(tmp_path / "a.npz")).info.class_names == ("ant", "bee", "cat")
    np.savez(tmp_path / "b.npz", images=IMAGES, labels=np.arange(14) % 3, **{key: np.array(["ant", "bee"])})
    dataset = load_dataset(str(tmp_path / "b.npz"))
    assert dataset.info.class_names == ("0", "1", "2")
    assert f"Not used: {key}, which does not name each class." in dataset.info.notes
