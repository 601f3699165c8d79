"""The settings in which two runs differ."""

from dataclasses import asdict, dataclass

from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.info import RunInfo
from vae_explorer.sizes import shape_text

NAMES = {
    "batch_size": "batch size",
    "learning_rate": "learning rate",
    "optimizer": "optimizer",
    "schedule": "schedule",
    "seed": "seed",
    "limit": "most images",
    "kl_warmup": "KL warm-up, epochs",
    "patience": "patience, epochs",
    "restore_best": "best epoch restored",
    "validation_share": "share of validation",
}
# Follow from other settings, or stand in the title of a run anyway.
OF_OTHERS = {
    "images", "size of the images", "number of images", "model", "parameters of the encoder",
    "parameters of the decoder", "pixels",
}  # fmt: skip
MOST_TOLD = 3  # settings


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of two runs, A and B, in words; "–": unknown, or the run has none."""

    name: str
    a: str
    b: str


def differing_settings(a: RunInfo, b: RunInfo) -> tuple[Setting, ...]:
    """The settings in which two runs differ, those of the images and the network first."""
    one, two = _settings(a), _settings(b)
    return tuple(Setting(name, one[name], two[name]) for name in one if one[name] != two[name])


def told_apart(a: RunInfo, b: RunInfo) -> tuple[str, str]:
    """The settings that were chosen differently for two runs, in a few words for each; "": none, or unknown."""
    differing = [setting for setting in differing_settings(a, b) if setting.name not in OF_OTHERS]
    return _words([(each.name, each.a) for each in differing]), _words([(each.name, each.b) for each in differing])


def _words(settings: list[tuple[str, str]]) -> str:
    words = [f"{name.removesuffix(', epochs')} {value}" for name, value in settings if value != "–"]
    return ", ".join(words[:MOST_TOLD] + ["…"] * (len(words) > MOST_TOLD))


def _settings(info: RunInfo) -> dict[str, str]:
    found = {
        "images": info.dataset.name,
        "size of the images": shape_text(info.dataset.image_shape),
        "number of images": f"{info.dataset.images:,}",
        "model": info.model_name,
        "latent dimensions": str(info.latent_dim),
        "parameters of the encoder": f"{info.encoder_parameters:,}",
        "parameters of the decoder": f"{info.decoder_parameters:,}",
        "pixels": info.pixels_name,
        "likelihood": info.likelihood,
        "sigma": "–" if info.sigma is None else f"{info.sigma:.3g}",
        "beta": "–" if info.beta is None else f"{info.beta:g}",
        "epochs trained": str(info.epochs) if isinstance(info.origin, TrainingConfig) else "–",
    }
    trained = asdict(info.origin) if isinstance(info.origin, TrainingConfig) else {}
    return found | {name: _text(trained.get(field)) for field, name in NAMES.items()}


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
