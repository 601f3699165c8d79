"""The networks of the presets: for each preset a builder of the same name."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from vae_explorer.array_types import ImageShape, Tensor
from vae_explorer.run.config import TrainingConfig

FILTERS = (32, 64, 128, 128)  # of each convolution of the preset conv, from the largest size to the smallest


def build_encoder(config: TrainingConfig, image_shape: ImageShape) -> keras.Model:
    """q(z|x): image (batch, H, W, C) float32 in [0, 1] -> [z_mean, z_log_var], each (batch, latent_dim)."""
    seeds = _seeds(config.seed, stream=0)
    image = keras.Input(image_shape, name="image")
    features = BUILDERS[config.preset].encode(image, seeds)
    z_mean = _dense(config.latent_dim, None, seeds, name="z_mean")(features)
    z_log_var = _dense(config.latent_dim, None, seeds, name="z_log_var")(features)
    return keras.Model(image, [z_mean, z_log_var], name="encoder")


def build_decoder(config: TrainingConfig, image_shape: ImageShape) -> keras.Model:
    """p(x|z): z (batch, latent_dim) -> logits (batch, H, W, C), whose sigmoid is an image in [0, 1]."""
    z = keras.Input((config.latent_dim,), name="z")
    logits = BUILDERS[config.preset].decode(z, image_shape, _seeds(config.seed, stream=1))
    return keras.Model(z, logits, name="decoder_logits")


def with_sigmoid(decoder: keras.Model) -> keras.Model:
    """The decoder that is saved and shown: z (batch, latent_dim) -> image in [0, 1]. Shares the given one's weights."""
    return keras.Model(decoder.input, layers.Activation("sigmoid")(decoder.output), name="decoder")


def without_sigmoid(decoder: keras.Model) -> keras.Model:
    """The inverse of `with_sigmoid`: a decoder to logits that shares the given one's weights.

    Raises ValueError unless the last layer is a sigmoid.
    """
    last = decoder.layers[-1]
    if not isinstance(last, layers.Activation) or last.activation is not keras.activations.sigmoid:
        raise ValueError("the decoder does not end in a sigmoid of its own")
    return keras.Model(decoder.input, last.input, name="decoder_logits")


def _seeds(seed: int, stream: int) -> Iterator[int]:
    generator = np.random.default_rng([seed, stream])
    while True:
        yield int(generator.integers(2**31))


def _dense(units: int, activation: str | None, seeds: Iterator[int], name: str | None = None) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Dense(units, activation=activation, kernel_initializer=start, name=name)


def _conv(filters: int, activation: str | None, seeds: Iterator[int], strides: int = 1, kernel_size: int = 3) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Conv2D(
        filters, kernel_size, strides=strides, padding="same", activation=activation, kernel_initializer=start
    )


def _conv_transpose(
    filters: int, seeds: Iterator[int], activation: str | None = "relu", strides: int = 2, kernel_size: int = 3
) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Conv2DTranspose(
        filters, kernel_size, strides=strides, padding="same", activation=activation, kernel_initializer=start
    )


def _halved(image_shape: ImageShape) -> list[tuple[int, int]]:
    """(height, width) of an image and of each halving, rounded up, until there are no more pixels than in 8x8."""
    sizes = [image_shape[:2]]
    while math.prod(sizes[-1]) > 64:
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    return sizes


def _doubled(x: Tensor, size: tuple[int, int], filters: int, activation: str | None, seeds: Iterator[int]) -> Tensor:
    """x (batch, h, w, c) -> (batch, *size, filters): twice as high and wide, without a last row or column if odd.

    A kernel of 4 pixels covers each pixel equally often; one of 3 leaves a chequered pattern: Odena et al. 2016,
    https://distill.pub/2016/deconv-checkerboard
    """
    rows, columns = 2 * x.shape[1] - size[0], 2 * x.shape[2] - size[1]
    x = _conv_transpose(filters, seeds, activation, kernel_size=4)(x)
    return layers.Cropping2D(((0, rows), (0, columns)))(x) if rows or columns else x


def _layers_to_features(*widths: int, activation: str) -> Callable[[Tensor, Iterator[int]], Tensor]:
    """An encoder of dense layers of these widths: image (batch, H, W, C) -> features (batch, widths[-1])."""

    def encode(image: Tensor, seeds: Iterator[int]) -> Tensor:
        x = layers.Flatten()(image)
        for units in widths:
            x = _dense(units, activation, seeds)(x)
        return x

    return encode


def _layers_to_logits(*widths: int, activation: str) -> Callable[[Tensor, ImageShape, Iterator[int]], Tensor]:
    """A decoder of dense layers of these widths and one without activation: z (batch, latent_dim) -> logits."""

    def decode(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
        x = z
        for units in widths:
            x = _dense(units, activation, seeds)(x)
        return layers.Reshape(image_shape)(_dense(math.prod(image_shape), None, seeds)(x))

    return decode


def _encode_conv(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = image
    for filters in FILTERS[: len(_halved(image.shape[1:])) - 1]:
        x = _conv(filters, "gelu", seeds, strides=2, kernel_size=4)(x)
    x = layers.Flatten()(x)
    for units in (256, 128):
        x = _dense(units, "gelu", seeds)(x)
    return x


def _decode_conv(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    *larger, (rows, columns) = _halved(image_shape)
    x = z
    for units in (128, 256, rows * columns * 64):
        x = _dense(units, "gelu", seeds)(x)
    x = layers.Reshape((rows, columns, 64))(x)
    for filters, size in zip(FILTERS[: len(larger) - 1][::-1], larger[:0:-1], strict=True):
        x = _doubled(x, size, filters, "gelu", seeds)
    return _doubled(x, larger[0], image_shape[2], None, seeds)


def _encode_keras_io(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = _conv(32, "relu", seeds, strides=2)(image)
    x = _conv(64, "relu", seeds, strides=2)(x)
    x = layers.Flatten()(x)
    return _dense(16, "relu", seeds)(x)


def _decode_keras_io(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    height, width, channels = image_shape
    x = _dense(height // 4 * (width // 4) * 64, "relu", seeds)(z)
    x = layers.Reshape((height // 4, width // 4, 64))(x)
    x = _conv_transpose(64, seeds)(x)
    x = _conv_transpose(32, seeds)(x)
    return _conv_transpose(channels, seeds, activation=None, strides=1)(x)


def _encode_blog(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = _conv(16, "relu", seeds)(image)
    x = _conv(32, "relu", seeds, strides=2)(x)
    x = _conv(32, "relu", seeds)(x)
    x = layers.Flatten()(x)
    return _dense(32, "relu", seeds)(x)


def _decode_blog(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    height, width, channels = image_shape
    x = _dense(height // 2 * (width // 2) * 32, "relu", seeds)(z)
    x = layers.Reshape((height // 2, width // 2, 32))(x)
    x = _conv_transpose(32, seeds)(x)
    return _conv(channels, None, seeds)(x)


@dataclass(frozen=True, slots=True)
class Builder:
    """The layers of a preset. Each layer takes the seed of its initial weights from the given iterator, in order."""

    encode: Callable[[Tensor, Iterator[int]], Tensor]  # image (batch, H, W, C) -> features (batch, F)
    decode: Callable[[Tensor, ImageShape, Iterator[int]], Tensor]  # z (batch, latent_dim) -> logits (batch, H, W, C)


BUILDERS = {  # by the names of `config.PRESETS`
    "deep": Builder(
        _layers_to_features(192, 192, 192, 192, activation="gelu"),
        _layers_to_logits(192, 192, 192, 192, activation="gelu"),
    ),
    "wide": Builder(
        _layers_to_features(512, 512, 512, 512, activation="gelu"),
        _layers_to_logits(512, 512, 512, 512, activation="gelu"),
    ),
    "dense": Builder(
        _layers_to_features(512, 256, 128, activation="gelu"), _layers_to_logits(128, 256, 512, activation="gelu")
    ),
    "conv": Builder(_encode_conv, _decode_conv),
    "keras-io": Builder(_encode_keras_io, _decode_keras_io),
    "blog": Builder(_encode_blog, _decode_blog),
    "s-vae-mlp": Builder(
        _layers_to_features(256, 128, activation="relu"), _layers_to_logits(128, 256, activation="relu")
    ),
}
