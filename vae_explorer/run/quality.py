"""The figures of a run's quality: their names, units and meaning."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from vae_explorer.latent.dimensions import ACTIVE

SAMPLES = 500  # samples of z per image for the importance-weighted log-likelihood
NEIGHBOURS = 10  # nearest latent codes that classify another one


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure measured on held-out images. A very bad model may have infinite values or NaN."""

    value: float
    standard_error: float | None  # over the images; None: the figure is a count or of a single image
    images: int

    def __str__(self) -> str:
        """Value and standard error, both to the second digit of the error: 138.31 ± 0.48."""
        error = self.standard_error
        if error is None or not math.isfinite(error) or error <= 0:
            return f"{self.value:.4g}"
        digits = max(0, 1 - math.floor(math.log10(error)))
        return f"{self.value:.{digits}f} ± {error:.{digits}f}"


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a trained VAE is on held-out images; losses in nats per image, whatever beta the training used.

    `FIGURES` explains the fields that it names; `model/metrics.py` computes them. None: not measured.
    """

    pixels: str  # "grey" or "binarized"; figures of different pixels cannot be compared
    negative_elbo: Figure
    reconstruction_loss: Figure
    kl_loss: Figure
    kl_by_dimension: tuple[Figure, ...]  # (latent_dim,)
    code_variance: tuple[float, ...]  # (latent_dim,), of z_mean over the images
    reconstruction_error: Figure
    neighbour_accuracy: Figure | None
    prior_distance: Figure | None
    log_likelihood: Figure | None = None
    samples: int = 0  # samples of z per image in log_likelihood, 0: not measured
    likelihood: str = "bernoulli"  # of pixels, see `config.Likelihood`; figures of different ones cannot be compared

    @property
    def active(self) -> tuple[bool, ...]:
        """Whether each dimension of z is active, (latent_dim,), or has collapsed. Burda et al. 2015, section 5."""
        return tuple(variance > ACTIVE for variance in self.code_variance)

    @property
    def active_units(self) -> Figure:
        return Figure(sum(self.active), None, self.negative_elbo.images)


@dataclass(frozen=True, slots=True)
class Meaning:
    name: str
    unit: str
    sentence: str


FIGURES = {
    "negative_elbo": Meaning(
        "Negative ELBO", "nats per image",
        "An upper bound of -log p(x): the sum of the next two figures; lower is better.",
    ),
    "reconstruction_loss": Meaning(
        "Reconstruction loss", "nats per image",
        "-log p(x) given a z drawn from the posterior of the image; lower means more exact reconstructions.",
    ),
    "kl_loss": Meaning(
        "KL", "nats per image",
        "How much the posterior of an image differs from the prior: the information about the image in z.",
    ),
    "log_likelihood": Meaning(
        "Importance-weighted log-likelihood", "nats per image",
        "A lower bound of log p(x), closer than the ELBO, and closer with more samples of z; higher is better.",
    ),
    "reconstruction_error": Meaning(
        "Reconstruction error", "root mean square, pixels 0 to 1",
        "Difference of an image and the image decoded from its mean latent code; lower is better.",
    ),
    "active_units": Meaning(
        "Active units", "dimensions",
        f"Dimensions of z whose mean varies between images, with a variance above {ACTIVE}; the others have collapsed "
        "and carry no information.",
    ),
    "neighbour_accuracy": Meaning(
        "Nearest-neighbour accuracy", "share of images",
        f"How often the class of an image is the most frequent one among the {NEIGHBOURS} nearest training codes; high "
        "if classes are separate in z.",
    ),
    "prior_distance": Meaning(
        "Distance of the codes from the prior", "squared MMD",
        "How much the aggregated posterior differs from the prior; near 0, samples from the prior fall where the "
        "decoder has learned.",
    ),
}  # fmt: skip
"""The single figures of `Quality` in the order in which they are shown, without the KL of each dimension."""


DENSITY_NOTES = {
    "negative_elbo": "For Gaussian pixels p is a density, and this can be below 0.",
    "reconstruction_loss": "For Gaussian pixels p is a density, and this can be below 0.",
    "log_likelihood": "For Gaussian pixels p is a density, and this can be above 0.",
}
"""Sentences that are added to those of these fields if pixels are Gaussian."""


def meanings(likelihood: str) -> dict[str, Meaning]:
    """The meaning of each figure, by its field, for a likelihood of pixels."""
    if not likelihood.startswith("gaussian"):
        return FIGURES
    return {
        field: replace(meaning, sentence=f"{meaning.sentence} {DENSITY_NOTES.get(field, '')}".rstrip())
        for field, meaning in FIGURES.items()
    }


def figures(quality: Quality) -> Iterator[tuple[str, Meaning, Figure | None]]:
    """Each single figure: its field, its meaning, and its value, None if it was not measured."""
    for field, meaning in meanings(quality.likelihood).items():
        yield field, meaning, getattr(quality, field)


def describe_quality(quality: Quality | None) -> dict[str, Any]:
    """All figures as plain data for JSON; None if not measured."""
    if quality is None:
        return dict.fromkeys((*Quality.__slots__, "active_units"))
    return asdict(quality) | {"active_units": asdict(quality.active_units)}


def parse_quality(content: dict[str, Any]) -> Quality:
    """The `Quality` whose plain data `dataclasses.asdict` made; a missing value of a figure is NaN.

    Raises KeyError, TypeError or ValueError if the data are damaged.
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
