"""Which arrays of a file are images and labels, by their names and, where names do not tell, by their shapes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vae_explorer.data.matlab import SUFFIX as MATLAB
from vae_explorer.data.names import printable
from vae_explorer.data.naming import Name, Part, parse_name
from vae_explorer.data.options import SMALLEST
from vae_explorer.data.splits import NO_TEST, VALIDATION_JOINS
from vae_explorer.data.stacked import images_first
from vae_explorer.data.stored_array import StoredArray
from vae_explorer.errors import UserError

MOST_NUMBERS = 64  # in a row of an array that is no array of labels
ORDER: tuple[Part | None, ...] = (None, "training", "validation", "held-out")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The arrays of one part of a set; the part None is the whole set."""

    part: Part | None
    images: StoredArray
    labels: StoredArray | None
    numbers: tuple[StoredArray, ...] = ()  # others with a number, or a row of numbers, for each image
    class_names: StoredArray | None = None  # texts, of class 0 and so on


def choose_arrays(
    path: Path, arrays: Mapping[str, StoredArray], shape: tuple[int, ...] | None = None
) -> tuple[list[Chosen], tuple[str, ...]]:
    """The images, labels and numbers of each part, and sentences on what was chosen and what was left.

    shape: the axes of an image stored as a flat row, None: square. Arrays of objects are left unused. Raises UserError
    if no array can be images, or if it is not clear which one is.
    """
    objects = [printable(key) for key, array in arrays.items() if not array.plain]
    arrays = {key: _upright(array) for key, array in arrays.items() if array.plain}
    vectors = {array.shape[0] for array in arrays.values() if math.prod(array.shape) == array.shape[:1][0] > 1}
    tables = {array.shape[0] for array in arrays.values() if len(array.shape) == 2}
    names = {key: parse_name(key, short=True) for key in arrays}
    arrays = {
        key: array
        if names[key].kind == "labels" and len(array.shape) == 2
        else images_first(array, vectors, tables, shape, path.suffix.lower() == MATLAB)
        for key, array in arrays.items()
    }
    found = {part: key for part in ORDER if (key := _images_of(part, arrays, names)) is not None}
    if len(found) > 1:
        found.pop(None, None)  # the whole set beside its parts
    if not found:
        held = ", ".join(f"{printable(key)} {array.shape}" for key, array in list(arrays.items())[:10])
        raise UserError(
            f"{path} has no array x_train or images, and not exactly one array that could be images: it holds "
            f"{held or 'none'}."
        )
    chosen, used = [], set(found.values())
    for part, key in found.items():
        label = _labels_of(part, arrays[key].shape[0], arrays, names, used)
        if label is not None:
            used.add(label)
        others = _numbers_of(arrays[key].shape[0], arrays, used) if part is None else []
        used.update(others)
        titles = None if label is None else _class_names_of(arrays[key].shape[0], arrays, names)
        used.update([titles] if titles else [])
        numbers = tuple(arrays[other] for other in others)
        chosen.append(Chosen(part, arrays[key], None if label is None else arrays[label], numbers,
                             arrays[titles] if titles else None))  # fmt: skip
    notes = [_sentence(chosen)]
    if "validation" in found and "training" in found:
        notes.append(f"The images of {printable(found['validation'])} {VALIDATION_JOINS}.")
    if "held-out" not in found and None not in found:
        notes.append(NO_TEST)
    notes += [f"{one.images.name} has its images along the last axis." for one in chosen if one.images.rows_last]
    left = [f"{printable(key)} {array.shape}" for key, array in arrays.items() if key not in used]
    if left:
        notes.append(f"Not used: {', '.join(left[:20])}{f', and {len(left) - 20:,} more' if len(left) > 20 else ''}.")
    if objects:
        notes.append(f"Not used, since they hold no plain numbers or texts: {', '.join(objects[:20])}.")
    return chosen, tuple(notes)


def _images_of(part: Part | None, arrays: Mapping[str, StoredArray], names: Mapping[str, Name]) -> str | None:
    """The array of images of a part: the one that is named best; None: there is none, or several are named alike."""
    ranks = {
        key: (
            names[key].kind != "images",
            names[key].kind is None and len(array.shape) == 2,
            len(names[key].rest),
            len(array.shape) == 2,
        )
        for key, array in arrays.items()
        if names[key].part == part
        and names[key].kind != "labels"
        and array.dtype.kind in "biuf"
        and (
            len(array.shape) in (3, 4)
            or (len(array.shape) == 2 and (names[key].kind == "images" or array.shape[1] >= SMALLEST**2))
        )
    }
    best = [key for key, rank in ranks.items() if rank == min(ranks.values())]
    return best[0] if len(best) == 1 else None


def _labels_of(
    part: Part | None, count: int, arrays: Mapping[str, StoredArray], names: Mapping[str, Name], used: set[str]
) -> str | None:
    """The array of labels of a part with `count` images: named best, with one value or a row of values per image."""
    ranks = {}
    for key, array in arrays.items():
        name, single = names[key], math.prod(array.shape[1:]) == 1
        if key in used or array.shape[:1] != (count,) or name.part != part:
            continue
        if name.kind == "labels" and (single or (len(array.shape) == 2 and not name.rest)):
            ranks[key] = len(name.rest)
    if ranks:
        return min(ranks, key=lambda key: ranks[key])
    for key, array in arrays.items():  # numbers that are named as labels but do not fit are refused by their reader
        if key not in used and names[key] == Name(part, "labels", ()) and array.dtype.kind in "biuf":
            return key
    # numpy.savez(images, labels) names its arrays arr_0 and arr_1.
    unnamed = [
        key
        for key, array in arrays.items()
        if key not in used and names[key] == Name(part, None, ()) and array.shape in ((count,), (count, 1))
    ]
    return unnamed[0] if len(unnamed) == 1 else None


def _numbers_of(count: int, arrays: Mapping[str, StoredArray], used: set[str]) -> list[str]:
    """The other arrays with a number, or a few numbers, for each of `count` images."""
    return [
        key
        for key, array in arrays.items()
        if key not in used
        and array.dtype.kind in "biuf"
        and array.shape[:1] == (count,)
        and len(array.shape) <= 2
        and math.prod(array.shape[1:]) <= MOST_NUMBERS
    ]


def _class_names_of(count: int, arrays: Mapping[str, StoredArray], names: Mapping[str, Name]) -> str | None:
    """The one array of texts that are called classes or names, but are not one for each of `count` images."""
    found = [
        key
        for key, array in arrays.items()
        if array.dtype.kind in "SU"
        and len(array.shape) == 1
        and array.shape[0] not in (0, count)
        and (names[key].kind == "labels" or "names" in names[key].rest)
    ]
    return found[0] if len(found) == 1 else None


def _upright(array: StoredArray) -> StoredArray:
    """A row of one number for each image, (1, N), as a column; any other array as it is."""
    if len(array.shape) == 2 and array.shape[0] == 1 < array.shape[1] and array.held is None:
        return replace(array, shape=(array.shape[1], 1), fortran=False)
    return array


def _sentence(chosen: list[Chosen]) -> str:
    texts = []
    for one in chosen:
        labels = f"with the labels {one.labels.name!r}" if one.labels is not None else "without labels"
        texts.append(f"{one.images.name!r}{', held out,' if one.part == 'held-out' else ''} {labels}")
    numbers = [array.name for one in chosen for array in one.numbers]
    titles = next((one.class_names.name for one in chosen if one.class_names is not None), None)
    if titles is not None:
        texts[-1] += f", whose classes are named by {titles!r}"
    more = f" Numbers to colour by: {', '.join(map(repr, numbers))}." if numbers else ""
    return f"Images: {'; '.join(texts)}.{more}"
