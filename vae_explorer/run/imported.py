"""What an import detected about networks of another program, and how their tensors are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from vae_explorer.errors import UserError
from vae_explorer.run.config import PIXELS, Pixels

# How a decoder's values become pixels: by their range, which is 0 to 1 of a sigmoid and -1 to 1 of tanh, or a sigmoid.
Ending = Literal["sigmoid", "tanh", "logits", "0..255"]
# The axes of an image, in this order: (H, W, C), (C, H, W), (H, W), (H * W * C,), or (C * H * W,).
Layout = Literal["last", "first", "plain", "flat", "flat-first"]
# How a class is given to a conditional decoder: as K numbers, 1 for the class and 0 for the others, or as its number.
LabelKind = Literal["one-hot", "index"]
InputRange = Literal["0..1", "-1..1", "0..255"]  # range of the pixels that an encoder takes
# What an encoder gives of q(z|x); concatenated: both in one tensor, the mean first unless it is said.
Posterior = Literal["mean and log-variance", "concatenated", "concatenated, log-variance first", "mean alone"]
Shape = tuple[int, ...]

MOST_DIMENSIONS = 512  # of the latent codes of an imported model
MOST_CLASSES = 1000  # of a conditional decoder

ENDINGS: tuple[Ending, ...] = get_args(Ending)
LAYOUTS: dict[Layout, str] = {
    "last": "channels last",
    "first": "channels first",
    "plain": "without channels",
    "flat": "flat",
    "flat-first": "flat, channel by channel",
}
INPUT_RANGES: tuple[InputRange, ...] = get_args(InputRange)


@dataclass(frozen=True, slots=True)
class ImportedLabel:
    """The second input of a conditional decoder, which takes the label of a class."""

    input: str  # name of its tensor
    kind: LabelKind
    classes: int  # K; their labels are 0 to K - 1

    @property
    def width(self) -> int:
        """How many numbers a label has."""
        return self.classes if self.kind == "one-hot" else 1


@dataclass(frozen=True, slots=True)
class ImportedDecoder:
    """z (batch, latent_dim), perhaps with a class label -> images. Names and shapes are those of the file's tensors."""

    file: str  # its name, without folders
    kind: Literal["keras", "onnx"]
    input: str
    output: str
    output_shape: Shape  # without the batch
    layout: Layout
    ending: Ending
    lowest: float  # least and largest value for latent codes from the prior
    highest: float
    label: ImportedLabel | None = None  # None: z alone decides on the image


@dataclass(frozen=True, slots=True)
class ImportedEncoder:
    """Images -> the posterior q(z|x)."""

    file: str
    kind: Literal["keras", "onnx"]
    input: str
    input_shape: Shape
    layout: Layout
    input_range: InputRange
    posterior: Posterior
    z_mean: str  # name of the tensor that holds the mean
    z_log_var: str  # name of the tensor that holds the log-variance; "": there is none


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """The table `imported` of run.toml, which an imported run has instead of the settings of a training."""

    latent_dim: int
    decoder: ImportedDecoder
    encoder: ImportedEncoder | None = None
    pixels: Pixels = "grey"  # the kind of pixels that its figures are measured with


def means_alone(origin: object) -> bool:
    """Whether the origin of a run is an import whose encoder gives means alone, so that no variance is known."""
    return isinstance(origin, ImportedModel) and origin.encoder is not None and origin.encoder.posterior == "mean alone"


def describe_networks(model: ImportedModel) -> list[str]:
    """A line on each network: its tensors, and how they are read."""
    decoder, encoder = model.decoder, model.encoder
    ending = decoder.ending.replace("..", " to ")
    label = ""
    if decoder.label is not None:
        given = "a one-hot" if decoder.label.kind == "one-hot" else "an index"
        label = f" with {decoder.label.input} ({given} of {decoder.label.classes} classes)"
    lines = [
        f"decoder {decoder.file}: {decoder.input} ({model.latent_dim}){label} to {decoder.output} "
        f"{written_shape(decoder.output_shape)}, {LAYOUTS[decoder.layout]}, read as {ending} "
        f"(values {decoder.lowest:.3g} to {decoder.highest:.3g} for latent codes from the prior)"
    ]
    if encoder is not None:
        to = f"{encoder.z_mean} and {encoder.z_log_var}" if encoder.z_log_var else encoder.z_mean
        lines.append(
            f"encoder {encoder.file}: {encoder.input} {written_shape(encoder.input_shape)}, "
            f"{LAYOUTS[encoder.layout]}, pixels in {encoder.input_range.replace('..', ' to ')}, to {to}: "
            f"{encoder.posterior}"
        )
    return lines


def written_shape(shape: Sequence[int | str]) -> str:
    """A shape in words for sentences, such as "(28, 28, 1)"."""
    return f"({', '.join(map(str, shape))})"


def parse_imported(content: Mapping[str, Any]) -> ImportedModel:
    """An `ImportedModel` from the plain data that `dataclasses.asdict` makes of it.

    Raises KeyError, TypeError, ValueError or UserError where it is damaged.
    """
    decoder, encoder = dict(content["decoder"]), content.get("encoder")
    decoder["output_shape"] = tuple(map(int, decoder["output_shape"]))
    decoder |= {name: float(decoder.get(name, "nan")) for name in ("lowest", "highest")}
    latent_dim, pixels = int(content["latent_dim"]), content.get("pixels", "grey")
    if not 1 <= latent_dim <= MOST_DIMENSIONS or pixels not in PIXELS:
        raise UserError(f"imported is {latent_dim} dimensions of {pixels} pixels")
    decoder |= {name: str(decoder[name]) for name in ("file", "input", "output")}
    _check(decoder, kind=("keras", "onnx"), layout=get_args(Layout), ending=ENDINGS)
    decoder["label"] = None if decoder.get("label") is None else _parse_label(decoder["label"])
    if encoder is not None:
        encoder = dict(encoder)
        encoder["input_shape"] = tuple(map(int, encoder["input_shape"]))
        encoder |= {name: str(encoder[name]) for name in ("file", "input", "z_mean", "z_log_var")}
        kinds = {"layout": get_args(Layout), "input_range": INPUT_RANGES, "posterior": get_args(Posterior)}
        _check(encoder, kind=("keras", "onnx"), **kinds)
    return ImportedModel(
        latent_dim, ImportedDecoder(**decoder), None if encoder is None else ImportedEncoder(**encoder), pixels
    )


def _parse_label(content: Mapping[str, Any]) -> ImportedLabel:
    label = ImportedLabel(str(content["input"]), content["kind"], int(content["classes"]))
    _check({"kind": label.kind}, kind=get_args(LabelKind))
    if not 1 <= label.classes <= MOST_CLASSES:
        raise ValueError(f"label is of {label.classes} classes")
    return label


def _check(content: dict[str, Any], **known: tuple[str, ...]) -> None:
    for name, values in known.items():
        if content[name] not in values:
            raise ValueError(f"{name} is {content[name]!r}")
