"""Images decoded around a latent code, at even steps along directions through it."""

import math
import threading
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Bytes, Doubles, Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.local_directions import (
    Directions,
    Kind,
    along_axes,
    along_change,
    along_codes,
    along_difference,
    near_count,
    rates_along,
)
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.decoder import as_pixels

By = Literal["codes", "image"]  # what a step is measured by: how the codes vary, or how the image changes
STEPS = (-2, -1, 0, 1, 2)
SOME_CODES = 5000  # of all, from which their spread is estimated
SOME_IMAGES = 32  # decoded to know by how much two images usually differ
CHANGE = 0.25  # of this difference is a step of equal change of the image
NO_CODES = "These directions need latent codes of images, and this model has none: choose others, such as Dimensions."


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Which directions are wanted, and what a step is measured by."""

    kind: Kind
    by: By
    difference: Floats | None = None  # (latent_dim,), for the kind "minus", and its name
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What is decoded around a latent code."""

    code: Floats  # (latent_dim,)
    directions: Directions
    lengths: Doubles  # (K,), of one step in z along each of them
    images: Bytes  # (K, S, H, W, C), at the steps STEPS
    note: str  # sentences on what the directions and the steps are

    @property
    def codes(self) -> Floats:
        """The latent code of each image, (K, S, latent_dim)."""
        return codes_along(self.code, self.directions.units, self.lengths)


def codes_along(code: Floats, units: Floats, lengths: Doubles) -> Floats:
    """The latent codes (K, S, latent_dim) at the steps STEPS along directions (K, latent_dim) from a code."""
    ways = np.multiply.outer(lengths, STEPS)
    codes: Floats = (code + ways[..., None] * units[:, None]).astype(np.float32)
    return codes


def why_not(subject: Subject, kind: Kind) -> str:
    """Why there are no directions of this kind for a subject, one sentence; "": there are."""
    return NO_CODES if kind in ("near", "minus") and len(subject.z_mean) < 2 else ""


class Surroundings:
    """Looks around in one model. What it says of all codes is measured once. May be used from any thread."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._lock = threading.Lock()
        self._covariance: Doubles | None = None
        self._difference: float | None = None

    def look(self, code: Floats, wanted: Wanted) -> Around:
        """Decode around a code (latent_dim,). Raises UserError if there are no directions of the kind."""
        subject = self._subject
        reason = why_not(subject, wanted.kind)
        if reason:
            raise UserError(reason)
        near = self._near(code)
        found = self._directions(code, near, wanted)
        said = [self._said(wanted.kind, len(found.names), len(near))]
        if wanted.by == "image":
            lengths = self._equal_change(code, found)
            said.append("A step changes the image by a quarter of what two images usually differ by.")
        elif wanted.kind == "minus" and wanted.difference is not None:
            lengths = np.array([np.linalg.norm(wanted.difference) / 2], np.float64)
            said.append("A step is half of the way from the one mean to the other.")
        elif len(near) > 1:
            lengths = (near.astype(np.float64) @ found.units.T).std(axis=0, ddof=1)
            said.append(f"A step is the standard deviation of the {len(near):,} nearest codes.")
        else:
            lengths = np.ones(len(found.names))
            said.append("A step is the standard deviation of the prior, since there are no codes.")
        codes = codes_along(code, found.units, lengths)
        pixels = as_pixels(subject.decoder(codes.reshape(-1, len(code))))
        images = pixels.reshape(*codes.shape[:2], *pixels.shape[1:])
        return Around(code, found, lengths, images, " ".join(filter(None, said)))

    def _directions(self, code: Floats, near: Floats, wanted: Wanted) -> Directions:
        if wanted.kind == "axes":
            return along_axes(code, self._subject.dimensions.order)
        if wanted.kind == "near":
            return along_codes(near)
        if wanted.kind == "change":
            return along_change(self._subject.decoder, code, math.prod(self._subject.image_shape))
        if wanted.difference is None:
            raise UserError("Choose two classes or groups of images.")
        return along_difference(wanted.name, wanted.difference)

    def _near(self, code: Floats) -> Floats:
        """The codes (n, latent_dim) near a code."""
        codes = self._subject.z_mean
        near: Floats = codes[self._subject.nearby.closest(code, near_count(len(codes), len(code)))[0]]
        return near

    def _equal_change(self, code: Floats, found: Directions) -> Doubles:
        """The length of steps that change the image equally, but at most as long as codes vary: (K,)."""
        covariance, difference = self._usual()
        units = found.units.astype(np.float64)
        longest = np.sqrt(np.maximum(((units @ covariance) * units).sum(axis=1), 1.0))  # at least that of the prior
        rates = rates_along(self._subject.decoder, code, found)
        lengths: Doubles = np.minimum(CHANGE * difference / np.maximum(rates, np.finfo(float).tiny), longest)
        return lengths

    def _usual(self) -> tuple[Doubles, float]:
        """The covariance (latent_dim, latent_dim) of all codes, and by how much two images usually differ."""
        with self._lock:
            if self._covariance is None or self._difference is None:
                subject, latent_dim = self._subject, self._subject.decoder.latent_dim
                codes = subject.z_mean[:: max(1, len(subject.z_mean) // SOME_CODES)]
                codes = codes[np.isfinite(codes).all(axis=1)]
                self._covariance = np.eye(latent_dim)  # of the prior
                if len(codes) < 2:
                    codes = np.random.default_rng(0).standard_normal((SOME_IMAGES, latent_dim), np.float32)
                else:
                    self._covariance = np.atleast_2d(np.cov(codes.astype(np.float64), rowvar=False))
                some = codes[:: max(1, len(codes) // SOME_IMAGES)][:SOME_IMAGES]
                images = subject.decoder(np.ascontiguousarray(some)).reshape(len(some), -1)
                self._difference = float(np.sqrt(2 * images.astype(np.float64).var(axis=0, ddof=1).sum()))
            return self._covariance, self._difference

    def _said(self, kind: Kind, count: int, near: int) -> str:
        """A sentence on `count` directions of this kind; "": there is nothing to be said."""
        latent_dim = self._subject.decoder.latent_dim
        if kind == "axes" and count < latent_dim:
            if np.isfinite(self._subject.dimensions.information).all():
                return f"The {count} of {latent_dim} dimensions that say most about the images."
            return f"The first {count} of {latent_dim} dimensions."
        if kind == "near":
            return f"Principal components of the {near:,} nearest codes."
        if kind == "change":
            return "Along change 1 the image changes most: eigenvectors of the decoder's pull-back metric."
        return ""
