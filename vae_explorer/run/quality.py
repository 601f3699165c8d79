"""The figures that a run is judged by: what each is called, its unit, and what it means."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from vae_explorer.latent.dimensions import ACTIVE

SAMPLES = 500  # of z an image, for the importance-weighted log-likelihood
NEIGHBOURS = 10  # codes that classify another one


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of held-out images. Not finite where the model is that bad."""

    value: float
    standard_error: float | None  # over the images; None: of one image, or of a count, there is none
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

    The fields that `FIGURES` names are explained there; `model/metrics.py` computes them. None: not measured.
    """

    pixels: str  # "grey" or "binarized": figures of the one say nothing beside those of the other
    negative_elbo: Figure
    reconstruction_loss: Figure
    kl_loss: Figure
    kl_by_dimension: tuple[Figure, ...]  # (latent_dim,)
    code_variance: tuple[float, ...]  # (latent_dim,), of z_mean over the images
    reconstruction_error: Figure
    neighbour_accuracy: Figure | None
    prior_distance: Figure | None
    log_likelihood: Figure | None = None
    samples: int = 0  # of z an image, behind log_likelihood
    likelihood: str = "bernoulli"  # of pixels, see `config.Likelihood`: figures of another cannot be compared either

    @property
    def active(self) -> tuple[bool, ...]:
        """Which dimensions of z are active, (latent_dim,); the others have collapsed. Burda et al. 2015, section 5."""
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
        "Negative ELBO", "nats an image",
        "What an image costs under the model at most, the sum of the next two; lower is better.",
    ),
    "reconstruction_loss": Meaning(
        "Reconstruction loss", "nats an image",
        "What its pixels cost once a code is drawn from the image's posterior; lower is sharper.",
    ),
    "kl_loss": Meaning(
        "KL", "nats an image",
        "What its code costs: how much more the posterior says than the prior, so how much z tells of the image.",
    ),
    "log_likelihood": Meaning(
        "Importance-weighted log-likelihood", "nats an image",
        "A lower bound of log p(x), the closer the more samples of z it takes, and closer than the ELBO; higher is "
        "better.",
    ),
    "reconstruction_error": Meaning(
        "Reconstruction error", "of 1, root mean square",
        "How far a pixel, from 0 to 1, is from the decoded mean code of its image; lower is better.",
    ),
    "active_units": Meaning(
        "Active units", "dimensions",
        f"Dimensions of z whose mean varies from image to image, with a variance above {ACTIVE}; the others have "
        "collapsed and tell nothing.",
    ),
    "neighbour_accuracy": Meaning(
        "Nearest-neighbour accuracy", "of 1, share of images",
        f"How often the class of an image is the commonest among the {NEIGHBOURS} training codes nearest to its own; "
        "high where classes lie apart in z.",
    ),
    "prior_distance": Meaning(
        "Distance of the codes from the prior", "squared MMD",
        "How unlike the prior the posteriors of all images are together; near 0, samples from the prior fall where the "
        "decoder has learned.",
    ),
}  # fmt: skip
"""The single figures of `Quality`, in the order in which they are shown; the KL of each dimension goes beside them."""


OF_A_DENSITY = {
    "negative_elbo": "Of Gaussian pixels it is a density's, and can be below 0.",
    "reconstruction_loss": "Of Gaussian pixels it is a density's, and can be below 0.",
    "log_likelihood": "Of Gaussian pixels p is a density, and its log can be above 0.",
}
"""What is added to the sentences of these fields where pixels are Gaussian."""


def meanings(likelihood: str) -> dict[str, Meaning]:
    """What the figures mean, by their fields, under a likelihood of pixels."""
    if not likelihood.startswith("gaussian"):
        return FIGURES
    return {
        field: replace(meaning, sentence=f"{meaning.sentence} {OF_A_DENSITY.get(field, '')}".rstrip())
        for field, meaning in FIGURES.items()
    }


def figures(quality: Quality) -> Iterator[tuple[str, Meaning, Figure | None]]:
    """Each single figure: its field, what it means, and what was measured."""
    for field, meaning in meanings(quality.likelihood).items():
        yield field, meaning, getattr(quality, field)


def describe_quality(quality: Quality | None) -> dict[str, Any]:
    """All figures as plain data, for JSON; None where not measured."""
    if quality is None:
        return dict.fromkeys((*Quality.__slots__, "active_units"))
    return asdict(quality) | {"active_units": asdict(quality.active_units)}


def parse_quality(content: dict[str, Any]) -> Quality:
    """A `Quality` from the plain data that `dataclasses.asdict` makes of it; what a figure lacks is NaN.

    Raises KeyError, TypeError or ValueError where it is damaged.
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
