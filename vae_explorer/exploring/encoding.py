"""Encoding images that need not belong to a run: their posteriors, and how well the run's model describes them."""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes, Doubles, Floats, Ints
from vae_explorer.data.report import Skipped
from vae_explorer.errors import UserError
from vae_explorer.exploring.errors import difference, images_at_once, reconstructed
from vae_explorer.latent.posterior import posterior_kl
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.encoder import RunEncoder, why_no_encoder
from vae_explorer.progress import Progress, no_progress, portion
from vae_explorer.run.imported import means_alone
from vae_explorer.run.run import Run

DRAWS = 10  # of epsilon for each image
LEAST = 1e-7  # distance of a probability from 0 and 1; closer to 1, float32 has no values left


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """N images as a run encodes them. NaN: not known."""

    z_mean: Floats  # (N, latent_dim)
    variance: Floats  # (N, latent_dim), of the posterior
    error: Floats  # (N,), root mean square difference from what is decoded of z_mean, pixels 0 to 1
    kl: Floats  # (N,), KL of the posterior from the prior, nats
    negative_elbo: Floats  # (N,), nats, beta 1, estimated with DRAWS draws of epsilon


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSources:
    """The images of some sources as a run encodes them, in the order of the sources."""

    names: tuple[str, ...]  # N paths of image files, or the name of another source with the number of the image
    classes: tuple[str, ...]  # N, "": none is known
    encoded: Encoded
    skipped: tuple[Skipped, ...]  # what could not be read
    warnings: tuple[str, ...]


def why_no_elbo(run: Run) -> str:
    """A sentence on why images have no negative ELBO in `encode_images`; "": they have one."""
    if means_alone(run.info.origin):
        return "The encoder gives means alone: there are no variances, no KL and no negative ELBO."
    if run.info.decoder_classes:
        return "The decoder takes the class of an image besides z, but the encoder does not: there is no negative ELBO."
    if run.info.pixels == "binarized":
        return (
            "The run describes pixels drawn as black or white, but grey levels are encoded: there is no negative ELBO."
        )
    return ""


def encoder_of(run: Run) -> RunEncoder:
    """The encoder of a run. Raises UserError if it has none."""
    why_not = why_no_encoder(run)
    if why_not:
        raise UserError(f"{run.info.name} cannot encode images: {why_not[0].lower()}{why_not[1:]}")
    return RunEncoder(run)


def image_encoder(run: Run) -> Callable[[Bytes, Ints], Encoded]:
    """A function of images (N, H, W, C) uint8, N >= 1, of the run's shape, and their labels (N,), that encodes them.

    A label is an index in the classes that a conditional decoder knows, -1: none, and then the image has no error.
    Raises UserError if the run has no encoder, or its decoder is damaged; the function, if its encoder is damaged.
    """
    encoder, decoder, info = encoder_of(run), run_decoder(run), run.info
    shape, without_elbo, without_variance = (
        info.dataset.image_shape,
        bool(why_no_elbo(run)),
        means_alone(run.info.origin),
    )

    def encode(images: Bytes, label: Ints) -> Encoded:
        levels = images.astype(np.float32) / np.float32(255)
        z_mean, z_log_var = encoder(levels)
        unknown = np.full(len(images), np.nan, np.float32)
        with np.errstate(all="ignore"):  # the figures of a bad model may be infinite, and are shown so
            error = difference(images, reconstructed(decoder, z_mean, label, shape))
            if without_variance:
                return Encoded(z_mean, np.full_like(z_mean, np.nan), error, unknown, unknown)
            kl, elbo = posterior_kl(z_mean, z_log_var), unknown
            if not without_elbo:
                draws = (z_mean + np.exp(z_log_var / 2) * draw for draw in _epsilon(images, info.latent_dim))
                losses = [reconstruction_loss(levels, decoder(z), info.sigma) for z in draws]
                elbo = (np.mean(losses, axis=0) + kl).astype(np.float32)
            return Encoded(z_mean, np.exp(z_log_var), error, kl.astype(np.float32), elbo)

    return encode


def encode_sources(run: Run, sources: Sequence[str], progress: Progress = no_progress) -> EncodedSources:
    """Read the images of some sources as the images of a run were read, and encode them.

    sources: as for `data.alike.find_alike`. What cannot be read is left out and listed in `skipped`. `progress` may
    raise an exception to end it. Raises UserError if the run has no encoder, if there is no such source, or if no image
    can be read.
    """
    from vae_explorer.data.alike import find_alike  # which the launch does not need

    encode, info = image_encoder(run), run.info
    label_by_name = {name: label for label, name in enumerate(info.decoder_classes)}
    names: list[str] = []
    classes: list[str] = []
    parts: list[Encoded] = []
    skipped: list[Skipped] = []
    warnings: list[str] = []
    at_once = images_at_once(info.dataset.image_shape)
    for number, source in enumerate(sources):
        here = portion(progress, number / len(sources), (number + 1) / len(sources))
        alike = find_alike(source, info.dataset, portion(here, 0.0, 0.1))
        found, columns = alike.images, alike.images.columns
        skipped += found.skipped
        warnings += (*found.warnings, *alike.warnings)
        for block in found.read(alike.target):
            skipped += block.skipped.values()
            rows = block.rows.tolist()
            known = [columns.class_of(row) for row in rows]
            classes += known
            names += [_name(source, row, columns.names[row] if columns.names is not None else "") for row in rows]
            label = np.array([label_by_name.get(name, -1) for name in known], np.int32)
            for start in range(0, len(rows), at_once):
                some = slice(start, start + at_once)
                parts.append(encode(block.images[some], label[some]))
                here("Encoding images", 0.1 + 0.9 * (rows[some][-1] + 1) / found.count)
    if not parts:
        why = f" The first, {skipped[0].name}: {skipped[0].reason}." if skipped else ""
        raise UserError(f"There is no image that can be read.{why}")
    return EncodedSources(tuple(names), tuple(classes), joined(parts), tuple(skipped), tuple(dict.fromkeys(warnings)))


def _name(source: str, row: int, below: str) -> str:
    """The name of an image: its path if it is a file, from where the source is named."""
    if not below:
        return f"{source} image {row}"
    path = Path(source)
    return (path / below if path.is_dir() else path.parent / below).as_posix()


def joined(parts: Sequence[Encoded]) -> Encoded:
    """All images of one or more parts, in order."""
    fields = ("z_mean", "variance", "error", "kl", "negative_elbo")
    return Encoded(*(np.concatenate([getattr(part, field) for part in parts]) for field in fields))


def _epsilon(images: Bytes, latent_dim: int) -> Floats:
    """Draws from N(0, I) that depend on each image alone, so that its figures are the same beside any others.

    images: (N, H, W, C). Returns (DRAWS, N, latent_dim).
    """
    seeds = (zlib.crc32(np.ascontiguousarray(image).data) for image in images)
    draws = [np.random.default_rng(seed).standard_normal((DRAWS, latent_dim), np.float32) for seed in seeds]
    return np.stack(draws, axis=1)


def reconstruction_loss(levels: Floats, decoded: Floats, sigma: float | None) -> Doubles:
    """-log p(x|z) of pixels (N, H, W, C) 0 to 1 given what is decoded of z, as in `model.losses`: (N,) nats.

    sigma: of Gaussian pixels; None: they are Bernoulli, and probabilities are kept LEAST from 0 and 1, since a decoder
    gives them and not their logits.
    """
    x, p = levels.astype(np.float64), decoded.astype(np.float64)
    if sigma is not None:
        per_pixel = np.square((x - p) / sigma) / 2 + math.log(sigma) + math.log(2 * math.pi) / 2
    else:
        p = np.clip(p, LEAST, 1 - LEAST)
        per_pixel = -(x * np.log(p) + (1 - x) * np.log1p(-p))
    total: Doubles = per_pixel.sum(axis=(1, 2, 3))
    return total
