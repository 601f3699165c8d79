"""The arrays of a run: the codes of its images, and a sample of the images themselves."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Ints, Longs
from vae_explorer.data.dataset import SPLITS, no_values
from vae_explorer.errors import UserError
from vae_explorer.files import replacing
from vae_explorer.run.info import RunInfo


@dataclass(frozen=True, slots=True)
class Codes:
    """The posterior of every image that was used: arrays over N images."""

    z_mean: Floats  # (N, latent_dim)
    z_log_var: Floats  # (N, latent_dim)
    label: Ints  # (N,), position in the class names, -1: none
    index: Longs  # (N,), position in the data set
    split: Bytes  # (N,), data.TRAINING, VALIDATION or HELD_OUT
    values: Floats = field(default_factory=no_values)  # (N, K), of the data set's value_names, NaN: none

    def __post_init__(self) -> None:
        if self.values.shape == (0, 0):
            object.__setattr__(self, "values", no_values(len(self.index)))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Up to 2,000 held-out images, to look at where the data set is not at hand."""

    images: Bytes  # (M, H, W, C)
    index: Longs  # (M,), position in the data set


def write_arrays(path: Path, arrays: Codes | Sample) -> None:
    """Write codes.npz or sample.npz. The log-variances keep half precision: more than a map or a figure shows."""
    content = {name: getattr(arrays, name) for name in arrays.__slots__}
    if "z_log_var" in content:
        largest = np.finfo(np.float16).max
        content["z_log_var"] = np.clip(content["z_log_var"], -largest, largest).astype(np.float16)
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **content)


def read_codes(content: bytes) -> Codes:
    """The content of codes.npz. Raises what reading damaged data raises."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Codes(
            z_mean=file["z_mean"].astype(np.float32),
            z_log_var=file["z_log_var"].astype(np.float32),
            label=file["label"].astype(np.int32),
            index=file["index"].astype(np.int64),
            split=file["split"].astype(np.uint8),
            values=file["values"].astype(np.float32) if "values" in file else no_values(),
        )


def read_sample(content: bytes) -> Sample:
    """The content of sample.npz. Raises what reading damaged data raises."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Sample(images=file["images"].astype(np.uint8), index=file["index"].astype(np.int64))


def check_shapes(folder: Path, info: RunInfo, codes: Codes, sample: Sample) -> None:
    """Raise UserError if the arrays of a run do not fit its settings."""
    count, latent_dim, classes = len(codes.index), info.latent_dim, len(info.dataset.class_names)
    good = (
        codes.z_mean.shape == codes.z_log_var.shape == (count, latent_dim)
        and codes.label.shape == codes.index.shape == codes.split.shape == (count,)
        and codes.values.shape == (count, len(info.dataset.value_names))
        and bool(np.isfinite(codes.z_mean).all())
        and (count == 0 or codes.split.max() < len(SPLITS))
        and (count == 0 or -1 <= codes.label.min() <= codes.label.max() < max(classes, 1))
        and sample.images.shape == (len(sample.index), *info.dataset.image_shape)
    )
    if not good:
        raise UserError(f"The run {folder} is damaged: its arrays do not fit the shapes that run.toml names.")
