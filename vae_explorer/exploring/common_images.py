"""Which images two runs both know."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Indices
from vae_explorer.data.names import Names
from vae_explorer.exploring.subject import key_of_images
from vae_explorer.files import sha256
from vae_explorer.run.run import Run, sample_image_of

ALIKE = 0.5  # median correlation of pixels below which images of the same names are other images


@dataclass(frozen=True, slots=True, eq=False)
class CommonImages:
    """M images that two runs, A and B, both have codes of."""

    rows_a: Indices  # (M,), in the codes of A
    rows_b: Indices  # (M,), of the same images in the codes of B
    how: str  # how they were matched, such as "of the same data set"; "": there are none
    why_none: str = ""  # one sentence; "": there are some

    def __len__(self) -> int:
        return len(self.rows_a)


def common_images(a: Run, b: Run) -> CommonImages:
    """Match the images of two runs: by their numbers in the same data set, else by file names, else by their pixels.

    The pixels are those of the images that are kept in both runs.
    """
    data_a, data_b = a.info.dataset, b.info.dataset
    if not len(a.codes.index) or not len(b.codes.index):
        without = a if not len(a.codes.index) else b
        return _none(f"{without.info.name} has no codes of images.")
    if data_a.fingerprint == data_b.fingerprint:
        if key_of_images(data_a.fingerprint, a.codes.index) == key_of_images(data_b.fingerprint, b.codes.index):
            rows = np.arange(len(a.codes.index))
            return CommonImages(rows, rows, "of the same data set")
        _, rows_a, rows_b = np.intersect1d(a.codes.index, b.codes.index, return_indices=True)
        if len(rows_a):
            return CommonImages(rows_a, rows_b, "of the same data set")
        return _none(f"Both runs know other images of {data_a.name}.")
    names_a, names_b = a.codes.columns.names, b.codes.columns.names
    if names_a is not None and names_b is not None:
        named = _matched(_by_name(names_a), _by_name(names_b), "of the same file names")
        if len(named) and not _are_others(a, b, named):
            return named
    if data_a.image_shape == data_b.image_shape:
        matched = _matched(_by_pixels(a), _by_pixels(b), "of the same pixels, among those that the runs keep")
        if len(matched):
            return matched
    return _none(f"The runs know other images, of {data_a.name} and of {data_b.name}.")


def kept_in_both(a: Run, b: Run, common: CommonImages) -> CommonImages:
    """Those of the common images whose pixels both runs keep."""
    there = (sample_image_of(a)[common.rows_a] >= 0) & (sample_image_of(b)[common.rows_b] >= 0)
    return CommonImages(common.rows_a[there], common.rows_b[there], common.how)


def pixels_of(run: Run, rows: Indices) -> Bytes:
    """The images (M, H, W, C), uint8, of rows (M,) of a run's codes, which the run keeps."""
    return run.sample.images[sample_image_of(run)[rows]]


def _none(why: str) -> CommonImages:
    nothing = np.empty(0, np.intp)
    return CommonImages(nothing, nothing, "", why)


def _matched(a: dict[str, int], b: dict[str, int], how: str) -> CommonImages:
    """Match rows by their keys."""
    both = [(row, b[key]) for key, row in a.items() if key in b]
    rows = np.array(both, np.intp).reshape(-1, 2)
    return CommonImages(rows[:, 0], rows[:, 1], how)


def _by_name(names: Names) -> dict[str, int]:
    """The row of each name that only one image has."""
    return _single((names[row], row) for row in range(len(names)))


def _by_pixels(run: Run) -> dict[str, int]:
    """The row of each image that the run keeps, by a hash of its pixels, where only one has it."""
    of_row = sample_image_of(run)
    rows = np.flatnonzero(of_row >= 0).tolist()
    return _single((sha256(np.ascontiguousarray(run.sample.images[of_row[row]]).tobytes()), row) for row in rows)


def _single(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    rows: dict[str, int] = {}
    several = set()
    for key, row in pairs:
        if key in rows:
            several.add(key)
        rows[key] = row
    return {key: row for key, row in rows.items() if key not in several}


def _are_others(a: Run, b: Run, common: CommonImages) -> bool:
    """Whether images of the same names are other images, as far as both runs keep images of one shape."""
    kept = kept_in_both(a, b, common)
    if not len(kept) or a.info.dataset.image_shape != b.info.dataset.image_shape:
        return False
    pixels = [pixels_of(run, rows).reshape(len(kept), -1) for run, rows in ((a, kept.rows_a), (b, kept.rows_b))]
    one, two = (each - each.mean(axis=1, keepdims=True, dtype=np.float32) for each in pixels)
    with np.errstate(invalid="ignore"):  # an image of one colour
        correlation = np.abs((one * two).sum(axis=1)) / np.sqrt(np.square(one).sum(axis=1) * np.square(two).sum(axis=1))
    known = correlation[np.isfinite(correlation)]
    return bool(len(known)) and float(np.median(known)) < ALIKE
