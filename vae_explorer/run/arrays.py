"""The arrays of a run: the latent codes of its images, and a sample of the images."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Floats, Ints, Longs
from vae_explorer.data.columns import Columns, no_columns
from vae_explorer.data.dataset import SPLITS, DatasetInfo
from vae_explorer.data.names import Names
from vae_explorer.errors import UserError
from vae_explorer.files import replacing
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.info import RunInfo


@dataclass(frozen=True, slots=True)
class Codes:
    """The posterior of each of the N images that were used."""

    z_mean: Floats  # (N, latent_dim)
    z_log_var: Floats  # (N, latent_dim)
    columns: Columns  # labels, numbers and name of each image
    index: Longs  # (N,), index in the data set
    split: Bytes  # (N,), data.TRAINING, VALIDATION or HELD_OUT

    @property
    def label(self) -> Ints:
        """(N,), index in the class names, -1: no class."""
        return self.columns.label

    def take(self, rows: Any) -> "Codes":
        """The latent codes of some of the images. rows: anything that indexes an array."""
        arrays = (self.z_mean[rows], self.z_log_var[rows], self.columns.take(rows), self.index[rows], self.split[rows])
        return Codes(*arrays)


def no_codes(dataset: DatasetInfo, latent_dim: int) -> Codes:
    """Latent codes of no image, with the class names and value names of a data set."""
    z, none = np.zeros((0, latent_dim), np.float32), np.zeros(0, np.int64)
    values = np.zeros((0, len(dataset.value_names)), np.float32)
    columns = Columns(none.astype(np.int32), dataset.class_names, values, dataset.value_names)
    return Codes(z, z, columns, none, none.astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Up to 2,000 held-out images, which the run can show without its data set."""

    images: Bytes  # (M, H, W, C)
    index: Longs  # (M,), index in the data set


def write_codes(path: Path, codes: Codes, progress: Progress = no_progress) -> None:
    """Write codes.npz. The log-variances are stored in half precision, which is enough for maps and figures.

    `progress` is called about once a second, since compressing ten million codes takes a minute; it may raise to end
    it, and then no file is left.
    """
    largest = np.finfo(np.float16).max
    arrays: dict[str, Any] = {
        "z_mean": codes.z_mean,
        "z_log_var": np.clip(codes.z_log_var, -largest, largest).astype(np.float16),
        "label": codes.label,
        "index": codes.index,
        "split": codes.split,
        "values": codes.columns.values,
        **name_arrays(codes.columns),
    }
    size, done = sum(array.nbytes for array in arrays.values()), 0

    def written(file: IO[bytes], content: bytes) -> int:
        nonlocal done
        progress("Writing the codes", min(1.0, done / size) if size else 1.0)
        done += len(content)
        return file.write(content)

    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():  # as `np.savez_compressed` does it, which reports nothing
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                reporting: Any = SimpleNamespace(write=partial(written, file))
                np.lib.format.write_array(reporting, array, allow_pickle=False)


def name_arrays(columns: Columns) -> dict[str, NDArray[Any]]:
    """The names of the images as arrays, which are none if the images have no names."""
    names = columns.names
    return {} if names is None else {"name_bytes": names.content, "name_ends": names.ends}


def names_from(arrays: Mapping[str, NDArray[Any]]) -> Names | None:
    """The names in the arrays that `name_arrays` gave; None: the run has none. Raises ValueError if damaged."""
    if "name_bytes" not in arrays:
        return None
    content, ends = arrays["name_bytes"].astype(np.uint8), arrays["name_ends"].astype(np.int64)
    if content.ndim != 1 or ends.ndim != 1 or (np.diff(ends, prepend=0) < 0).any() or ends[-1:].sum() != len(content):
        raise ValueError("its names are cut off")
    return Names(content, ends)


def write_sample(path: Path, sample: Sample) -> None:
    """Write sample.npz."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, images=sample.images, index=sample.index)


def read_codes(content: bytes, dataset: DatasetInfo) -> Codes:
    """The content of codes.npz, for images of this data set.

    If it is damaged, raises ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile or zlib.error.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        index = file["index"].astype(np.int64, copy=False)
        values = file["values"].astype(np.float32, copy=False) if "values" in file else no_columns(len(index)).values
        label = file["label"].astype(np.int32, copy=False)
        return Codes(
            z_mean=file["z_mean"].astype(np.float32, copy=False),
            z_log_var=file["z_log_var"].astype(np.float32, copy=False),
            columns=Columns(label, dataset.class_names, values, dataset.value_names, names_from(file)),
            index=index,
            split=file["split"].astype(np.uint8, copy=False),
        )


def read_sample(content: bytes) -> Sample:
    """The content of sample.npz. Raises the same errors as `read_codes` if it is damaged."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Sample(
            images=file["images"].astype(np.uint8, copy=False), index=file["index"].astype(np.int64, copy=False)
        )


def check_shapes(folder: Path, info: RunInfo, codes: Codes, sample: Sample) -> None:
    """Raise UserError if the arrays of a run do not fit its settings."""
    count, latent_dim, classes = len(codes.index), info.latent_dim, len(info.dataset.class_names)
    good = (
        codes.z_mean.shape == codes.z_log_var.shape == (count, latent_dim)
        and codes.label.shape == codes.index.shape == codes.split.shape == (count,)
        and (codes.columns.names is None or len(codes.columns.names) == count)
        and codes.columns.values.shape == (count, len(info.dataset.value_names))
        and bool(np.isfinite(codes.z_mean).all())
        and (count == 0 or codes.split.max() < len(SPLITS))
        and (count == 0 or -1 <= codes.label.min() <= codes.label.max() < max(classes, 1))
        and sample.images.shape == (len(sample.index), *info.dataset.image_shape)
    )
    if not good:
        raise UserError(f"The run {folder} is damaged: its arrays do not fit the shapes that run.toml names.")
