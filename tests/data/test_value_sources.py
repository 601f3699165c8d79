"""The value range of image files and arrays, and of runs that were made before it was kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.data.fitting import Scale
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import inspect_data, load_again, load_dataset

RANDOM = np.random.default_rng(0)
MASKS = RANDOM.integers(0, 2, (20, 32, 32)).astype(np.uint8)
LABELS = RANDOM.integers(0, 21, (20, 32, 32)).astype(np.uint8)
PHOTOS = np.clip(RANDOM.normal(90, 30, (20, 32, 32)), 0, 180).astype(np.uint8)
DEEP = RANDOM.integers(0, 3901, (20, 32, 32)).astype(np.uint16)


def saved(folder: Path, images: np.ndarray, ending: str = "png", **options: object) -> str:
    folder.mkdir(exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number:03}.{ending}", **options)
    return str(folder)


def array(path: Path, images: np.ndarray) -> str:
    np.save(path, images)
    return str(path)


@pytest.mark.parametrize("images", [MASKS, LABELS])
def test_masks_as_files_are_as_those_in_an_array(tmp_path: Path, images: np.ndarray) -> None:
    files = load_dataset(saved(tmp_path / "files", images))
    stacked = load_dataset(array(tmp_path / "stacked.npy", images))
    np.testing.assert_array_equal(files.images, stacked.images)
    assert (files.images.min(), files.images.max()) == (0, 255)
    assert "8-bit values: 0 to " in inspect_data(str(tmp_path / "files")).range_note


def test_masks_of_one_bit_and_in_colour_are_black_and_white(tmp_path: Path) -> None:
    bits = load_dataset(saved(tmp_path / "bits", MASKS.astype(bool)))
    colour = load_dataset(saved(tmp_path / "colour", MASKS[..., None].repeat(3, axis=3)), ImageOptions(color="grey"))
    np.testing.assert_array_equal(bits.images[..., 0], MASKS * 255)
    np.testing.assert_array_equal(colour.images, bits.images)


def test_masks_that_are_resized_keep_soft_edges(tmp_path: Path) -> None:
    halves = np.repeat((np.arange(66) < 33).astype(np.uint8)[None], 64, axis=0)
    images = load_dataset(saved(tmp_path / "masks", [halves] * 3), ImageOptions(size=(32, 33), fit="stretch")).images
    assert len(np.unique(images)) > 2


def test_what_alpha_hides_does_not_count(tmp_path: Path) -> None:
    clear = np.dstack([LABELS[0]] * 3 + [np.full((32, 32), 255, np.uint8)])
    clear[:4] = (255, 255, 255, 0)
    assert "0 to 20" in inspect_data(saved(tmp_path / "clear", [clear])).range_note


def test_dark_photographs_stay(tmp_path: Path) -> None:
    np.testing.assert_array_equal(load_dataset(saved(tmp_path / "photos", PHOTOS)).images[..., 0], PHOTOS)


def test_a_deep_tiff_whose_zero_is_white_is_no_negative(tmp_path: Path) -> None:
    deep = np.uint16(16) * DEEP
    positive = load_dataset(saved(tmp_path / "positive", deep, "tif"))
    negative = load_dataset(saved(tmp_path / "negative", ~deep, "tif", tiffinfo={262: 0}))
    np.testing.assert_array_equal(negative.images, positive.images)


def test_a_run_names_the_range_and_it_is_used_again(tmp_path: Path) -> None:
    source = array(tmp_path / "deep.npy", DEEP)
    info = load_dataset(source).info
    assert info.value_range is not None
    assert info.value_range.integer == Scale(0, 4095)
    assert any("0 to 4095" in note for note in info.notes)
    brighter = replace(info, value_range=replace(info.value_range, integer=Scale(0, 2000)))
    again = load_again(brighter)
    assert again.info.value_range == brighter.value_range
    np.testing.assert_array_equal(again.images[..., 0], np.rint(np.clip(DEEP / 2000, 0, 1) * 255))


def test_the_range_of_a_run_holds_when_its_files_are_in_the_cache(tmp_path: Path) -> None:
    source = saved(tmp_path / "deep", DEEP)
    info = load_dataset(source).info
    assert load_dataset(source).info == info
    assert info.value_range is not None
    brighter = replace(info, value_range=replace(info.value_range, integer=Scale(0, 2000)))
    assert load_again(brighter).images.mean() > load_again(info).images.mean()
    assert load_again(info).info.fingerprint == info.fingerprint


# Sets that now have another range, and what they were mapped by: black and white.
OLDER: dict[str, tuple[Callable[[Path], str], tuple[float, float]]] = {
    "masks as files": (lambda path: saved(path / "masks", MASKS), (0, 255)),
    "masks in an array": (lambda path: array(path / "a.npy", MASKS), (0, 1)),
    "masks of wide integers": (lambda path: array(path / "a.npy", MASKS.astype(np.int64)), (0, 255)),
    "floats up to 20": (lambda path: array(path / "a.npy", LABELS.astype(np.float32)), (0, 255)),
    "floats up to 20000": (lambda path: array(path / "a.npy", LABELS * 1000.0), (0, 20000)),
    "12 bits": (lambda path: saved(path / "deep", DEEP), (0, 4095)),
    "9 bits": (lambda path: array(path / "a.npy", DEEP // 10), (0, 1023)),
    "signed": (lambda path: array(path / "a.npy", LABELS.astype(np.int16) - 5), (-5, 15)),
}


@pytest.mark.parametrize("case", OLDER)
def test_a_run_that_names_no_range_keeps_the_one_that_it_had(tmp_path: Path, case: str) -> None:
    save, (low, high) = OLDER[case]
    source = save(tmp_path)
    older = replace(load_dataset(source).info, value_range=None)
    chosen = load_dataset(source, ImageOptions(value_range=(low, high)))
    again = load_again(older)
    np.testing.assert_array_equal(again.images, chosen.images)
    assert again.info.value_range is None


def test_a_report_and_its_json_name_the_range(tmp_path: Path) -> None:
    report = inspect_data(array(tmp_path / "labels.npy", LABELS))
    assert [(each.black, each.white) for each in report.histograms] == [(0, 20)]
    assert sum(report.histograms[0].counts) == LABELS.size


DARK = np.clip(RANDOM.normal(20, 8, (20, 32, 32, 3)), 0, 50).astype(np.uint8)
SETS: dict[str, tuple[Callable[[Path], str], tuple[float, float]]] = {
    "dark photographs in colour": (lambda path: saved(path / "a", DARK), (0, 255)),
    "dark photographs in an array": (lambda path: array(path / "a.npy", DARK.astype(np.int32)), (0, 255)),
    "dark grey JPEG files": (lambda path: saved(path / "a", DARK[..., 0], "jpg", quality=95), (0, 255)),
    "masks in colour": (lambda path: saved(path / "a", LABELS[..., None].repeat(3, axis=3)), (0, 20)),
    "images of 5 bits in colour": (lambda path: array(path / "a.npy", RANDOM.integers(0, 32, (9, 20, 20, 3))), (0, 31)),
    "dark grey PNG files": (lambda path: saved(path / "a", np.minimum(DARK[..., 0], 45)), (0, 45)),
}


@pytest.mark.parametrize("case", SETS)
def test_dark_photographs_stay_dark_and_masks_are_stretched(tmp_path: Path, case: str) -> None:
    save, expected = SETS[case]
    (histogram,) = inspect_data(save(tmp_path)).histograms
    assert (histogram.black, histogram.white) == expected
