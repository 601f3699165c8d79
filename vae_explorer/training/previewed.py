"""What a preview shows of a model, in training or trained: the sample's codes, reconstructions, and a decoded grid."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Ints
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.plane import FIRST_TWO, GRID_SIDE, axes_plane, axis_positions, lattice
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import Decoder, as_pixels
from vae_explorer.run.run import Run
from vae_explorer.training.events import Preview, strip_rows


@dataclass(frozen=True, slots=True, eq=False)
class RunPreview:
    """The preview of a whole run, with what it is compared with. M is 0 for a run without images."""

    originals: Bytes  # (up to STRIP_SIZE, H, W, C), the images that are reconstructed
    labels: Ints  # (M,), -1: none
    preview: Preview


def preview_of(decoder: Decoder, z_mean: Floats, z_log_var: Floats) -> Preview:
    """What a model makes of a sample whose posteriors (M, latent_dim) are given."""
    codes, rows = _grid(z_mean.shape[1]), z_mean[strip_rows(len(z_mean))]
    decoded = as_pixels(decoder(np.concatenate([rows, codes])))
    return _preview(z_mean, z_log_var, decoded[: len(rows)], decoded[len(rows) :])


def preview_of_run(run: Run, decoder: Decoder) -> RunPreview:
    """The preview of a run, of the images of its sample whose codes are known.

    decoder: the run's. A conditional one decodes each reconstruction as the class of its image.
    """
    _, of_sample, rows = np.intersect1d(run.sample.index, run.codes.index, return_indices=True)
    order = np.argsort(of_sample)  # in the order in which the training showed them
    of_sample, codes = of_sample[order], run.codes.take(rows[order])
    strip = strip_rows(len(of_sample))
    originals, some = run.sample.images[of_sample[strip]], codes.z_mean[strip]
    if isinstance(decoder, ClassDecoder):
        labels = codes.label[strip].clip(0, len(decoder.names) - 1)
        decoded = [decoder.of_class(int(label))(z[None])[0] for z, label in zip(some, labels, strict=True)]
        reconstructions = as_pixels(np.reshape(np.asarray(decoded, np.float32), originals.shape))
        grid = as_pixels(decoder(_grid(decoder.latent_dim)))
        preview = _preview(codes.z_mean, codes.z_log_var, reconstructions, grid)
    else:
        preview = preview_of(decoder, codes.z_mean, codes.z_log_var)
    return RunPreview(originals, codes.label, preview)


def _grid(latent_dim: int) -> Floats:
    """Codes of a lattice at quantiles of z1 and z2, (rows * GRID_SIDE, latent_dim)."""
    positions = axis_positions(GRID_SIDE, "quantile")
    return lattice(positions, positions if latent_dim > 1 else positions[:1], axes_plane(FIRST_TWO, latent_dim))


def _preview(z_mean: Floats, z_log_var: Floats, reconstructions: Bytes, grid: Bytes) -> Preview:
    rows = grid.reshape(-1, GRID_SIDE, *grid.shape[1:])
    return Preview(z_mean, reconstructions, measure_dimensions(z_mean, z_log_var), rows)
