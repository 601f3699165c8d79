"""How imported networks are read, decided by what reconstructs the images best where the files do not tell."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints
from vae_explorer.data.dataset import Dataset
from vae_explorer.network.fitting import (
    Choices,
    Network,
    detect_decoder,
    detect_encoder,
    to_images,
    to_posterior,
)
from vae_explorer.network.label_input import OfClasses
from vae_explorer.run.imported import (
    ENDINGS,
    INPUT_RANGES,
    Ending,
    ImportedDecoder,
    ImportedEncoder,
    ImportedLabel,
    InputRange,
)

TRIED = 256  # most images used to find the range of pixels that an encoder expects
CLEARLY = 0.9  # a range of pixels is chosen if its error is at most this share of the other's


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network that was read from a file."""

    name: str
    network: Network
    parameters: int
    ending: Ending | None  # of a decoder whose last layers show it
    input_range: InputRange | None  # of an encoder whose first layers show it
    content: bytes  # the bytes of an .onnx file; else empty
    whole: Any  # the Keras model in the file if it is a whole VAE; else None
    label: ImportedLabel | None = None  # that a conditional decoder takes besides z

    def decoding(self, classes: Ints | None = None) -> Network:
        """The decoder as a network of z alone; row i of z has the class classes[i], None: all classes in turn."""
        return self.network if self.label is None else OfClasses(self.network, self.label, classes)


def tried_endings(
    decoder_file: NetworkFile, encoder_file: NetworkFile, dataset: Dataset, choices: Choices
) -> tuple[ImportedDecoder, int, ImageShape, str]:
    """What `detect_decoder` returns for the ending with the best reconstructions, and a sentence on the choice.

    Raises UnclearError if the images do not show it either.
    """
    shape, found = dataset.info.image_shape, {}
    for ending in ENDINGS:
        detected = detect_decoder(
            decoder_file.decoding(), decoder_file.name, replace(choices, ending=ending), None, shape
        )  # fmt: skip
        decoder, latent_dim, image_shape = detected
        if image_shape != shape:
            return *detected, ""
        known = replace(choices, input_range=choices.input_range or encoder_file.input_range)
        encoder, _ = detect_encoder(encoder_file.network, encoder_file.name, decoder, latent_dim, image_shape, known)
        errors = _errors(decoder_file, decoder, encoder_file, encoder, dataset)
        found[ending] = (errors[encoder] if known.input_range else min(errors.values())), detected
    best, other, *_ = sorted(found, key=lambda ending: found[ending][0])
    if found[best][0] > CLEARLY * found[other][0]:
        detect_decoder(decoder_file.decoding(), decoder_file.name, choices, None, shape)  # raises UnclearError again
    note = (
        f"The decoder's values are read as {best.replace('..', ' to ')}, which gives reconstructions with an error "
        f"(root mean square, pixels 0 to 1) of {found[best][0]:.3f} instead of {found[other][0]:.3f} as "
        f"{other.replace('..', ' to ')}."
    )
    return *found[best][1], note


def _errors(
    decoder_file: NetworkFile,
    decoder: ImportedDecoder,
    encoder_file: NetworkFile,
    encoder: ImportedEncoder,
    dataset: Dataset,
) -> dict[ImportedEncoder, float]:
    """The root mean square errors of reconstructions, pixels 0 to 1, for the encoder with each range of pixels."""
    rows = np.linspace(0, len(dataset.images) - 1, min(len(dataset.images), TRIED)).astype(int)
    images, errors = levels(dataset.images[rows]), {}
    decode = decoder_file.decoding(_classes_of(dataset, decoder_file.label, rows))
    for input_range in INPUT_RANGES:
        tried = replace(encoder, input_range=input_range)
        z_mean, _ = to_posterior(encoder_file.network, tried, images)
        values = decode(z_mean, [decoder.output])[0]
        error = np.sqrt(np.mean(np.square(to_images(values, decoder, dataset.info.image_shape) - images)))
        errors[tried] = float(error) if np.isfinite(error) else np.inf
    return errors


def tried_ranges(
    decoder_file: NetworkFile,
    decoder: ImportedDecoder,
    encoder_file: NetworkFile,
    encoder: ImportedEncoder,
    dataset: Dataset,
) -> tuple[ImportedEncoder, str]:
    """The encoder with the range of pixels that gives the best reconstructions, and a sentence on the choice."""
    errors = _errors(decoder_file, decoder, encoder_file, encoder, dataset)
    best, other, *_ = sorted(errors, key=lambda tried: errors[tried])
    if errors[best] > CLEARLY * errors[other]:
        return encoder, (
            f"Pixels are given to the encoder in {encoder.input_range.replace('..', ' to ')}; "
            "the images do not show which range is right."
        )
    pixels = best.input_range.replace("..", " to ")
    return best, (
        f"Pixels are given to the encoder in {pixels}, which gives reconstructions with an error (root mean "
        f"square, pixels 0 to 1) of {errors[best]:.3f} instead of {errors[other]:.3f}."
    )


def tried_halves(
    decoder_file: NetworkFile,
    decoder: ImportedDecoder,
    encoder_file: NetworkFile,
    encoder: ImportedEncoder,
    latent_dim: int,
    shape: ImageShape,
) -> tuple[ImportedEncoder, str]:
    """The encoder with the half of its one tensor as mean that finds decoded codes again, and a sentence on it.

    shape: of the decoder's images.
    """
    z = np.random.default_rng(0).standard_normal((TRIED, latent_dim), np.float32)
    images = to_images(decoder_file.decoding()(z, [decoder.output])[0], decoder, shape)
    other = replace(encoder, posterior="concatenated, log-variance first")
    errors = {}
    for tried in (encoder, other):
        z_mean, _ = to_posterior(encoder_file.network, tried, images)
        errors[tried] = float(np.sqrt(np.mean(np.square(z_mean - z))))
    said = f"The encoder {encoder.file} gives mean and log-variance in one tensor, {encoder.z_mean!r}"
    best, worse = sorted(errors, key=lambda tried: errors[tried])
    half = "first" if best == encoder else "second"
    if errors[best] <= CLEARLY * errors[worse]:
        return best, (
            f"{said}: its {half} half is the mean, which finds codes again in the images decoded from them with an "
            f"error (root mean square) of {errors[best]:.2f} instead of {errors[worse]:.2f}."
        )
    return encoder, (
        f"{said}: its first half is taken for the mean, as is usual; where that is wrong, choose --posterior-order "
        "log_var,mean."
    )


def class_count(dataset: Dataset | None) -> int:
    """How many classes a data set names; 0 without one."""
    return 0 if dataset is None else len(dataset.info.class_names)


def _classes_of(dataset: Dataset, label: ImportedLabel | None, rows: Ints) -> Ints | None:
    """The classes of some images as labels of a conditional decoder; None: the decoder has other classes, or none."""
    if label is None or label.classes != class_count(dataset):
        return None
    return np.maximum(dataset.columns.label[rows], 0)


def levels(images: Bytes) -> Floats:
    """Images (N, H, W, C) as float32 in [0, 1]."""
    return images.astype(np.float32) / np.float32(255)
