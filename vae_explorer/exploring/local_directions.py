"""Directions from one latent code to others around it, along which something can be seen to change."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Doubles, Floats, Indices
from vae_explorer.errors import UserError
from vae_explorer.exploring.derivatives import derivatives
from vae_explorer.latent.principal import principal_components, signed
from vae_explorer.model.decoder import Decoder

Kind = Literal["axes", "near", "change", "minus"]
MOST = 8  # directions that are shown together
FEWEST_NEAR, NEAR_SHARE = 50, 50  # at least so many codes are near a code; of many, one in NEAR_SHARE
VALUES = 1 << 22  # most pixel values that are decoded at a time


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """K directions through a latent code, the most important one first."""

    names: tuple[str, ...]  # such as "z3" or "here 1"
    units: Floats  # (K, latent_dim), orthonormal
    facts: tuple[str, ...]  # about each, in a few words, such as "holds 62 % of the variance here"
    rates: Doubles | None = None  # (K,), by how much the image changes a unit of z along each; None: not measured


def near_count(count: int, latent_dim: int) -> int:
    """How many codes are taken as near, of `count`: enough for their covariance, and few enough to be near."""
    return min(count, max(FEWEST_NEAR, 4 * latent_dim, count // NEAR_SHARE))


def along_axes(code: Floats, order: Indices, most: int = MOST) -> Directions:
    """The dimensions of z that say most about the images, or all in their order. order: see `Dimensions.order`."""
    chosen = order[:most] if len(order) > most else np.arange(len(order))
    names = tuple(f"z{dimension + 1}" for dimension in chosen)
    facts = tuple(f"is {code[dimension]:.2f} at the handle" for dimension in chosen)
    return Directions(names, np.eye(len(code), dtype=np.float32)[chosen], facts)


def along_codes(near: Floats, most: int = MOST) -> Directions:
    """The principal components of the codes (N, latent_dim) near a code, N >= 2, all finite.

    Local principal component analysis (Kambhatla and Leen 1997, "Dimension reduction by local principal component
    analysis"), from which LatentGandr makes grids of images for generative adversarial networks (Li et al. 2026,
    arXiv:2604.19953): a few local directions do where sliders for all dimensions of z would be too many. Raises
    UserError for fewer codes.
    """
    if len(near) < 2:
        raise UserError("These directions need two or more latent codes of images.")
    units, deviations = principal_components(near)
    shares = np.square(deviations) / max(np.square(deviations).sum(), np.finfo(float).tiny)
    count = min(most, len(near) - 1, len(units))
    names = tuple(f"here {number}" for number in range(1, count + 1))
    facts = tuple(f"holds {share:.0%} of the variance of the codes here" for share in shares[:count])
    return Directions(names, units[:count].astype(np.float32), facts)


def along_change(decoder: Decoder, code: Floats, value_count: int, most: int = MOST) -> Directions:
    """Along the first one the decoded image changes most, and along each other one most of what is left.

    They are the eigenvectors of the pull-back metric J^T J at the code (latent_dim,), which are the right singular
    vectors of the decoder's derivative J (Arvanitidis, Hansen and Hauberg 2018; used so for generators of images by
    Wang and Ponce 2021, "The geometry of deep generative image models and its applications"). J is measured by central
    differences, a group of dimensions after the other. value_count: pixel values in an image.
    """
    axes, at_once = np.eye(len(code)), max(1, VALUES // (2 * value_count))
    parts = [
        derivatives(decoder, code[None], axes[start : start + at_once])[0] for start in range(0, len(axes), at_once)
    ]
    derivative = np.concatenate(parts)  # J^T
    values, vectors = np.linalg.eigh(derivative @ derivative.T)
    count = min(most, len(code))
    names = tuple(f"change {number}" for number in range(1, count + 1))
    rates = np.sqrt(np.maximum(values[::-1][:count], 0))
    facts = tuple(f"changes the image by {rate:.2f} for each 1 in z" for rate in rates)
    return Directions(names, signed(vectors[:, ::-1].T)[:count].astype(np.float32), facts, rates)


def along_difference(name: str, difference: Floats) -> Directions:
    """The one direction of a difference (latent_dim,) that is not 0. name: such as "3 minus 5"."""
    length = np.linalg.norm(difference.astype(np.float64))
    return Directions((name,), (difference / length).astype(np.float32)[None], (f"is {length:.2f} long in z",))


def rates_along(decoder: Decoder, code: Floats, directions: Directions) -> Doubles:
    """By how much the image changes a unit of z along K directions: Euclidean, pixels 0 to 1; (K,)."""
    if directions.rates is not None:
        return directions.rates
    found: Doubles = np.linalg.norm(derivatives(decoder, code[None], directions.units)[0], axis=1)
    return found
