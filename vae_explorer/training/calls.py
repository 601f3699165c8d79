"""How the steps of a training are computed: how many by one call, and in which way."""

import math
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE, Way

CALL_SECONDS = 0.1  # aim for one call: a stop or a pause is obeyed, and losses are reported, between two calls
MOST_STEPS = 16  # more save nothing that could be measured
XLA_STEPS = 300  # compiling takes about as long as it saves in this many steps
SIDE = 512  # of the square matrices whose product measures the speed of the device


def way_of(vae: "VAE", steps: int) -> "Way":
    """How a training of this many steps computes them fastest.

    XLA fuses what lies between matrix products. But on a CPU its convolutions are several times slower than
    TensorFlow's own, which are therefore kept, between quick forms of what they are bad at; a GPU needs neither.
    """
    import keras
    import tensorflow as tf

    if steps < XLA_STEPS:
        return "plain"
    convolutions = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
    if not any(isinstance(layer, convolutions) for layer in (*vae.encoder.layers, *vae.decoder.layers)):
        return "compiled"
    return "plain" if tf.config.list_logical_devices("GPU") else "quick"


def steps_per_call(vae: "VAE") -> int:
    """How many steps take about CALL_SECONDS on this device: at least 1, at most MOST_STEPS.

    Between two steps of one call the device need not wait for Python. The number changes no result.
    """
    multiplications = sum(_multiplications(layer) for network in (vae.encoder, vae.decoder) for layer in network.layers)
    step = 6 * vae.batch_size * multiplications  # forward, and backward to weights and inputs: two operations each
    return min(max(int(CALL_SECONDS * _operations_per_second() / step), 1), MOST_STEPS)


def _multiplications(layer: Any) -> int:
    """About how many multiplications a layer does for one image, forward."""
    import keras

    weights: int = layer.count_params()
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return int(weights * math.prod(layer.input.shape[1:3]))
    if isinstance(layer, keras.layers.Conv2D):
        return int(weights * math.prod(layer.output.shape[1:3]))
    return weights


def _operations_per_second() -> float:
    import tensorflow as tf

    matrix = tf.ones((SIDE, SIDE))
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        tf.matmul(matrix, matrix).numpy()
        seconds.append(time.perf_counter() - began)
    return 2 * SIDE**3 / min(seconds)
