"""An image of one's own as a run sees it: its posterior, its reconstruction, and what the model could not express."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.encoding import reconstruction_loss
from vae_explorer.exploring.errors import difference
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.posterior import posterior_kl
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.imported import means_alone


@dataclass(frozen=True, slots=True, eq=False)
class OwnImage:
    """An image that need not belong to the run, and what its model makes of it. NaN: not known."""

    subject: Subject
    pixels: Bytes  # (H, W, C), as it was encoded
    z_mean: Floats  # (latent_dim,)
    z_log_var: Floats | None  # (latent_dim,), None: the encoder gives means alone
    reconstruction: Bytes  # (H, W, C), decoded from z_mean
    residual: Bytes  # (H, W, C), the image less its reconstruction: 128 is no difference, 255 and 0 the greatest
    error: float  # root mean square difference, pixels 0 to 1
    loss: float  # -log p(x|z) at z_mean, nats
    kl: float  # KL of the posterior from the prior, nats


def describe_own(subject: Subject, pixels: Bytes) -> OwnImage:
    """Encode an image (H, W, C) of the subject's shape and decode its mean, in the class that is decoded at present.

    Raises UserError if the subject has no encoder, or its encoder is damaged.
    """
    if subject.encoder is None or subject.run is None:
        raise UserError(f"The image cannot be encoded: {subject.why_no_encoder}")
    levels = (pixels.astype(np.float32) / np.float32(255))[None]
    info = subject.run.info
    with np.errstate(all="ignore"):  # the figures of a bad model may be infinite, and are shown so
        z_mean, z_log_var = subject.encoder(levels)
        decoded = subject.decoder(z_mean)
        gap = np.nan_to_num((levels - decoded)[0])
        residual = np.clip(np.rint(128 + gap * 127), 0, 255).astype(np.uint8)
        loss = np.nan if info.pixels == "binarized" else reconstruction_loss(levels, decoded, info.sigma)[0]
        kl = np.nan if means_alone(info.origin) else posterior_kl(z_mean, z_log_var)[0]
    return OwnImage(
        subject=subject,
        pixels=pixels,
        z_mean=z_mean[0],
        z_log_var=None if means_alone(info.origin) else z_log_var[0],
        reconstruction=as_pixels(decoded)[0],
        residual=residual,
        error=float(difference(pixels[None], decoded)[0]),
        loss=float(loss),
        kl=float(kl),
    )


def read_own(subject: Subject, source: Path) -> Bytes:
    """Read an image file as the images of the run were read: (H, W, C). Raises UserError if that cannot be done."""
    if subject.run is None or subject.encoder is None:
        raise UserError(f"{source.name} cannot be encoded: {subject.why_no_encoder}")
    from vae_explorer.data.alike import find_alike  # which the launch does not need

    alike = find_alike(str(source), subject.run.info.dataset)
    for block in alike.images.read(alike.target):
        if len(block.images):
            first: Bytes = block.images[0]
            return first
        for skipped in block.skipped.values():
            raise UserError(f"{skipped.name} cannot be read: {skipped.reason}.")
    raise UserError(f"{source.name} holds no image.")


def samples_of(z_mean: Floats, z_log_var: Floats, epsilon: Floats) -> Floats:
    """Codes of the posterior N(z_mean, exp(z_log_var)), both (latent_dim,), for draws of epsilon (n, latent_dim)."""
    codes: Floats = (z_mean + np.exp(z_log_var / 2) * epsilon).astype(np.float32)
    return codes


class EpsilonWalk:
    """Draws of epsilon that move smoothly, each of them from N(0, I) at all times.

    From one draw a to the next b it is cos(t) a + sin(t) b with t from 0 to a right angle.
    """

    def __init__(self, count: int, latent_dim: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._shape = count, latent_dim
        self._begin, self._end = self._draw(), self._draw()
        self._done = 0.0

    def at(self) -> Floats:
        """The present draws, (count, latent_dim)."""
        angle = self._done * np.pi / 2
        draws: Floats = (np.cos(angle) * self._begin + np.sin(angle) * self._end).astype(np.float32)
        return draws

    def step(self, share: float) -> None:
        """Move by this share of the way from one draw to the next."""
        self._done += share
        while self._done >= 1:
            self._done -= 1
            self._begin, self._end = self._end, self._draw()

    def _draw(self) -> Floats:
        return self._random.standard_normal(self._shape, np.float32)
