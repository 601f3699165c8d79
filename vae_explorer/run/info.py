"""The content of run.toml, and reading it."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from vae_explorer.array_types import ImageShape
from vae_explorer.data.dataset import DatasetInfo
from vae_explorer.data.fitting import parse_scales
from vae_explorer.data.options import parse_options
from vae_explorer.errors import UserError
from vae_explorer.reading_apart import one_line
from vae_explorer.run.config import Pixels, TrainingConfig
from vae_explorer.run.imported import ImportedLabel, ImportedModel, parse_imported
from vae_explorer.run.quality import Quality, parse_quality
from vae_explorer.run.segments import Segment, first_comparable, parse_segments, seams, segment

FORMAT = 1
Status = Literal["finished", "stopped", "imported"]


@dataclass(frozen=True, slots=True)
class HeldOutLoss:
    """The negative ELBO (beta 1) of the held-out images, in nats per image, with standard errors over images."""

    negative_elbo: float
    reconstruction_loss: float
    kl_loss: float
    images: int
    negative_elbo_standard_error: float | None = None  # None: not known for a single image

    @classmethod
    def of(cls, quality: Quality) -> "HeldOutLoss":
        total = quality.negative_elbo
        terms = quality.reconstruction_loss.value, quality.kl_loss.value
        return cls(total.value, *terms, total.images, total.standard_error)


# How a model was made: trained with these settings, or imported. The settings are those of the last segment, except
# that `epochs` counts all segments.
Origin = TrainingConfig | ImportedModel


@dataclass(frozen=True, slots=True)
class RunInfo:
    """The content of run.toml without the hashes."""

    name: str
    created: str  # ISO 8601
    status: Status
    dataset: DatasetInfo
    origin: Origin
    encoder_parameters: int
    decoder_parameters: int
    epochs: int  # complete epochs that were trained
    steps: int  # optimizer steps that the weights were trained with
    held_out: HeldOutLoss | None
    versions: dict[str, str]
    likelihood: str = "bernoulli"
    best_epoch: int | None = None  # least val_loss in the last segment after the warm-up of beta; None: not known
    note: str = ""
    quality: Quality | None = None  # None: the run is older than this field, or has no held-out images
    sigma: float | None = None  # standard deviation of Gaussian pixels, learned or fixed
    segments: tuple[Segment, ...] = ()  # empty: the run is older than this field

    @property
    def latent_dim(self) -> int:
        return self.origin.latent_dim

    @property
    def decoder_label(self) -> ImportedLabel | None:
        """What the decoder takes besides z; None: nothing."""
        return self.origin.decoder.label if isinstance(self.origin, ImportedModel) else None

    @property
    def decoder_width(self) -> int:
        """How many numbers the decoder takes for an image: z, and after it the label of a class if it takes one."""
        return self.latent_dim + (self.decoder_label.width if self.decoder_label is not None else 0)

    @property
    def decoder_classes(self) -> tuple[str, ...]:
        """The names of the classes that the decoder can be given, in the order of its labels; empty: it takes none.

        They are those of the data set if it has as many, or else numbers from 0.
        """
        if self.decoder_label is None:
            return ()
        count, names = self.decoder_label.classes, self.dataset.class_names
        return names if len(names) == count else tuple(map(str, range(count)))

    @property
    def pixels(self) -> Pixels:
        return self.origin.pixels

    @property
    def pixels_name(self) -> str:
        """The kind of pixels for the user: "grey", "colour" or "binarized"."""
        return "colour" if self.pixels == "grey" and self.dataset.image_shape[2] == 3 else self.pixels

    @property
    def stopped_note(self) -> str:
        """When a training was stopped that was meant to last longer, such as "stopped after epoch 3 of 12", or ""."""
        if self.status != "stopped" or isinstance(self.origin, ImportedModel):
            return ""
        when = f"after epoch {self.epochs}" if self.epochs else "in the first epoch"
        return f"stopped {when} of {self.origin.epochs}"

    def trained_with(self) -> TrainingConfig:
        """The settings of the training. Raises UserError for an imported model."""
        if isinstance(self.origin, ImportedModel):
            raise UserError(f"{self.name} was imported: the settings of its training are not known here.")
        return self.origin

    @property
    def model_name(self) -> str:
        """The name of the model for the user: its preset, or the file that it was imported from."""
        origin = self.origin
        return origin.preset if isinstance(origin, TrainingConfig) else f"imported {origin.decoder.file}"

    @property
    def beta(self) -> float | None:
        """The weight of the KL term in the training; None: not known, the model was imported."""
        return self.origin.beta if isinstance(self.origin, TrainingConfig) else None

    @property
    def all_segments(self) -> tuple[Segment, ...]:
        """The segments of the training, even if run.toml names none; empty for an imported model."""
        if isinstance(self.origin, ImportedModel):
            return ()
        return self.segments or (segment(self.origin, 1, self.epochs, self.steps, "", self.created),)

    @property
    def seams(self) -> tuple[int, ...]:
        """The epochs after which the run was trained further."""
        return seams(self.segments)

    @property
    def first_comparable(self) -> int:
        """How many epochs at the beginning cannot be the best."""
        return first_comparable(self.origin, self.segments) if isinstance(self.origin, TrainingConfig) else 0

    @property
    def pixels_note(self) -> str:
        """A note that is shown beside losses, since losses of different kinds of pixels cannot be compared.

        It is "" for grey pixels with a Bernoulli likelihood.
        """
        if self.likelihood.startswith("gaussian"):
            return " (Gaussian pixels)"
        return "" if self.pixels == "grey" else f" ({self.pixels} pixels)"


def files_of(info: RunInfo) -> set[str]:
    """The files that a run needs, relative to its folder."""
    arrays = {"history.csv", "codes.npz", "sample.npz"}
    if isinstance(info.origin, TrainingConfig):
        return arrays | {"model/encoder.keras", "model/decoder.keras"}
    networks = {"decoder": info.origin.decoder, "encoder": info.origin.encoder}
    return arrays | {f"model/{name}.{network.kind}" for name, network in networks.items() if network is not None}


def plain_info(info: RunInfo) -> dict[str, Any]:
    """The info as plain data for `parse_info`; None if something is not known.

    The origin is the table "config" for a trained model, and "imported" for an imported one.
    """
    content = asdict(info)
    origin, trained = content.pop("origin"), isinstance(info.origin, TrainingConfig)
    return content | {"config": origin if trained else None, "imported": None if trained else origin}


def parse_info(path: Path, content: dict[str, Any]) -> RunInfo:
    """The info from the content of run.toml or of a page. path: the file, for error sentences.

    Raises UserError if the content is damaged.
    """
    try:
        known = {name: content[name] for name in RunInfo.__slots__ if name in content}
        origin, dataset = _origin(content), _dataset(known.pop("dataset"))
        held_out, quality = known.pop("held_out", None), known.pop("quality", None)
        segments = parse_segments(known.pop("segments", ()))
        numbers = [known[name] for name in ("encoder_parameters", "decoder_parameters", "epochs", "steps")]
        if not all(isinstance(number, int) for number in numbers):
            raise TypeError(f"counts have to be whole numbers, not {numbers}")
        known |= {name: str(known[name]) for name in ("name", "created")}
        known["likelihood"] = str(known.get("likelihood", "bernoulli"))
        known["sigma"] = _sigma(known.get("sigma"), known["likelihood"])
        known["versions"] = {str(name): str(version) for name, version in dict(known["versions"]).items()}
        return RunInfo(
            dataset=dataset,
            origin=origin,
            held_out=_held_out(held_out) if held_out else None,
            quality=parse_quality(quality) if quality else None,
            segments=segments,
            **known,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UserError) as error:
        raise UserError(f"{path} is damaged: {one_line(error, 200)}.") from error


def _held_out(figures: dict[str, Any]) -> HeldOutLoss:
    error = figures.get("negative_elbo_standard_error")
    return HeldOutLoss(
        negative_elbo=float(figures["negative_elbo"]),
        reconstruction_loss=float(figures["reconstruction_loss"]),
        kl_loss=float(figures["kl_loss"]),
        images=int(figures["images"]),
        negative_elbo_standard_error=None if error is None else float(error),
    )


def _sigma(value: Any, likelihood: str) -> float | None:
    if not likelihood.startswith("gaussian"):
        return None
    if not 0 < float(value) < math.inf:
        raise ValueError(f"sigma is {value}")
    return float(value)


def parse_training(content: dict[str, Any]) -> tuple[TrainingConfig, DatasetInfo]:
    """The settings and the data set of a training from plain data.

    If they are damaged, raises UserError, KeyError, TypeError, ValueError or AttributeError.
    """
    return TrainingConfig(**content["config"]), _dataset(content["dataset"])


def _origin(content: dict[str, Any]) -> Origin:
    settings, found = content.get("config"), content.get("imported")
    if (settings is None) == (found is None):
        raise ValueError("it has to have either the settings of a training or those of an import")
    return parse_imported(found) if found is not None else TrainingConfig(**settings)  # type: ignore[arg-type]


def _dataset(content: dict[str, Any]) -> DatasetInfo:
    dataset = dict(content)
    dataset["image_shape"] = _image_shape(dataset["image_shape"])
    dataset["class_names"] = tuple(map(str, dataset["class_names"]))
    dataset["value_names"] = tuple(map(str, dataset.get("value_names", ())))
    dataset["notes"] = tuple(map(str, dataset.get("notes", ())))
    dataset["value_range"] = parse_scales(dataset["value_range"]) if dataset.get("value_range") else None
    dataset["options"] = parse_options(dataset.get("options", {}))
    return DatasetInfo(**dataset)


def _image_shape(sides: Any) -> ImageShape:
    height, width, channels = map(int, sides)
    if not (0 < height <= 4096 and 0 < width <= 4096 and channels in (1, 3)):
        raise ValueError(f"image_shape is {sides}")
    return height, width, channels
