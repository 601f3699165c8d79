"""Decoders that LiteRT runs: one for a finished run, one for a model in training."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, ImageShape, Weights
from vae_explorer.errors import UserError
from vae_explorer.model.keras_decoder import MISFIT

CHUNK = 32  # latent codes that a thread decodes at a time; the values of more do not fit into its cache
MOST_KEPT = 2  # interpreters for few latent codes; each needs memory for the values of CHUNK images
THREADS = min(os.cpu_count() or 1, 8)  # threads for many latent codes; each needs memory for its own interpreter


class LiteRTDecoder:
    """The decoder of a run, from the bytes of its decoder.tflite. May be called from any thread.

    A single latent code is decoded by an interpreter that is kept for it, and a few, such as a traversal, by one that
    is kept for few. Many are shared among threads that each make an interpreter. So a grid, a traversal and a drag can
    be decoded at the same time without waiting for each other.

    weights: the arrays that the network takes as inputs beside z; empty if its weights are constants. Raises UserError
    if LiteRT cannot read the content or its shapes differ from latent_dim and image_shape.
    """

    engine = "LiteRT"

    def __init__(self, content: bytes, latent_dim: int, image_shape: ImageShape, weights: Weights = ()) -> None:
        self.latent_dim = latent_dim
        self._content, self._image_shape = content, image_shape
        self._weights = weights
        self._lock = threading.Lock()
        self._kept: list[_Network] = []  # for few latent codes, those that no thread uses now
        try:
            self._network = _Network(content)
            if self._network.code_shape != (latent_dim,) or self._network.image_shape != image_shape:
                raise UserError(MISFIT)
            self(np.zeros((1, latent_dim), np.float32))  # prepared now, so that the first drag does not wait for it
        except (ValueError, RuntimeError) as error:
            raise UserError(f"The decoder cannot be read by LiteRT: {error}") from error

    def __call__(self, z: Floats) -> Floats:
        return self.decode(z, self._weights)

    def decode(self, z: Floats, weights: Weights) -> Floats:
        """Decode z (N, latent_dim) with these weights: (N, H, W, C) in [0, 1]. weights: empty if they are constants."""
        z = np.ascontiguousarray(z, np.float32)
        if len(z) == 1:
            with self._lock:
                return self._network(z, weights)
        if 0 < len(z) <= CHUNK:
            return self._decode_few(z, weights)
        images = np.empty((len(z), *self._image_shape), np.float32)
        threads = max(1, min(THREADS, -(-len(z) // CHUNK)))

        def decode(first: int) -> None:
            network = _Network(self._content)
            for start in range(first * CHUNK, len(z), threads * CHUNK):
                images[start : start + CHUNK] = network(z[start : start + CHUNK], weights)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(decode, range(threads)))
        return images

    def _decode_few(self, z: Floats, weights: Weights) -> Floats:
        try:
            network = self._kept.pop()  # no other thread gets the same one
        except IndexError:
            network = _Network(self._content)  # which takes 40 times as long as decoding ten latent codes
        images = network(z, weights)
        if len(self._kept) < MOST_KEPT:
            self._kept.append(network)
        return images


class LiveDecoder(LiteRTDecoder):
    """A decoder for a model in training: it decodes with the weights that it was given last.

    The weights are inputs of the converted network, so that newer ones need no new conversion. In TensorFlow, decoding
    would wait for the operations of the training, which use the same threads. model: a Keras decoder that ends in a
    sigmoid. Raises the converter's own exceptions if it cannot convert the model.
    """

    engine = "LiteRT, live"

    def __init__(self, model: Any) -> None:
        self.network = _with_weights_as_inputs(model)
        super().__init__(self.network, model.input_shape[1], model.output_shape[1:], model.get_weights())

    def assign(self, weights: Weights) -> None:
        """Replace all weights at once, without waiting; no image is decoded from a mixture of old and new ones."""
        self._weights = [np.array(weight) for weight in weights]


class _Network:
    """An interpreter of a .tflite, for one thread at a time. Its inputs are z and, unless they are constants, weights.

    Raises ValueError or RuntimeError for content that LiteRT cannot read.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        # One thread is fastest: waking others would take longer than decoding a single latent code.
        self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
        inputs = self._interpreter.get_signature_runner().get_input_details()
        self._weight_inputs = [inputs.pop(f"weights_{number}")["index"] for number in range(len(inputs) - 1)]
        (z,) = inputs.values()
        output = self._interpreter.get_output_details()[0]
        self._z, self._images = z["index"], output["index"]
        self.code_shape = tuple(z["shape_signature"][1:])
        self.image_shape = tuple(output["shape_signature"][1:])
        self._batch = 0
        self._weights: Weights | None = None  # the ones that the interpreter holds now

    def __call__(self, z: Floats, weights: Weights) -> Floats:
        """z (N, latent_dim) -> images (N, H, W, C)."""
        if len(z) != self._batch:
            self._interpreter.resize_tensor_input(self._z, z.shape)
            self._interpreter.allocate_tensors()
            self._batch, self._weights = len(z), None
        if weights is not self._weights:
            for tensor, weight in zip(self._weight_inputs, weights, strict=True):
                self._interpreter.set_tensor(tensor, weight)
            self._weights = weights
        self._interpreter.set_tensor(self._z, z)
        self._interpreter.invoke()
        images: Floats = self._interpreter.get_tensor(self._images)
        return images


def _with_weights_as_inputs(model: Any) -> bytes:
    """The Keras decoder as a .tflite with the inputs z, weights_0, weights_1, ..., in the order of `get_weights`."""
    import keras
    import tensorflow as tf

    def decode(z: Any, *weights: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(model.weights, weights, strict=True))):
            return model(z, training=False)

    codes = tf.TensorSpec((None, model.input_shape[1]), tf.float32)
    signature = [codes, *(tf.TensorSpec(weight.shape, weight.dtype) for weight in model.weights)]
    function = tf.function(decode, input_signature=signature).get_concrete_function()
    content: bytes = tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module()).convert()
    return content
