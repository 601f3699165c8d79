"""A run: the folder that a training leaves behind, and reading it back with every file checked."""

import io
import math
import tomllib
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tomli_w
from platformdirs import user_data_path

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints, Longs
from vae_explorer.assets import asset
from vae_explorer.data.dataset import SPLITS, DatasetInfo, no_values
from vae_explorer.data.options import parse_options
from vae_explorer.errors import UserError
from vae_explorer.files import as_path, exists, replacing, sha256
from vae_explorer.run.config import Pixels, TrainingConfig
from vae_explorer.run.history import EpochRecord, read_history
from vae_explorer.run.imported import ImportedModel, parse_imported
from vae_explorer.run.quality import Quality, describe_quality, parse_quality
from vae_explorer.run.segments import Segment, first_comparable, parse_segments, seams, segment
from vae_explorer.run.snapshots import snapshot_epochs, snapshot_files

FORMAT = 1
BUILTIN = "builtin"  # the word for the shipped run
FILES = (
    "model/encoder.keras",
    "model/decoder.keras",
    "model/encoder.tflite",
    "model/decoder.tflite",
    "model/decoder.npz",
    "history.csv",
    "codes.npz",
    "sample.npz",
)
# Left out of a run where LiteRT, or our own lowering, could not convert the model.
CONVERTED = ("model/encoder.tflite", "model/decoder.tflite", "model/decoder.npz")
# Instead of the others of the network, where it was imported from ONNX.
ONNX_FILES = ("model/encoder.onnx", "model/decoder.onnx")
LOCK = ".lock"
TENSORBOARD = "tensorboard"  # the folder of the log that TensorBoard reads

Status = Literal["finished", "stopped", "imported"]


@dataclass(frozen=True, slots=True)
class Codes:
    """The posterior of every image that was used: arrays over N images."""

    z_mean: Floats  # (N, latent_dim)
    z_log_var: Floats  # (N, latent_dim)
    label: Ints  # (N,), position in the class names, -1: none
    index: Longs  # (N,), position in the data set
    split: Bytes  # (N,), data.TRAINING, VALIDATION or HELD_OUT
    values: Floats = field(default_factory=no_values)  # (N, K), of the data set's value_names, NaN: none

    def __post_init__(self) -> None:
        if self.values.shape == (0, 0):
            object.__setattr__(self, "values", no_values(len(self.index)))


@dataclass(frozen=True, slots=True)
class Sample:
    """Up to 2,000 held-out images, to look at where the data set is not at hand."""

    images: Bytes  # (M, H, W, C)
    index: Longs  # (M,), position in the data set


@dataclass(frozen=True, slots=True)
class HeldOutLoss:
    """The negative ELBO (beta 1) of the held-out images, in nats per image, with standard errors over images."""

    negative_elbo: float
    reconstruction_loss: float
    kl_loss: float
    images: int
    negative_elbo_standard_error: float | None = None  # of one image there is none

    @classmethod
    def of(cls, quality: Quality) -> "HeldOutLoss":
        total = quality.negative_elbo
        parts = quality.reconstruction_loss.value, quality.kl_loss.value
        return cls(total.value, *parts, total.images, total.standard_error)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What run.toml says, besides the hashes."""

    name: str
    created: str  # ISO 8601
    status: Status
    dataset: DatasetInfo
    config: TrainingConfig | None  # of the last segment, its epochs those of all; None: it was imported
    encoder_parameters: int
    decoder_parameters: int
    epochs: int  # whole epochs that were trained
    steps: int  # optimizer steps that the weights have seen
    held_out: HeldOutLoss | None
    versions: dict[str, str]
    likelihood: str = "bernoulli"
    best_epoch: int | None = None  # by val_loss, once beta has risen, in the last segment
    note: str = ""
    quality: Quality | None = None  # None: of a run from before there was one, or without held-out images
    sigma: float | None = None  # standard deviation of Gaussian pixels, learned or fixed
    segments: tuple[Segment, ...] = ()  # none: of a run from before there were segments
    imported: ImportedModel | None = None  # there if config is not

    @property
    def latent_dim(self) -> int:
        return self._origin.latent_dim

    @property
    def pixels(self) -> Pixels:
        return self._origin.pixels

    def trained_with(self) -> TrainingConfig:
        """The settings of its training. Raises UserError for an imported model."""
        if self.config is None:
            raise UserError(f"{self.name} was imported: the settings of its training are not known here.")
        return self.config

    @property
    def model_name(self) -> str:
        """What a person calls the model: its preset, or the file that it was imported from."""
        origin = self._origin
        return origin.preset if isinstance(origin, TrainingConfig) else f"imported {origin.decoder.file}"

    @property
    def beta(self) -> float | None:
        """The weight of the KL term in its training; None: not known of an imported model."""
        return self.config.beta if self.config is not None else None

    @property
    def all_segments(self) -> tuple[Segment, ...]:
        """Also where run.toml names none."""
        if self.config is None:
            return ()
        return self.segments or (segment(self.config, 1, self.epochs, self.steps, "", self.created),)

    @property
    def seams(self) -> tuple[int, ...]:
        """The epochs after which it was trained further."""
        return seams(self.segments)

    @property
    def first_comparable(self) -> int:
        """How many epochs at the beginning cannot be the best."""
        return first_comparable(self.config, self.segments) if self.config is not None else 0

    @property
    def pixels_note(self) -> str:
        """What has to stand beside every figure of losses, so that none is compared with one of other pixels.

        Empty for grey ones under a Bernoulli likelihood.
        """
        if self.likelihood.startswith("gaussian"):
            return " (Gaussian pixels)"
        return "" if self.pixels == "grey" else f" ({self.pixels} pixels)"

    @property
    def _origin(self) -> TrainingConfig | ImportedModel:
        origin = self.config if self.config is not None else self.imported
        if origin is None:
            raise ValueError("a run has the settings of a training, or what an import found")
        return origin


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run in memory; no file stays open."""

    folder: Path  # or the page that it was read from
    info: RunInfo
    codes: Codes
    sample: Sample
    history: tuple[EpochRecord, ...]
    decoder: bytes | None  # decoder.tflite, None: LiteRT could not convert it
    encoder: bytes | None  # encoder.tflite, likewise
    lowered: bytes | None  # decoder.npz, None: it was not written, or a layer cannot be lowered
    onnx_decoder: bytes | None = None  # decoder.onnx, of an imported run


def runs_folder() -> Path:
    """Where runs go and are looked for, unless told otherwise."""
    return user_data_path("vae-explorer", appauthor=False) / "runs"


def new_run_folder(name: str) -> Path:
    """A folder in the user's runs that does not exist yet: DATE-NAME, numbered where that is taken."""
    stem = f"{datetime.now():%Y-%m-%d}-{name}"
    folder, number = runs_folder() / stem, 2
    while folder.exists():
        folder, number = runs_folder() / f"{stem}-{number}", number + 1
    return folder


def find_run(word: str) -> Path:
    """The folder that a person means: "builtin", or a path."""
    return asset("mnist-dense") if word == BUILTIN else as_path(word)


def set_aside(folder: Path) -> Path:
    """Where a run waits while a training that is to replace it goes on."""
    return folder.with_name(f".{folder.name}.previous")


def is_run(folder: Path) -> bool:
    """Whether the folder has what marks a run; `open_run` tells whether it is a good one."""
    return (folder / "run.toml").is_file()


def write_info(folder: Path, info: RunInfo) -> None:
    """Write run.toml, last of all, with the hashes of the other files: from then on the folder is a run."""
    content = without_none(asdict(info))
    needed = files_of(info)
    optional = [name for name in CONVERTED if (folder / name).is_file() and name not in needed]
    # What has to be there comes last, so that a run.toml that is cut off is never taken for a whole one.
    written = [*snapshot_files(folder), *optional, *(name for name in (*FILES, *ONNX_FILES) if name in needed)]
    content["sha256"] = {name: sha256((folder / name).read_bytes()) for name in written}
    with replacing(folder / "run.toml") as path:
        path.write_text(tomli_w.dumps({"format": FORMAT} | content), encoding="utf-8")


def write_arrays(path: Path, arrays: Codes | Sample) -> None:
    """Write codes.npz or sample.npz. The log-variances keep half precision: more than a map or a figure shows."""
    content = {name: getattr(arrays, name) for name in arrays.__slots__}
    if "z_log_var" in content:
        largest = np.finfo(np.float16).max
        content["z_log_var"] = np.clip(content["z_log_var"], -largest, largest).astype(np.float16)
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **content)


def files_of(info: RunInfo) -> set[str]:
    """The files that a run cannot do without."""
    arrays = {"history.csv", "codes.npz", "sample.npz"}
    if info.imported is None:
        return arrays | {"model/encoder.keras", "model/decoder.keras"}
    networks = {"decoder": info.imported.decoder, "encoder": info.imported.encoder}
    return arrays | {f"model/{name}.{network.kind}" for name, network in networks.items() if network is not None}


def open_run(folder: Path) -> Run:
    """Read a run, checking format, hashes and shapes.

    Raises UserError with one sentence on what is wrong: no run, a newer format, a missing or damaged file.
    """
    folder = Path(folder)
    content = _read_toml(folder)
    info = parse_info(folder / "run.toml", content)
    hashes = content.get("sha256")
    if not isinstance(hashes, dict):
        raise UserError(f"The file run.toml of the run {folder} is damaged: it has no table sha256.")
    needed = files_of(info)
    names = [name for name in (*FILES, *ONNX_FILES) if name in needed or (name in CONVERTED and name in hashes)]
    files = {name: _read_checked(folder, name, hashes.get(name)) for name in names}
    try:
        codes = read_codes(files["codes.npz"])
        sample = read_sample(files["sample.npz"])
        history = read_history(files["history.csv"])
    except (ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"The run {folder} holds a file that cannot be read: {error}.") from error
    check_shapes(folder, info, codes, sample)
    encoder, decoder, lowered = (files.get(name) for name in CONVERTED)
    return Run(folder, info, codes, sample, history, decoder, encoder, lowered, files.get("model/decoder.onnx"))


def sample_image_of(run: Run) -> Longs:
    """Of each of the run's N codes, the position of its image in the run's sample, -1 where it is not in it: (N,)."""
    index, order = run.codes.index, np.argsort(run.sample.index)
    if not len(order):
        return np.full(len(index), -1, np.int64)
    place = np.searchsorted(run.sample.index[order], index).clip(max=len(order) - 1)
    found: Longs = np.where(run.sample.index[order][place] == index, order[place], -1)
    return found


def describe(run: Run) -> dict[str, Any]:
    """The run's settings and figures as plain data, for `info --json`; None where not measured."""
    info = asdict(run.info)
    held_out = info.pop("held_out") or dict.fromkeys(HeldOutLoss.__slots__)
    config = info.pop("config") or {"latent_dim": run.info.latent_dim, "pixels": run.info.pixels}
    planned = config.pop("epochs", None)
    for name in ("likelihood", "sigma"):  # those of the run are what came of them
        config.pop(name, None)
    encoder, decoder = info.pop("encoder_parameters"), info.pop("decoder_parameters")
    settings: dict[str, Any] = info | config
    return (
        {"format": FORMAT, "folder": str(run.folder)}
        | settings
        | {
            "epochs_planned": planned,
            "parameters": {"encoder": encoder, "decoder": decoder},
            "held_out": held_out,
            "quality": describe_quality(run.info.quality),
            "history": [asdict(record) for record in run.history],
            "snapshots": list(snapshot_epochs(run.folder)),
        }
    )


def _read_toml(folder: Path) -> dict[str, Any]:
    if not exists(folder):
        raise UserError(f"There is no run {folder}: give the folder of a run, or the word {BUILTIN}.")
    if not is_run(folder):
        if (folder / LOCK).exists() or (folder / "checkpoint").is_dir():
            kept = set_aside(folder.absolute())
            more = f" The run that it was to replace is kept in {kept}." if is_run(kept) else ""
            raise UserError(
                f"The run {folder} is unfinished: its training still goes on, or was cut off and can be resumed.{more}"
            )
        raise UserError(f"{folder} is not a run: it has no run.toml. Choose a folder that a training has written.")
    try:
        content = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"The file run.toml of the run {folder} is damaged: {error}.") from error
    except OSError as error:
        raise UserError(f"The file run.toml of the run {folder} cannot be read: {error.strerror}.") from error
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UserError(
            f"The run {folder} was written by a newer version (format {version}, this program reads {FORMAT}): "
            "update VAE Explorer."
        )
    if version != FORMAT:
        raise UserError(f"The file run.toml of the run {folder} is damaged: it names no format that is known.")
    return content


def parse_info(path: Path, content: dict[str, Any]) -> RunInfo:
    """The settings that `content` of the file `path` names. Raises UserError where it is damaged."""
    try:
        known = {name: content[name] for name in RunInfo.__slots__ if name in content}
        config, imported, dataset = _origin(known)
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
            config=config,
            imported=imported,
            held_out=_held_out(held_out) if held_out else None,
            quality=parse_quality(quality) if quality else None,
            segments=segments,
            **known,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UserError) as error:
        raise UserError(f"{path} is damaged: {str(error)[:200]}.") from error


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


def finite(value: Any) -> Any:
    """Plain data as JSON can hold it, which knows no NaN and no infinity: null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def parse_training(content: dict[str, Any]) -> tuple[TrainingConfig, DatasetInfo]:
    """What a training is told, from plain data. Raises UserError or what reading damaged data raises."""
    return TrainingConfig(**content["config"]), _dataset(content["dataset"])


def _origin(known: dict[str, Any]) -> tuple[TrainingConfig | None, ImportedModel | None, DatasetInfo]:
    """Where a model comes from, and its images; takes them out of what run.toml says."""
    settings, found, dataset = known.pop("config", None), known.pop("imported", None), known.pop("dataset")
    if (settings is None) == (found is None):
        raise ValueError("it has no settings of a training, or those of an import beside them")
    if found is not None:
        return None, parse_imported(found), _dataset(dataset)
    return TrainingConfig(**settings), None, _dataset(dataset)


def _dataset(content: dict[str, Any]) -> DatasetInfo:
    dataset = dict(content)
    dataset["image_shape"] = _image_shape(dataset["image_shape"])
    dataset["class_names"] = tuple(map(str, dataset["class_names"]))
    dataset["value_names"] = tuple(map(str, dataset.get("value_names", ())))
    dataset["options"] = parse_options(dataset.get("options", {}))
    return DatasetInfo(**dataset)


def _image_shape(sides: Any) -> ImageShape:
    height, width, channels = map(int, sides)
    if not (0 < height <= 4096 and 0 < width <= 4096 and channels in (1, 3)):
        raise ValueError(f"image_shape is {sides}")
    return height, width, channels


def _read_checked(folder: Path, name: str, expected: Any) -> bytes:
    path = folder / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"The run {folder} is incomplete: {name} is missing. Copy the whole folder again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if sha256(content) != expected:
        raise UserError(
            f"The run {folder} is damaged: {name} is not the file that was written. Copy the whole folder again."
        )
    return content


def read_codes(content: bytes) -> Codes:
    """The content of codes.npz. Raises what reading damaged data raises."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Codes(
            z_mean=file["z_mean"].astype(np.float32),
            z_log_var=file["z_log_var"].astype(np.float32),
            label=file["label"].astype(np.int32),
            index=file["index"].astype(np.int64),
            split=file["split"].astype(np.uint8),
            values=file["values"].astype(np.float32) if "values" in file else no_values(),
        )


def read_sample(content: bytes) -> Sample:
    """The content of sample.npz. Raises what reading damaged data raises."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Sample(images=file["images"].astype(np.uint8), index=file["index"].astype(np.int64))


def check_shapes(folder: Path, info: RunInfo, codes: Codes, sample: Sample) -> None:
    """Raise UserError if the arrays of a run do not fit its settings."""
    count, latent_dim, classes = len(codes.index), info.latent_dim, len(info.dataset.class_names)
    good = (
        codes.z_mean.shape == codes.z_log_var.shape == (count, latent_dim)
        and codes.label.shape == codes.index.shape == codes.split.shape == (count,)
        and codes.values.shape == (count, len(info.dataset.value_names))
        and bool(np.isfinite(codes.z_mean).all())
        and (count == 0 or codes.split.max() < len(SPLITS))
        and (count == 0 or -1 <= codes.label.min() <= codes.label.max() < max(classes, 1))
        and sample.images.shape == (len(sample.index), *info.dataset.image_shape)
    )
    if not good:
        raise UserError(f"The run {folder} is damaged: its arrays do not fit the shapes that run.toml names.")


def without_none(value: Any) -> Any:
    """What TOML can hold of plain data: it knows no None."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list | tuple) else value
