"""What a figure of quality means for the images of a run: what a model would have that has learned nothing, and, where
it is known, what is good."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles
from vae_explorer.run.quality import Figure, Quality
from vae_explorer.run.run import Run

MOST_VALUES = 5_000_000  # pixels of images that are looked at
LEAST = 1e-3  # least probability of a pixel in the mean image: one that never varies must not be certain
CLOSE = 0.05  # a figure nearer to that of a model that has learned nothing is poor, as a share of it
NEAR_PRIOR, FAR_FROM_PRIOR = 0.1, 0.3  # standard deviations; of the distance of the codes from the prior

# Measured here, see "Quality" and "Speed" in the README: the shipped run has 133.0, `dense` 138.3, and the network of
# Keras's example 150 after twenty minutes. Binarized: Davidson et al. 2018, Table 1.
KNOWN_MNIST = {
    ("grey", 2): (139.0, 150.0, "For MNIST with 2 dimensions, 133 to 139 is good, and above 150 is poor."),
    ("binarized", 2): (138.0, 150.0, "For MNIST with 2 dimensions, 137.1 is published (Davidson et al. 2018)."),
}

Verdict = Literal["", "good", "fair", "poor"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on a figure, "": none is known, and a sentence on what it is measured by."""

    verdict: Verdict
    sentence: str

    def __str__(self) -> str:
        """Both, such as "Good. No dimension has collapsed."; "" if nothing is known."""
        return " ".join(filter(None, (f"{self.verdict.capitalize()}." if self.verdict else "", self.sentence)))


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures of a model that decodes the mean image for every image."""

    loss: float  # nats per image
    error: float  # root mean square, pixels 0 to 1


def judge(run: Run, quality: Quality) -> dict[str, Judgement]:
    """What is known of the figures of a run, by the fields of `quality`; nothing of those that are left out."""
    found = {"kl_loss": _of_kl(quality.kl_loss), "active_units": _of_units(quality)}
    if quality.prior_distance is not None:
        found["prior_distance"] = _of_distance(quality.prior_distance, run.info.latent_dim)
    base = baseline(run)
    if base is not None:
        found["negative_elbo"] = _of_loss(run, quality, base)
        found["reconstruction_loss"] = Judgement("", _mean_image(base.loss))
        found["log_likelihood"] = Judgement("", _mean_image(-base.loss))
        found["reconstruction_error"] = _of_error(quality.reconstruction_error, base.error)
    if quality.neighbour_accuracy is not None:
        chance = largest_share(run)
        sentence = f"Guessing the most frequent class would have {chance:.2f}."
        found["neighbour_accuracy"] = Judgement(
            "poor" if quality.neighbour_accuracy.value < chance + CLOSE else "", sentence
        )
    return found


def baseline(run: Run) -> Baseline | None:
    """The figures of the mean image over the run's sample; None: the run holds no images."""
    images, info = run.sample.images, run.info
    if not len(images):
        return None
    some = images[:: -(-images.size // MOST_VALUES)].reshape(-1, int(np.prod(images.shape[1:])))
    pixels: NDArray[np.floating] = some.astype(np.float32) / 255
    mean = pixels.mean(axis=0, dtype=np.float64)
    variance: Doubles = np.square(pixels - mean).mean(axis=1, dtype=np.float64)  # of each image
    error = float(np.sqrt(variance).mean())
    if not info.likelihood.startswith("gaussian"):
        p = mean.clip(LEAST, 1 - LEAST).astype(np.float64)
        loss = -(mean * np.log(p) + (1 - mean) * np.log(1 - p)).sum()  # linear in the pixels: their mean is enough
        return Baseline(float(loss), error)
    own = max(float(variance.mean()), 1e-6)
    sigma = info.sigma**2 if info.likelihood == "gaussian-fixed" and info.sigma else own
    loss = 0.5 * len(mean) * (math.log(2 * math.pi * sigma) + own / sigma)
    return Baseline(float(loss), error)


def largest_share(run: Run) -> float:
    """The share of the most frequent class among the run's images that have one."""
    labels = run.codes.label[run.codes.label >= 0]
    return float(np.bincount(labels).max() / len(labels)) if len(labels) else 0.0


def shift_of(squared_mmd: float, latent_dim: int) -> float:
    """The shift of the standard normal along each dimension that has this squared MMD from it; see `prior_distance`.

    The result is in standard deviations; infinity if no shift is as far.
    """
    most = 2 * (latent_dim / (latent_dim + 2)) ** (latent_dim / 2)
    share = max(0.0, squared_mmd) / most
    if not share < 1:
        return math.inf
    return math.sqrt(-2 * (latent_dim + 2) / latent_dim * math.log1p(-share))


def _mean_image(value: float) -> str:
    return f"The mean image in place of each would have {value:,.1f}."


def _of_loss(run: Run, quality: Quality, base: Baseline) -> Judgement:
    value, sentence = quality.negative_elbo.value, _mean_image(base.loss)
    is_mnist = run.info.dataset.name == "MNIST" and run.info.dataset.image_shape == (28, 28, 1)
    known = KNOWN_MNIST.get((quality.pixels, run.info.latent_dim)) if is_mnist else None
    if not value < base.loss:  # also for NaN
        return Judgement("poor", sentence)
    if known is None or quality.likelihood != "bernoulli":
        return Judgement("", sentence)
    good, poor, words = known
    return Judgement("good" if value <= good else "fair" if value <= poor else "poor", f"{words} {sentence}")


def _of_error(figure: Figure, base: float) -> Judgement:
    sentence = f"The mean image in place of each would have {base:.3f}."
    return Judgement("poor" if not figure.value < (1 - CLOSE) * base else "", sentence)


def _of_kl(figure: Figure) -> Judgement:
    if not 0 <= figure.value < 700:
        return Judgement("poor" if math.isnan(figure.value) else "", "")
    if figure.value < CLOSE:
        return Judgement("poor", "0 means that the codes say nothing about the images: the posterior has collapsed.")
    return Judgement("", f"Enough to tell about {_rounded(math.exp(figure.value))} images apart; 0 would tell none.")


def _of_units(quality: Quality) -> Judgement:
    active, count = sum(quality.active), len(quality.active)
    if active == count:
        return Judgement("good", "No dimension has collapsed.")
    names = [f"z{number}" for number, on in enumerate(quality.active, start=1) if not on]
    said = ", ".join(names) if len(names) <= 5 else f"{len(names)} of {count}"
    remedy = "Fewer dimensions, a smaller beta or a KL warm-up would change that."
    return Judgement("fair" if active else "poor", f"Collapsed: {said}. {remedy}")


def _of_distance(figure: Figure, latent_dim: int) -> Judgement:
    shift = shift_of(figure.value, latent_dim)
    if math.isnan(figure.value):
        return Judgement("poor", "")
    verdict: Verdict = "good" if shift < NEAR_PRIOR else "fair" if shift < FAR_FROM_PRIOR else "poor"
    far = f"{shift:.2f}" if math.isfinite(shift) else "many"
    return Judgement(
        verdict,
        f"As far as a prior that is shifted by {far} standard deviations in each dimension. Below {NEAR_PRIOR} is "
        f"good; above {FAR_FROM_PRIOR}, samples from the prior often fall beside the codes.",
    )


def _rounded(count: float) -> str:
    """A large number with two digits."""
    digits = max(0, int(math.log10(count)) - 1)
    return f"{round(count / 10**digits) * 10**digits:,.0f}" if digits < 9 else f"{count:.1e}"
