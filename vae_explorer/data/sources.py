"""Choosing the reader for a source."""

from dataclasses import replace
from pathlib import Path

from vae_explorer.assets import asset
from vae_explorer.data.arrays import find_npy, find_npz, find_table
from vae_explorer.data.dataset import BUILTIN, KERAS_NAMES, SOURCES
from vae_explorer.data.folder import find_images
from vae_explorer.data.hdf5 import SUFFIXES as HDF5
from vae_explorer.data.idx import find_idx, find_idx_folder, image_files
from vae_explorer.data.image_file import SUFFIXES, TIFF, DamagedError, count_pages, reading_images
from vae_explorer.data.image_set import ImageSet
from vae_explorer.data.keras_sets import find_keras
from vae_explorer.data.matlab import SUFFIX as MATLAB
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.stored_array import is_idx
from vae_explorer.errors import UserError
from vae_explorer.files import as_path, exists
from vae_explorer.progress import Progress, no_progress

LICENCE = "MNIST: Yann LeCun, Corinna Cortes, Christopher J. C. Burges; CC BY-SA 3.0"


def find_source(source: str, options: ImageOptions = AS_FOUND, progress: Progress = no_progress) -> ImageSet:
    """The images of a source, not read yet.

    source: "mnist", a name in KERAS_NAMES, or the path of a folder or a file. Raises UserError if there is no such data
    set, and what `progress` raises.
    """
    table = as_path(options.labels) if options.labels else None
    if table is not None and not table.is_file():
        raise UserError(f"There is no file of labels {options.labels!r}.")
    if source == BUILTIN:
        found = find_npz(asset("mnist.npz"), table)
        return replace(found, name="MNIST", source=BUILTIN, kind="built in", licence=LICENCE, notes=())
    path = as_path(source) if source else Path()
    if source in KERAS_NAMES and not exists(path):
        if table is not None:
            raise UserError(f"{source} has labels of its own.")
        return find_keras(source)
    if not source or not exists(path):
        names = ", ".join(repr(name) for name in (BUILTIN, *KERAS_NAMES))
        raise UserError(f"There is no data set {source!r}: give one of {names}, or the path of {SOURCES}.")
    if path.is_dir() and path.suffix.lower() not in (".npz", ".npy"):
        return _in_folder(path, table, options, progress)
    if path.suffix.lower() in TIFF and path.is_file():
        return _in_pages(path, table, options, progress)
    return _in_file(path, table, options.shape)


def _in_folder(path: Path, labels: Path | None, options: ImageOptions, progress: Progress) -> ImageSet:
    try:
        idx = image_files(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    return find_idx_folder(path, labels) if idx else find_images(path, labels, options, progress)


def _in_pages(path: Path, labels: Path | None, options: ImageOptions, progress: Progress) -> ImageSet:
    """The pages of one TIFF file. Raises UserError if it has one only, or if its pages were not asked for."""
    try:
        with reading_images():
            count = count_pages(path)
    except DamagedError as error:
        raise UserError(f"{path}: {error}.") from error
    if count == 1:
        raise UserError(f"{path} is one image: give the folder that contains it.")
    if options.pages != "all":
        raise UserError(f"{path} holds {count:,} pages: --pages all takes each for an image.")
    return find_images(path, labels, options, progress)


def _in_file(path: Path, labels: Path | None, shape: tuple[int, ...] | None) -> ImageSet:
    suffix = path.suffix.lower()
    if suffix == ".npz" or (suffix in (*HDF5, MATLAB) and path.is_file()):
        return find_npz(path, labels, shape)
    if suffix == ".npy":
        return find_npy(path, labels, shape)
    if not path.is_file():
        raise UserError(f"{path} is neither a file nor a folder: give {SOURCES}.")
    if suffix == ".csv":
        return find_table(path, labels, shape)
    if is_idx(path) or "idx" in path.name.lower():
        return find_idx(path, labels)
    if suffix in SUFFIXES:
        raise UserError(f"{path} is one image: give the folder that contains it.")
    raise UserError(f"{path} is not a data set that can be read: give {SOURCES}.")
