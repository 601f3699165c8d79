"""Detecting how the tensors of a decoder or encoder from another program are read.

Nothing is guessed silently. The result is an `ImportedDecoder` or an `ImportedEncoder`, which is shown to the user. If
a tensor can be read in two ways, a UserError names the tensor, its shape and the option that decides.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.data.options import LARGEST, SMALLEST
from vae_explorer.errors import UserError
from vae_explorer.network.codes import code_size
from vae_explorer.network.onnx_network import Tensor
from vae_explorer.network.pixel_range import RANGES, ending_of
from vae_explorer.network.posterior import Role, check_log_var, roles_of
from vae_explorer.run.imported import (
    MOST_DIMENSIONS,
    Ending,
    ImportedDecoder,
    ImportedEncoder,
    InputRange,
    Layout,
    Posterior,
    Shape,
    written_shape,
)
from vae_explorer.sizes import shape_text

Channels = Literal["first", "last"]
PROBES = 256  # latent codes from the prior that a decoder is tried with


class UnclearError(UserError):
    """The values of a decoder do not show how they are read; images and an encoder may."""


class Network(Protocol):
    """A decoder or encoder with the tensors of its file."""

    kind: Literal["keras", "onnx"]
    inputs: list[Tensor]
    outputs: list[Tensor]
    drawn: dict[str, tuple[str, ...]]  # outputs that a layer draws, with the outputs that it draws them from

    def __call__(self, values: Floats, wanted: Sequence[str] | None = None) -> list[Floats]:
        """The outputs with the names `wanted`, None: all, for values (N, ...) float32. Raises UserError."""

    def run(self, inputs: Mapping[str, Floats], wanted: Sequence[str] | None = None) -> list[Floats]:
        """The same for a network of several inputs, by name."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decides; None: it is detected."""

    ending: Ending | None = None
    channels: Channels | None = None
    image_shape: ImageShape | None = None
    input_range: InputRange | None = None
    posterior_order: tuple[Role, ...] | None = None  # of the encoder's outputs
    label_input: str | None = None  # name of the decoder's input that takes the label of a class
    classes: int | None = None  # how many a conditional decoder knows


def parse_shape(word: str) -> ImageShape:
    """(height, width, channels) from "48x40", 48 wide and 40 high, or "48x40x3". Raises UserError for other text."""
    sides = word.lower().replace(" ", "").split("x")
    if not all(side.isdecimal() for side in sides) or len(sides) not in (2, 3) or sides[2:] not in ([], ["1"], ["3"]):
        raise UserError(f"{word!r} is no size of images: give width and height, such as 48x40, or 48x40x3 in colour.")
    return int(sides[1]), int(sides[0]), int(sides[2]) if len(sides) == 3 else 1


def detect_decoder(
    network: Network, file: str, choices: Choices, activation: Ending | None, data_shape: ImageShape | None
) -> tuple[ImportedDecoder, int, ImageShape]:
    """How a decoder is read, its latent_dim, and the shape of its images. Decodes some latent codes from the prior.

    activation: the activation of its last layer, if known. data_shape: the shape of the images of the data set that the
    user named. Raises UserError if the decoder cannot be read, or can be read in two ways: UnclearError if these are
    two endings.
    """
    entry = _only_input(network, file, "decoder")
    latent_dim = code_size(entry.shape)
    if latent_dim is None or not 1 <= latent_dim <= MOST_DIMENSIONS:
        raise UserError(
            f"The decoder {file} takes {entry.name!r} of shape {_batched(entry.shape[1:])}: it has to take z of shape "
            f"(batch, latent dimensions), 1 to {MOST_DIMENSIONS} of them."
        )
    z = np.random.default_rng(0).standard_normal((PROBES, latent_dim), np.float32)
    found = [
        (tensor.name, values)
        for tensor, values in zip(network.outputs, network(z), strict=True)
        if values.ndim >= 2 and len(values) == PROBES and values[0].size >= SMALLEST**2
    ]
    if len(found) != 1:
        outputs = ", ".join(f"{tensor.name!r} {_batched(tensor.shape[1:])}" for tensor in network.outputs)
        raise UserError(
            f"The decoder {file} gives {outputs}: it has to give images of {SMALLEST} to {LARGEST} pixels per side, in "
            "one output only."
        )
    name, values = found[0]
    if name in network.drawn:
        raise UserError(f"The decoder {file} draws {name!r} at random: its images have to follow from z alone.")
    shape: Shape = values.shape[1:]
    layout, image_shape = _layout_of(name, shape, choices, data_shape, file)
    if not np.isfinite(values).all():
        raise UserError(f"The decoder {file} gives values in {name!r} that are not finite numbers.")
    low, high = float(values.min()), float(values.max())
    ending = choices.ending or activation or _ending_of(name, shape, low, high, file)
    decoder = ImportedDecoder(file, network.kind, entry.name, name, shape, layout, ending, low, high)
    return decoder, latent_dim, image_shape


def detect_encoder(
    network: Network, file: str, decoder: ImportedDecoder, latent_dim: int, image_shape: ImageShape, choices: Choices
) -> tuple[ImportedEncoder, str]:
    """How an encoder is read that belongs to this decoder, and a sentence on its outputs or "". Encodes random images.

    The range of its pixels is what the choices say, or else the range of the decoder's pixels. Raises UserError if the
    encoder cannot be read, or can be read in two ways.
    """
    entry = _only_input(network, file, "encoder")
    shape = tuple(side or 0 for side in entry.shape[1:])
    layout = _input_layout(entry, shape, image_shape, decoder.layout, choices, file)
    ranges: dict[Ending, InputRange] = {"tanh": "-1..1", "0..255": "0..255"}
    input_range: InputRange = choices.input_range or ranges.get(decoder.ending, "0..1")
    noise = np.random.default_rng(0).random((8, *image_shape), np.float32)
    given = from_images(noise, layout, input_range)
    outputs = network(given)
    for tensor, values in zip(network.outputs, outputs, strict=True):
        if values.ndim != 2 or len(values) != len(noise) or not np.isfinite(values).all():
            raise UserError(
                f"The encoder {file} gives {tensor.name!r} of shape {_batched(values.shape[1:])}: it has to give "
                "mean and log-variance of shape (batch, latent dimensions)."
            )
    posterior, z_mean, z_log_var, note = _posterior_of(network, file, given, outputs, latent_dim, choices)
    once, again = (network(given, [z_mean])[0] for _ in range(2))
    if not np.allclose(once, again, rtol=1e-3, atol=1e-4):
        raise UserError(
            f"The encoder {file} gives {z_mean!r}, which differs from call to call for the same images: codes have to "
            "be the mean, so export the encoder with its mean and log-variance."
        )
    found = ImportedEncoder(file, network.kind, entry.name, shape, layout, input_range, posterior, z_mean, z_log_var)
    return found, note


def to_images(values: Floats, decoder: ImportedDecoder, image_shape: ImageShape) -> Floats:
    """A decoder's values (N, ...) as images (N, H, W, C) float32 in [0, 1]."""
    height, width, channels = image_shape
    if decoder.layout in ("first", "flat-first"):
        values = values.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
    else:
        values = values.reshape(-1, height, width, channels)
    if decoder.ending == "logits":
        return ((1 + np.tanh(values / 2)) / 2).astype(np.float32)  # 1 / (1 + exp(-x)) would overflow
    low, high = RANGES[decoder.ending]
    if (low, high) != (0, 1):
        values = (values - np.float32(low)) / np.float32(high - low)
    return np.clip(values, 0, 1).astype(np.float32)


def from_images(images: Floats, layout: Layout, input_range: InputRange) -> Floats:
    """Images (N, H, W, C) float32 in [0, 1] in the layout and the range of an encoder's input."""
    low, high = RANGES[input_range]
    if (low, high) != (0, 1):
        images = images * np.float32(high - low) + np.float32(low)
    if layout in ("first", "flat-first"):
        images = images.transpose(0, 3, 1, 2)
    elif layout == "plain":
        images = images[..., 0]
    return np.ascontiguousarray(images.reshape(len(images), -1) if layout.startswith("flat") else images, np.float32)


def to_posterior(network: Network, encoder: ImportedEncoder, images: Floats) -> tuple[Floats, Floats]:
    """z_mean and z_log_var, (N, latent_dim) each, of images (N, H, W, C) float32 in [0, 1].

    The log-variance is `NO_VARIANCE` if the encoder gives only the mean.
    """
    wanted = [name for name in dict.fromkeys((encoder.z_mean, encoder.z_log_var)) if name]
    outputs = network(from_images(images, encoder.layout, encoder.input_range), wanted)
    if encoder.posterior.startswith("concatenated"):
        first, second = np.split(outputs[0], 2, axis=1)
        return (first, second) if encoder.posterior == "concatenated" else (second, first)
    if encoder.posterior == "mean alone":
        return outputs[0], np.full_like(outputs[0], NO_VARIANCE)
    return outputs[0], outputs[1]


NO_VARIANCE = -20.0  # log-variance of a standard deviation of 5e-5, almost 0


def _only_input(network: Network, file: str, what: str) -> Tensor:
    if len(network.inputs) != 1 or len(network.inputs[0].shape) < 2:
        inputs = ", ".join(f"{tensor.name!r} {_batched(tensor.shape[1:])}" for tensor in network.inputs) or "nothing"
        wanted = (
            "z, and a class label at most"
            if what == "decoder"
            else "images alone, so one that takes their labels as well cannot be used: give the decoder alone"
        )
        raise UserError(f"The {what} {file} takes {inputs}: it has to take {wanted}.")
    return network.inputs[0]


def _layout_of(
    name: str, shape: Shape, choices: Choices, data_shape: ImageShape | None, file: str
) -> tuple[Layout, ImageShape]:
    """The layout and the shape of the images in a decoder's output. Raises UserError if they are not certain."""
    output = f"The decoder {file} gives {name!r} of shape {_batched(shape)}"
    found: list[tuple[Layout, ImageShape]] = []
    if len(shape) == 1:
        wanted = choices.image_shape or (data_shape if data_shape and math.prod(data_shape) == shape[0] else None)
        sides = [(math.isqrt(shape[0] // channels), channels) for channels in (1, 3)]
        squares = [(side, side, channels) for side, channels in sides if side * side * channels == shape[0]]
        for height, width, channels in [wanted] if wanted else squares:
            if height * width * channels != shape[0]:
                raise UserError(
                    f"{output}, which is no image of {shape_text((height, width, channels))}: give another --shape."
                )
            layouts: tuple[Layout, ...] = ("flat",) if channels == 1 else ("flat", "flat-first")
            found += [(layout, (height, width, channels)) for layout in layouts]
        if not found:
            raise UserError(
                f"{output}, which is no square image: give its width and height with --shape, such as 48x40, "
                "or 48x40x3 in colour."
            )
    elif len(shape) == 2:
        found = [("plain", (shape[0], shape[1], 1))]
    elif len(shape) == 3:
        if shape[2] in (1, 3):
            found.append(("last", (shape[0], shape[1], shape[2])))
        if shape[0] in (1, 3):
            found.append(("first", (shape[1], shape[2], shape[0])))
    found = [(layout, sides) for layout, sides in found if all(SMALLEST <= side <= LARGEST for side in sides[:2])]
    if choices.channels == "first":
        found = [item for item in found if item[0] != "last" and (item[0] != "flat" or item[1][2] == 1)]
    elif choices.channels == "last":
        found = [item for item in found if item[0] not in ("first", "flat-first")]
    if not found:
        raise UserError(
            f"{output}: images have to be {SMALLEST} to {LARGEST} pixels per side, with 1 or 3 channels first or last."
        )
    if len(found) > 1:
        raise UserError(f"{output}, which has its channels first or last: choose with --channels first or last.")
    return found[0]


def _ending_of(name: str, shape: Shape, low: float, high: float, file: str) -> Ending:
    """How a decoder's values are read, from the least and largest for latent codes from the prior."""
    ending = ending_of(low, high)
    if ending is None:
        raise UnclearError(
            f"The decoder {file} gives values from {low:.3g} to {high:.3g} in {name!r} of shape {_batched(shape)}, "
            "which may be pixels or logits: choose with --output sigmoid (pixels in 0 to 1), tanh (-1 to 1), 0..255 "
            "or logits."
        )
    return ending


def layouts_fitting(shape: Sequence[int | None], image_shape: ImageShape) -> list[Layout]:
    """The layouts that images may have in an input of this shape, without flat ones. A side of 0 or None fits all."""
    height, width, channels = image_shape
    candidates: list[tuple[Layout, Shape]] = [
        ("last", (height, width, channels)),
        ("first", (channels, height, width)),
        ("plain", (height, width)),
    ]
    return [
        layout
        for layout, sides in candidates
        if len(sides) == len(shape) and all(a in (0, None, b) for a, b in zip(shape, sides, strict=True))
        and (layout != "plain" or channels == 1)
    ]  # fmt: skip


def _input_layout(
    entry: Tensor, shape: Shape, image_shape: ImageShape, decoder_layout: Layout, choices: Choices, file: str
) -> Layout:
    """The layout of images in an encoder's input. A side of 0 in `shape` is not fixed and fits any length."""
    fitting, channels = layouts_fitting(shape, image_shape), image_shape[2]
    if shape == (math.prod(image_shape),):
        first = choices.channels == "first" or decoder_layout in ("first", "flat-first")
        fitting = ["flat-first" if first and channels > 1 else "flat"]
    if choices.channels and len(fitting) > 1:
        fitting = [layout for layout in fitting if layout == choices.channels]
    if len(fitting) != 1:
        raise UserError(
            f"The encoder {file} takes {entry.name!r} of shape {_batched(entry.shape[1:])}, which does not fit the "
            f"decoder's images of {shape_text(image_shape)}."
        )
    return fitting[0]


def _posterior_of(
    network: Network, file: str, given: Floats, outputs: Sequence[Floats], latent_dim: int, choices: Choices
) -> tuple[Posterior, str, str, str]:
    """What an encoder gives, the names of the outputs with mean and log-variance, and a sentence on them or ""."""
    names, sizes = [tensor.name for tensor in network.outputs], [values.shape[1] for values in outputs]
    said = ", ".join(f"{name!r} {_batched((size,))}" for name, size in zip(names, sizes, strict=True))
    if len(names) == 1:
        if sizes[0] == 2 * latent_dim:
            first = choices.posterior_order == ("log_var", "mean")
            halves: Posterior = "concatenated, log-variance first" if first else "concatenated"
            return halves, names[0], names[0], ""
        if sizes[0] == latent_dim:
            return "mean alone", names[0], "", ""
    elif len(names) in (2, 3) and set(sizes) == {latent_dim}:
        mean, log_var, note = roles_of(names, file, choices.posterior_order, network.drawn, lambda: network(given))
        check_log_var(log_var, said, file)
        return ("mean and log-variance" if log_var else "mean alone"), mean, log_var, note
    raise UserError(
        f"The encoder {file} gives {said}, but the decoder takes {latent_dim} dimensions: it has to give the mean, "
        "mean and log-variance, or both in one tensor."
    )


def _batched(shape: Sequence[int | None]) -> str:
    return written_shape(("batch", *(side or "?" for side in shape)))
