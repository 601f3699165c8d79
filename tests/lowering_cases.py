"""Small decoders for holding the engines against Keras: a layer of every kind with many settings, and some graphs."""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.run.lowered import Lowered
from vae_explorer.tensorflow_import import import_keras

SHAPE = (6, 5, 3)  # of what a layer is given: the code itself
ACTIVATIONS = (
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "exponential",
    "sigmoid", "log_sigmoid", "hard_sigmoid", "sparse_sigmoid", "hard_silu", "hard_swish", "tanh", "tanh_shrink",
    "hard_tanh", "softplus", "softsign", "squareplus", "sparse_plus", "soft_shrink", "hard_shrink", "softmax",
    "log_softmax",
)  # fmt: skip

keras = import_keras()
layers = keras.layers


def _single() -> dict[str, Callable[[], Any]]:
    """Layers that take (batch, *SHAPE), by a name that tells them."""
    cases: dict[str, Callable[[], Any]] = {}

    def add(kind: str, *arguments: Any, **settings: Any) -> None:
        told = [*map(str, arguments), *(f"{name}={value}" for name, value in settings.items())]
        cases[f"{kind}({', '.join(told)})"] = lambda: getattr(layers, kind)(*arguments, **settings)

    filters = (1, 2, 8, 3, 16, 9)
    for number, (kernel, strides, padding) in enumerate(
        product((1, 2, 3, (3, 2), 5), (1, 2, (2, 1), 3), ("same", "valid"))
    ):
        count = filters[number % len(filters)]
        add("Conv2D", count, kernel, strides=strides, padding=padding)
        add("Conv2DTranspose", count, kernel, strides=strides, padding=padding)
    for padding, count in product(("same", "valid"), (1, 8)):
        add("Conv2D", count, 2, dilation_rate=2, padding=padding)
        add("Conv2D", count, (2, 3), dilation_rate=(3, 1), padding=padding)
        add("Conv2DTranspose", count, 2, dilation_rate=2, padding=padding)
    for kernel, padding, more in ((2, "valid", 0), (2, "valid", 1), (2, "same", 1), (3, "same", 0), (3, "same", 1)):
        add("Conv2DTranspose", 4, kernel, strides=2, padding=padding, output_padding=more)
    add("Conv2DTranspose", 4, 4, strides=(2, 3), padding="same", output_padding=(1, 2))
    add("Conv2D", 5, 3, use_bias=False, activation="relu")
    add("Conv2DTranspose", 5, 3, use_bias=False, activation="relu")
    for name in ACTIVATIONS:
        add("Activation", name)
    add("Dense", 7, activation="gelu")
    add("Dense", 16, use_bias=False)
    add("Dense", 1)
    add("Reshape", (5, 18))
    add("Reshape", (-1, 2))
    add("Flatten")
    for size, interpolation in product((2, (1, 3)), ("nearest", "bilinear")):
        add("UpSampling2D", size, interpolation=interpolation)
    add("ZeroPadding2D", ((1, 2), (0, 3)))
    add("Cropping2D", ((1, 2), (3, 0)))
    add("Cropping2D", (2, 1))
    add("Permute", (3, 1, 2))
    add("Permute", (2, 1, 3))
    add("Permute", (1, 2, 3))
    add("Rescaling", 0.5, offset=0.25)
    add("Rescaling", [0.5, -2.0, 1.5], offset=[0.25, 0.0, -1.0])
    add("BatchNormalization")
    add("BatchNormalization", axis=1, scale=False)
    add("BatchNormalization", axis=2, center=False, epsilon=0.1)
    add("LayerNormalization")
    add("LayerNormalization", axis=(2, 3), scale=False)
    add("LayerNormalization", axis=(1, 2, 3), center=False, epsilon=0.1)
    add("ReLU")
    add("ReLU", max_value=0.7)
    add("ReLU", max_value=0.9, negative_slope=0.2, threshold=0.3)
    add("ReLU", max_value=6.0, negative_slope=0.2)
    add("LeakyReLU", negative_slope=0.15)
    add("ELU", alpha=0.6)
    add("PReLU")
    add("PReLU", shared_axes=(1, 2))
    add("PReLU", shared_axes=(2, 3))
    add("PReLU", shared_axes=(1, 2, 3))
    add("Softmax")
    add("Softmax", axis=3)
    for kind in ("Dropout", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "AlphaDropout"):
        add(kind, 0.5)
    add("ActivityRegularization", l2=0.1)
    add("Identity")
    return cases


def _sequential() -> Any:
    image = [layers.Dense(60, "relu"), layers.Reshape((5, 4, 3)), layers.Conv2D(1, 3, activation="sigmoid")]
    return keras.Sequential([keras.Input((4,)), *image])


def _branches() -> Any:
    z = keras.Input((4,))
    a = layers.Reshape((5, 4, 2))(layers.Dense(40, "relu")(z))
    b = layers.Reshape((5, 1, 2))(layers.Dense(10, "tanh")(z))
    c = layers.Dense(2)(z)
    x = layers.Add()([a, b, c])
    x = layers.Multiply()([c, x, a, b])
    x = layers.Concatenate()([x, a, layers.Reshape((5, 4, 1))(layers.Dense(20)(z))])
    x = layers.Concatenate(axis=1)([x, layers.Reshape((1, 4, 5))(layers.Dense(20)(z))])
    return keras.Model(z, layers.Activation("sigmoid")(layers.Concatenate(axis=-2)([x, x])))


def _shared() -> Any:
    """Layers that are used twice, and values that are read again after what could have been done in their place."""
    z = keras.Input((4,))
    dense = layers.Dense(4, "relu")
    x = dense(dense(z))
    y = layers.LayerNormalization()(layers.BatchNormalization()(layers.Activation("tanh")(x)))
    x = layers.Add()([x, y, layers.Reshape((4,))(layers.Reshape((2, 2))(x))])
    image = layers.Reshape((2, 2, 1))(layers.Activation("sigmoid")(x))
    return keras.Model(z, layers.Multiply()([image, image]))


def _nested() -> Any:
    """A functional model, used twice, with two inputs and two outputs; a sequential one; and one within another."""
    a, b = keras.Input((4,)), keras.Input((3,))
    joined = layers.Concatenate()([layers.Dense(5, "relu")(a), b])
    pair = keras.Model([a, b], [layers.Dense(4)(joined), layers.Dense(3, "tanh")(joined)])
    z = keras.Input((4,))
    first, second = pair(pair([z, layers.Dense(3)(z)]))
    image = keras.Sequential([keras.Input((7,)), layers.Dense(16), keras.Sequential([layers.Reshape((4, 4, 1))])])
    x = image(layers.Concatenate()([first, second]))
    return keras.Model(z, layers.Activation("sigmoid")(layers.Dense(1, activation=layers.LeakyReLU(0.3))(x)))


def _functions() -> Any:
    """Activations called as functions, and sums and products of values."""
    z = keras.Input((4,))
    x = layers.Dense(12)(z)
    x = keras.activations.relu(x, max_value=0.5) + keras.ops.leaky_relu(x, 0.3)
    x = keras.ops.gelu(x, approximate=True) * keras.activations.gelu(x)
    x = keras.ops.threshold(x, 0.05, -0.2) + keras.ops.elu(x, alpha=0.7) + keras.ops.tanh(x)
    x = layers.Reshape((2, 2, 3))(keras.ops.exp(x) + keras.activations.relu(x))
    return keras.Model(z, keras.activations.sigmoid(keras.ops.softmax(x)))


def _ending_in_dropout() -> Any:
    z = keras.Input((4,))
    image = layers.Reshape((2, 2, 1))(layers.Dense(4, "sigmoid")(z))
    return keras.Model(z, layers.Dropout(0.5)(image))


def _channels_first() -> Any:
    """As decoders come that were trained elsewhere: channels first until the end, and images in [-1, 1] before it."""
    z = keras.Input((4,))
    x = layers.Permute((2, 3, 1))(layers.Reshape((3, 4, 5))(layers.Dense(60, "relu")(z)))
    x = layers.Cropping2D(((0, 1), (1, 0)))(layers.Conv2DTranspose(2, 3, strides=2)(layers.ZeroPadding2D(1)(x)))
    x = layers.Permute((3, 1, 2))(x)
    return keras.Model(z, layers.Rescaling(0.5, offset=0.5)(layers.Activation("tanh")(layers.Permute((2, 3, 1))(x))))


def _one_code() -> Any:
    z = keras.Input((1,))
    return keras.Model(z, layers.Reshape((3, 5, 1))(layers.Dense(15, "sigmoid")(z)))


GRAPHS: dict[str, Callable[[], Any]] = {
    "sequential": _sequential,
    "branches": _branches,
    "shared layers": _shared,
    "nested models": _nested,
    "functions": _functions,
    "ending in dropout": _ending_in_dropout,
    "channels first": _channels_first,
    "one latent dimension": _one_code,
}
SINGLE = _single()
CASES = [*SINGLE, *GRAPHS]


def around(layer: Any, shape: tuple[int, ...] = SHAPE) -> Any:
    """A decoder of z = what the layer is given, flat, to what the layer makes of it, as an image."""
    z = keras.Input((int(np.prod(shape)),))
    x = layers.Flatten()(layer(layers.Reshape(shape)(z)))
    return keras.Model(z, layers.Reshape((x.shape[1], 1, 1))(layers.Activation("sigmoid")(x)))


def shaken(model: Any, spread: float = 0.5) -> Any:
    """The model with random weights: no bias is 0, no scale is 1, and variances are positive."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        numbers = random.normal(0, spread, weight.shape)
        weight.assign(np.abs(numbers) + 0.1 if "variance" in weight.path else numbers)
    return model


def random_codes(count: int, latent_dim: int, spread: float = 2.0) -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, spread, (count, latent_dim)).astype(np.float32)


@cache
def lowered_case(name: str) -> tuple[Lowered, NDArray[np.float32], NDArray[np.float32]]:
    """One of CASES lowered, codes (5, latent_dim), and Keras's own images of them."""
    from vae_explorer.model.lowering import lower

    model = shaken(GRAPHS[name]() if name in GRAPHS else around(SINGLE[name]()))
    z = random_codes(5, model.input_shape[1])
    if name.startswith("Activation("):
        z[-1] *= 20  # where exponentials overflow
    return lower(model), z, np.asarray(model(z, training=False))
