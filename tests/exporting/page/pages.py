"""Runs to make pages of, and what their decoders draw."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, on_plane
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run

Opener = Callable[..., Page]


def by_keras(run: Run, z: tuple[float, float], plane: Plane | None = None) -> NDArray[np.int16]:
    """The levels of what the run's Keras decoder makes of a point of the plane: (H, W, 3)."""
    plane = plane or axes_plane(FIRST_TWO, run.info.origin.latent_dim)
    decoder = keras.saving.load_model(run.folder / "model/decoder.keras", compile=False)
    image = as_pixels(decoder(on_plane(np.array([z], np.float32), plane)).numpy())[0]
    return np.broadcast_to(image, (*image.shape[:2], 3)).astype(np.int16)


def variant(run: Run, **dataset: object) -> Run:
    info = dataclasses.replace(run.info, dataset=dataclasses.replace(run.info.dataset, **dataset))
    return dataclasses.replace(run, info=info)


def with_lowered(run: Run, lowered: bytes | None) -> Run:
    return dataclasses.replace(run, networks=dataclasses.replace(run.networks, lowered=lowered))


def labelled(run: Run, labels: np.ndarray) -> Run:
    columns = dataclasses.replace(run.codes.columns, labels=labels)
    return dataclasses.replace(run, codes=dataclasses.replace(run.codes, columns=columns))


def as_other_data(run: Run, latent_dim: int, shape: tuple[int, int, int]) -> Run:
    run = variant(run, image_shape=shape)
    config = dataclasses.replace(run.info.origin, latent_dim=latent_dim)
    rng = np.random.default_rng(0)
    z_mean = rng.normal(size=(len(run.codes.label), latent_dim)).astype(np.float32)
    z_log_var = np.tile(np.arange(-latent_dim, 0, dtype=np.float32), (len(z_mean), 1))  # the first tell most
    images = rng.integers(0, 256, (len(run.sample.index), *shape), np.uint8)
    return dataclasses.replace(
        run,
        info=dataclasses.replace(run.info, origin=config, held_out=None),
        codes=dataclasses.replace(run.codes, z_mean=z_mean, z_log_var=z_log_var),
        sample=dataclasses.replace(run.sample, images=images),
    )
