"""Runs made from another one, to compare both."""

from dataclasses import replace

import numpy as np

from vae_explorer.data.names import pack_names
from vae_explorer.run.run import Run


def of_other_data(run: Run, names: list[str] | None = None, **dataset: object) -> Run:
    """The run as of another data set, whose images have these names."""
    info = replace(run.info, dataset=replace(run.info.dataset, **{"fingerprint": "other", "name": "others"} | dataset))
    columns = replace(run.codes.columns, names=None if names is None else pack_names(names))
    return replace(run, info=info, codes=replace(run.codes, columns=columns))


def with_codes(run: Run, codes: np.ndarray) -> Run:
    """The run with other means of its posteriors."""
    return replace(run, codes=replace(run.codes, z_mean=codes.astype(np.float32)))


def with_pixels(run: Run, images: np.ndarray) -> Run:
    """The run with other pixels of the images that it keeps."""
    return replace(run, sample=replace(run.sample, images=images))
