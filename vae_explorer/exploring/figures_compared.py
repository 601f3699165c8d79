"""Figures of quality of two runs beside each other, and whether they differ by more than their errors."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.exploring.common_images import CommonImages
from vae_explorer.exploring.encoding import Encoded
from vae_explorer.run.info import RunInfo
from vae_explorer.run.quality import FIGURES, Figure
from vae_explorer.run.run import Run

CERTAIN = 1.96  # standard errors; a difference of normal errors alone exceeds them once in 20 times
ROUNDING = 2e-6  # relative, of a sum over the pixels of an image in 32 bits
DENSITIES = {"negative_elbo", "reconstruction_loss", "log_likelihood"}  # they depend on the distribution of pixels
LOWER_IS_BETTER = {"negative_elbo", "reconstruction_loss", "reconstruction_error", "prior_distance"}
HIGHER_IS_BETTER = {"log_likelihood", "neighbour_accuracy"}
Verdict = Literal["better", "worse", "higher", "lower", "within the error", ""]


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of two runs, A and B, and their difference."""

    field: str  # a key of `run.quality.FIGURES`
    a: Figure | None  # None: not measured
    b: Figure | None
    difference: Figure | None  # B - A; None: they cannot be compared
    paired: bool = False  # whether both were measured on the same images, one by one, so that the error is exact
    why_not: str = ""  # why they cannot be compared, part of a sentence

    @property
    def name(self) -> str:
        return FIGURES[self.field].name

    @property
    def unit(self) -> str:
        return FIGURES[self.field].unit

    @property
    def beyond(self) -> bool | None:
        """Whether the difference is beyond its error, CERTAIN standard errors; None: not known."""
        if self.difference is None or self.difference.standard_error is None:
            return None
        value, error = self.difference.value, self.difference.standard_error
        return abs(value) > CERTAIN * error if math.isfinite(value) and math.isfinite(error) else None

    @property
    def verdict(self) -> Verdict:
        """B as compared with A; "": not known."""
        if self.difference is None or self.beyond is None:
            return ""
        if not self.beyond:
            return "within the error"
        higher = self.difference.value > 0
        if self.field in LOWER_IS_BETTER | HIGHER_IS_BETTER:
            return "better" if higher == (self.field in HIGHER_IS_BETTER) else "worse"
        return "higher" if higher else "lower"


def mean_difference(field: str, a: Floats, b: Floats) -> ComparedFigure:
    """The means of values (N,) of two runs on the same N images, and the mean of the differences with its error.

    Differences that rounding can cause are 0: thousands of them would make a mean that is beyond its error.
    """
    differences = b.astype(np.float64) - a
    differences[np.abs(differences) <= ROUNDING * np.abs(a)] = 0
    return ComparedFigure(field, mean(a), mean(b), mean(differences), paired=True)


def mean(values: Floats | Doubles) -> Figure:
    """The mean of values (N,), N >= 1, with its standard error."""
    exact = values.astype(np.float64)
    error = float(exact.std(ddof=1) / math.sqrt(len(exact))) if len(exact) > 1 else None
    return Figure(float(exact.mean()), error, len(exact))


def paired_figures(a: Encoded, b: Encoded) -> dict[str, ComparedFigure]:
    """The figures that are known of each of the same images as both runs encode them."""
    values = {
        "negative_elbo": (a.negative_elbo, b.negative_elbo),
        "reconstruction_loss": (a.negative_elbo - a.kl, b.negative_elbo - b.kl),
        "kl_loss": (a.kl, b.kl),
        "reconstruction_error": (a.error, b.error),
    }
    known = {field: both for field, both in values.items() if not any(np.isnan(each).any() for each in both)}
    return {field: mean_difference(field, *both) for field, both in known.items()}


def recorded_figures(a: Run, b: Run, common: CommonImages) -> dict[str, ComparedFigure]:
    """All figures as the two runs have recorded them, with the error of a difference of independent figures."""
    others = "" if same_held_out(a, b, common) else "they were measured on other held-out images"
    return {field: _recorded(field, a.info, b.info, others if len(common) else common.why_none) for field in FIGURES}


def same_held_out(a: Run, b: Run, common: CommonImages) -> bool:
    """Whether both runs were measured on the same held-out images."""
    held_out = [
        run.codes.split[rows] == HELD_OUT for run, rows in ((a, common.rows_a), (b, common.rows_b))
    ]  # fmt: skip
    counts = {run.info.dataset.held_out_images for run in (a, b)}
    return bool(held_out[0].any()) and np.array_equal(*held_out) and len(counts) == 1


def other_pixels(a: RunInfo, b: RunInfo) -> str:
    """Why likelihoods of two runs cannot be compared, part of a sentence; "": they can."""
    kinds = [_distribution(info) for info in (a, b)]
    return "" if kinds[0] == kinds[1] else f"their pixels have other distributions, {kinds[0]} and {kinds[1]}"


def _distribution(info: RunInfo) -> str:
    if info.likelihood.startswith("gaussian"):
        return "Gaussian"
    return "black or white" if info.pixels == "binarized" else "Bernoulli of grey levels"


def _recorded(field: str, a: RunInfo, b: RunInfo, others: str) -> ComparedFigure:
    one, two = _figure(field, a), _figure(field, b)
    why = others or _why_not(field, a, b)
    if one is None or two is None or why:
        return ComparedFigure(field, one, two, None, why_not=why if one is not None and two is not None else "")
    errors = one.standard_error, two.standard_error
    error = None if None in errors else math.hypot(*(each for each in errors if each is not None))
    difference = Figure(two.value - one.value, error, min(one.images, two.images))
    return ComparedFigure(field, one, two, difference)


def _figure(field: str, info: RunInfo) -> Figure | None:
    if info.quality is not None:
        figure: Figure | None = getattr(info.quality, field)
        return figure
    loss = info.held_out
    if loss is None or field not in ("negative_elbo", "reconstruction_loss", "kl_loss"):
        return None
    error = loss.negative_elbo_standard_error if field == "negative_elbo" else None
    return Figure(getattr(loss, field), error, loss.images)


def _why_not(field: str, a: RunInfo, b: RunInfo) -> str:
    """Why a figure cannot be compared even if it was measured on the same images."""
    if a.dataset.image_shape != b.dataset.image_shape and field in DENSITIES | {"reconstruction_error"}:
        return "the images have other sizes"
    if field in DENSITIES and other_pixels(a, b):
        return "their pixels have other distributions"
    if field == "reconstruction_error" and a.pixels != b.pixels:
        return "the pixels of one of them are black or white"
    if field == "prior_distance" and a.latent_dim != b.latent_dim:
        return "it depends on the number of latent dimensions"
    qualities = a.quality, b.quality
    if field == "log_likelihood" and len({each.samples for each in qualities if each is not None}) > 1:
        return "it was estimated with other numbers of samples of z"
    return ""
