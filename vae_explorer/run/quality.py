"""The figures of the quality of a model: their names, units and meanings."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from vae_explorer.latent.dimensions import ACTIVE

SAMPLES = 500  # samples of z per image for the importance-weighted log-likelihood
NEIGHBOURS = 10  # nearest training codes that classify a held-out one


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure measured on held-out images. Its value may be infinite or NaN for a bad model."""

    value: float
    standard_error: float | None  # over the images; None: for a single image or a count
    images: int

    def __str__(self) -> str:
        """Value and standard error with two significant digits of the error: "138.31 ± 0.48"."""
        error = self.standard_error
        if error is None or not math.isfinite(error) or error <= 0:
            return f"{self.value:.4g}"
        digits = max(0, 1 - math.floor(math.log10(error)))
        return f"{self.value:.{digits}f} ± {error:.{digits}f}"


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of a VAE on held-out images. Losses are in nats per image with a beta of 1.

    `FIGURES` explains the single figures, and `model/metrics.py` computes them. None: not measured.
    """

    pixels: str  # "grey" or "binarized"; figures of different pixels cannot be compared
    negative_elbo: Figure
    reconstruction_loss: Figure
    kl_loss: Figure
    kl_by_dimension: tuple[Figure, ...]  # (latent_dim,)
    code_variance: tuple[float, ...]  # (latent_dim,), variance of z_mean over the images
    reconstruction_error: Figure
    neighbour_accuracy: Figure | None
    prior_distance: Figure | None
    log_likelihood: Figure | None = None
    samples: int = 0  # samples of z per image for log_likelihood
    likelihood: str = "bernoulli"  # a `config.Likelihood`; figures of different likelihoods cannot be compared

    @property
    def active(self) -> tuple[bool, ...]:
        """(latent_dim,), true for active dimensions of z; the others have collapsed. Burda et al. 2015, section 5."""
        return tuple(variance > ACTIVE for variance in self.code_variance)

    @property
    def active_units(self) -> Figure:
        """The number of active dimensions of z."""
        return Figure(sum(self.active), None, self.negative_elbo.images)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The name of a figure, its unit, and one or two sentences on it."""

    name: str
    unit: str
    sentence: str


FIGURES = {
    "negative_elbo": Meaning(
        "Negative ELBO", "nats per image",
        "An upper bound of -log p(x), the sum of the next two figures; lower is better.",
    ),
    "reconstruction_loss": Meaning(
        "Reconstruction loss", "nats per image",
        "The negative log-likelihood of the pixels, given z from the posterior; lower is sharper.",
    ),
    "kl_loss": Meaning(
        "KL", "nats per image",
        "How much the posterior of an image differs from the prior, so how much z says about the image.",
    ),
    "log_likelihood": Meaning(
        "Importance-weighted log-likelihood", "nats per image",
        "A lower bound of log p(x) that is closer than the ELBO, and closer with more samples of z; higher is better.",
    ),
    "reconstruction_error": Meaning(
        "Reconstruction error", "root mean square, pixels 0 to 1",
        "How far the pixels are from those that the posterior mean of the image is decoded to; lower is better.",
    ),
    "active_units": Meaning(
        "Active units", "dimensions",
        f"Dimensions of z whose posterior mean varies over the images with a variance above {ACTIVE}; the others have "
        "collapsed and say nothing.",
    ),
    "neighbour_accuracy": Meaning(
        "Nearest-neighbour accuracy", "share of images",
        f"How often the class of an image is the most common one among the {NEIGHBOURS} nearest training codes; high "
        "if the classes are separate in z.",
    ),
    "prior_distance": Meaning(
        "Distance of the codes from the prior", "squared MMD",
        "How much the aggregated posterior differs from the prior; near 0, samples from the prior are where the "
        "decoder was trained.",
    ),
}  # fmt: skip
"""The single figures of `Quality` in the order in which they are shown; the KL of each dimension is not one of them."""

OF_A_DENSITY = {
    "negative_elbo": "For Gaussian pixels p is a density, so the figure can be below 0.",
    "reconstruction_loss": "For Gaussian pixels p is a density, so the figure can be below 0.",
    "log_likelihood": "For Gaussian pixels p is a density, so the figure can be above 0.",
}
"""Sentences that are added to the meanings of these fields if the pixels are Gaussian."""


def meanings(likelihood: str) -> dict[str, Meaning]:
    """The meanings of the single figures by field, for a likelihood of the pixels."""
    if not likelihood.startswith("gaussian"):
        return FIGURES
    return {
        field: replace(meaning, sentence=f"{meaning.sentence} {OF_A_DENSITY.get(field, '')}".rstrip())
        for field, meaning in FIGURES.items()
    }


def figures(quality: Quality) -> Iterator[tuple[str, Meaning, Figure | None]]:
    """The field, the meaning and the measured figure, None: not measured, of each single figure."""
    for field, meaning in meanings(quality.likelihood).items():
        yield field, meaning, getattr(quality, field)


def describe_quality(quality: Quality | None) -> dict[str, Any]:
    """All figures as plain data for JSON; None: not measured."""
    if quality is None:
        return dict.fromkeys((*Quality.__slots__, "active_units"))
    return asdict(quality) | {"active_units": asdict(quality.active_units)}


def parse_quality(content: dict[str, Any]) -> Quality:
    """A `Quality` from the plain data of `dataclasses.asdict`. A figure without a value gets NaN.

    Raises KeyError, TypeError, ValueError or AttributeError if the data are damaged.
    """
    known = {name: content[name] for name in Quality.__slots__ if name in content}
    for name in {*FIGURES} & {*known}:
        known[name] = None if known[name] is None else _figure(known[name])
    for name in ("neighbour_accuracy", "prior_distance"):
        known.setdefault(name, None)
    return Quality(
        **known
        | {
            "pixels": str(known["pixels"]),
            "samples": int(known.get("samples", 0)),
            "likelihood": str(known.get("likelihood", "bernoulli")),
            "kl_by_dimension": tuple(map(_figure, known["kl_by_dimension"])),
            "code_variance": tuple(map(_number, known["code_variance"])),
        }
    )


def _figure(content: dict[str, Any]) -> Figure:
    error = content.get("standard_error")
    return Figure(_number(content.get("value")), None if error is None else float(error), int(content["images"]))


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)  # JSON has no NaN
