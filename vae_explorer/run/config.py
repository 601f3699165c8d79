"""The presets and the settings of a training."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from vae_explorer.array_types import ImageShape
from vae_explorer.errors import UserError
from vae_explorer.sizes import shape_text, size_text

Pixels = Literal["grey", "binarized"]
PIXELS: tuple[Pixels, ...] = get_args(Pixels)


@dataclass(frozen=True, slots=True)
class Preset:
    """A network with its usual settings. `model/vae.py` holds a builder with the name of the preset."""

    title: str
    sentence: str  # one sentence or two on what it is good for
    optimizer: str  # "adam" or "rmsprop"
    schedule: str  # how the learning rate changes: "constant" or "cosine"
    learning_rate: float
    epochs: int
    batch_size: int = 128
    size_divisor: int = 1  # height and width have to be multiples of this
    image_shape: ImageShape | None = None  # the only image shape that it can take; None: any
    beta: Callable[[int], float] = lambda _latent_dim: 1.0  # usual weight of the KL term by latent_dim
    pixels: Pixels = "grey"
    patience: int | None = None
    restore_best: bool = False
    clip_norm: float | None = None  # most that the norm of a step's gradient may be; a longer one is shortened


PRESETS: dict[str, Preset] = {
    "deep": Preset(
        "deep: four layers of 192, GELU",
        "The lowest loss within minutes, for grey images up to about 32 x 32; its weights and files grow with the "
        "pixels, to a hundred megabytes at 128 x 128 in colour, where conv is the better choice.",
        "adam", "cosine", 0.0015, epochs=88, batch_size=256,
        # Rare steps had a gradient ten times as long as usual (60 on MNIST), after which the loss was not finite.
        clip_norm=200.0,
    ),
    "wide": Preset(
        "wide: four layers of 512, GELU",
        "The lowest loss of all, in half an hour on two cores or minutes on a GPU, for grey images up to about "
        "32 x 32; its files are 4.5 times as large as those of deep.",
        "adam", "cosine", 0.00075, epochs=200, batch_size=256, clip_norm=200.0,
    ),
    "dense": Preset(
        "dense: 512-256-128 GELU",
        "A good loss within a minute, for grey images up to about 32 x 32; its weights and files grow with the pixels, "
        "to hundreds of megabytes at 128 x 128 in colour, where conv is the better choice.",
        "adam", "cosine", 0.0035, epochs=12,
    ),
    "conv": Preset(
        "conv: convolutions, GELU",
        "For larger images and colour: its size hardly depends on that of the images. Slower than dense.",
        "adam", "cosine", 0.003, epochs=12,
    ),
    "keras-io": Preset(
        "Reference: Keras's VAE example",
        "The network and settings of Keras's VAE example, to compare with.",
        "adam", "constant", 0.001, epochs=30, size_divisor=4,
    ),
    "blog": Preset(
        "Reference: the blog's network",
        "Network, settings and beta of the blog post that this program began with, to compare with; for grey images of "
        "28 x 28.",
        "rmsprop", "constant", 0.001, epochs=10, image_shape=(28, 28, 1),
        # Its objective is the mean cross-entropy per pixel + 5e-4 * mean over dimensions of 2 KL; this is its beta in
        # nats per image.
        beta=lambda latent_dim: 28 * 28 * 5e-4 * 2 / latent_dim,
    ),
    "s-vae-mlp": Preset(
        "Reference: Davidson et al. 2018",
        "The Gaussian VAE of Davidson et al. 2018, Hyperspherical Variational Auto-Encoders, Table 1, to compare with.",
        "adam", "constant", 0.001, epochs=1000, batch_size=64, pixels="binarized", patience=50, restore_best=True,
    ),
}  # fmt: skip

MAX_LATENT_DIM = 64
VALIDATION_SHARE = 1 / 12  # share of the images that are not held out: 5,000 of MNIST's 60,000
# p(x|z) of each value x of a pixel: Bernoulli, or a Gaussian around the decoded value. The Gaussian has one standard
# deviation for all pixels, learned or fixed. `usual_likelihood` decides which one is usual.
Likelihood = Literal["bernoulli", "gaussian", "gaussian-fixed"]
LIKELIHOODS: tuple[Likelihood, ...] = get_args(Likelihood)
SIGMA = 0.1  # usual standard deviation of a fixed Gaussian, for pixels from 0 to 1


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything that a training depends on besides the images.

    The same config and images give the same result on the same machine. Raises UserError for a setting out of range.
    """

    preset: str
    latent_dim: int
    beta: float  # weight of the KL term, >= 0; 1 is the ELBO
    epochs: int
    batch_size: int  # images
    learning_rate: float  # at the start, above 0 and at most 10
    optimizer: str
    schedule: str
    seed: int
    limit: int | None = None  # most images to use for training and validation; None: all
    kl_warmup: int = 0  # epochs during which beta rises from 0 with every step
    patience: int | None = None  # epochs without improvement after which the training ends; None: never
    restore_best: bool = False  # keep the weights of the best epoch, not the last ones
    validation_share: float = VALIDATION_SHARE  # share of the images that are not held out
    pixels: Pixels = "grey"  # encode and reconstruct grey levels, or bits that are drawn from them at every step
    likelihood: Likelihood | Literal["usual"] = "bernoulli"  # "usual": `for_images` decides
    sigma: float | None = None  # standard deviation of a fixed Gaussian; None for any other likelihood

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise UserError(f"There is no preset {self.preset!r}: choose one of {', '.join(PRESETS)}.")
        _between("latent_dim", self.latent_dim, 1, MAX_LATENT_DIM)
        _between("beta", self.beta, 0, 1e6)
        _between("epochs", self.epochs, 1, 100_000)
        _between("batch_size", self.batch_size, 1, 65_536)
        _between("seed", self.seed, 0, 2**31 - 1)
        if not (math.isfinite(self.learning_rate) and 0 < self.learning_rate <= 10):
            raise UserError(f"learning_rate has to be above 0 and at most 10, not {self.learning_rate}.")
        if self.optimizer not in ("adam", "rmsprop") or self.schedule not in ("constant", "cosine"):
            raise UserError(f"There is no optimizer {self.optimizer!r} with a {self.schedule!r} schedule.")
        if self.limit is not None:
            _between("limit", self.limit, 2, 10**9)
        _between("kl_warmup", self.kl_warmup, 0, self.epochs - 1)
        if self.patience is not None:
            _between("patience", self.patience, 1, 100_000)
        _between("validation_share", self.validation_share, 0.001, 0.5)
        if self.pixels not in PIXELS:
            raise UserError(f"There are no {self.pixels!r} pixels: choose one of {', '.join(PIXELS)}.")
        if self.likelihood not in (*LIKELIHOODS, "usual"):
            raise UserError(f"There is no likelihood {self.likelihood!r}: choose one of {', '.join(LIKELIHOODS)}.")
        if self.pixels == "binarized" and self.likelihood.startswith("gaussian"):
            raise UserError("Binarized pixels are 0 or 1, which is no Gaussian: choose grey pixels, or bernoulli.")
        if self.likelihood == "gaussian-fixed":
            _between("sigma", math.nan if self.sigma is None else self.sigma, 0.001, 10)
        elif self.sigma is not None:
            raise UserError("sigma belongs to a fixed Gaussian: choose the likelihood gaussian-fixed, or leave it out.")


def training_config(preset: str = "dense", **settings: Any) -> TrainingConfig:
    """The preset's settings, with some of them replaced. A setting of None keeps that of the preset.

    patience: 0 means None, even if the preset has a patience. Raises UserError for an unknown preset and for settings
    out of range.
    """
    if preset not in PRESETS:
        raise UserError(f"There is no preset {preset!r}: choose one of {', '.join(PRESETS)}.")
    usual = PRESETS[preset]
    given = {name: value for name, value in settings.items() if value is not None}
    latent_dim = given.pop("latent_dim", 2)
    _between("latent_dim", latent_dim, 1, MAX_LATENT_DIM)
    patience = given.pop("patience", usual.patience)
    defaults: dict[str, Any] = {
        "beta": usual.beta(latent_dim),
        "epochs": usual.epochs,
        "batch_size": usual.batch_size,
        "learning_rate": usual.learning_rate,
        "optimizer": usual.optimizer,
        "schedule": usual.schedule,
        "seed": 0,
        "patience": patience or None,
        "restore_best": usual.restore_best,
        "pixels": usual.pixels,
        "likelihood": "usual",
        "sigma": SIGMA if given.get("likelihood") == "gaussian-fixed" else None,
    }
    return TrainingConfig(preset=preset, latent_dim=latent_dim, **(defaults | given))


def usual_preset(image_shape: ImageShape) -> str:
    """The preset to begin with for images of this (height, width, channels)."""
    height, width, channels = image_shape
    return "deep" if channels == 1 and height * width <= 32 * 32 else "conv"


def usual_likelihood(image_shape: ImageShape) -> Likelihood:
    """Bernoulli for grey images, whose levels can be used as probabilities of white; Gaussian for colour images."""
    return "bernoulli" if image_shape[2] == 1 else "gaussian"


def for_images(config: TrainingConfig, image_shape: ImageShape) -> TrainingConfig:
    """The config with its likelihood decided for images of this (height, width, channels), if it was left open."""
    if config.likelihood != "usual":
        return config
    return replace(config, likelihood="bernoulli" if config.pixels == "binarized" else usual_likelihood(image_shape))


def check_image_shape(config: TrainingConfig, image_shape: ImageShape) -> None:
    """Raises UserError if the preset's network cannot take images of this (height, width, channels)."""
    preset = PRESETS[config.preset]
    height, width, _ = image_shape
    if preset.image_shape is not None and image_shape != preset.image_shape:
        kind = "grey images" if preset.image_shape[2] == 1 else "images"
        raise UserError(
            f"The preset {config.preset} takes {kind} of {shape_text(preset.image_shape)} only, not "
            f"{shape_text(image_shape)}: "
            f"choose the preset {usual_preset(image_shape)}."
        )
    if height % preset.size_divisor or width % preset.size_divisor:
        raise UserError(
            f"The preset {config.preset} needs width and height to be multiples of {preset.size_divisor}, "
            f"not {size_text(height, width)}: choose the preset {usual_preset(image_shape)}."
        )


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # false for NaN too
        raise UserError(f"{name} has to be between {low:,} and {high:,}, not {value}.")
