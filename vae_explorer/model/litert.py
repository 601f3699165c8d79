"""Decoders by LiteRT, for a run and beside a training."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, ImageShape, Weights
from vae_explorer.errors import UserError
from vae_explorer.model.keras_decoder import MISFIT

CHUNK = 32  # codes a thread decodes at a time: more of them fall out of its cache
THREADS = min(os.cpu_count() or 1, 8)  # for many codes; memory grows with them


class LiteRTDecoder:
    """The decoder of a run, from its decoder.tflite. Raises UserError if LiteRT cannot read or fit it.

    One code goes to an interpreter that is kept for it. More are shared out among threads with interpreters of their
    own, so that decoding a grid neither waits for the hand that drags nor keeps it waiting.

    weights: those that the network takes as inputs beside z, if it does.
    """

    engine = "LiteRT"

    def __init__(self, content: bytes, latent_dim: int, image_shape: ImageShape, weights: Weights = ()) -> None:
        self.latent_dim = latent_dim
        self._content, self._image_shape = content, image_shape
        self._weights = weights
        self._lock = threading.Lock()
        try:
            self._network = _Network(content)
            if self._network.code_shape != (latent_dim,) or self._network.image_shape != image_shape:
                raise UserError(MISFIT)
            self(np.zeros((1, latent_dim), np.float32))  # made ready here, not under the first drag
        except (ValueError, RuntimeError) as error:
            raise UserError(f"The decoder cannot be read by LiteRT: {error}") from error

    def __call__(self, z: Floats) -> Floats:
        return self.decode(z, self._weights)

    def decode(self, z: Floats, weights: Weights) -> Floats:
        """As a call, but from these weights, if the network takes any as inputs."""
        z = np.ascontiguousarray(z, np.float32)
        if len(z) == 1:
            with self._lock:
                return self._network(z, weights)
        images = np.empty((len(z), *self._image_shape), np.float32)
        threads = max(1, min(THREADS, -(-len(z) // CHUNK)))

        def decode(first: int) -> None:
            network = _Network(self._content)
            for start in range(first * CHUNK, len(z), threads * CHUNK):
                images[start : start + CHUNK] = network(z[start : start + CHUNK], weights)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(decode, range(threads)))
        return images


class LiveDecoder(LiteRTDecoder):
    """A second decoder beside the one in training: it decodes from the newest weights it was given, whole.

    Its weights are inputs of the converted network, so newer ones are but arrays. TensorFlow would have each code wait
    for the training's operations, with which it shares its threads. model: a Keras decoder, ending in a sigmoid.
    Raises whatever the converter does for one that it cannot convert.
    """

    engine = "LiteRT, live"

    def __init__(self, model: Any) -> None:
        self.network = _with_weights_as_inputs(model)
        super().__init__(self.network, model.input_shape[1], model.output_shape[1:], model.get_weights())

    def assign(self, weights: Weights) -> None:
        """Replace all weights at once, without waiting; no image is ever decoded from a mixture."""
        self._weights = [np.array(weight) for weight in weights]


class _Network:
    """An interpreter of a .tflite, for one thread at a time. Its inputs are z and, if they are no constants, weights.

    Raises ValueError or RuntimeError for content that LiteRT cannot read.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        # One thread: a single code is decoded sooner than threads are woken.
        self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
        inputs = self._interpreter.get_signature_runner().get_input_details()
        self._places = [inputs.pop(f"weights_{place}")["index"] for place in range(len(inputs) - 1)]
        (z,) = inputs.values()
        output = self._interpreter.get_output_details()[0]
        self._z, self._images = z["index"], output["index"]
        self.code_shape = tuple(z["shape_signature"][1:])
        self.image_shape = tuple(output["shape_signature"][1:])
        self._batch = 0
        self._weights: Weights | None = None  # those that it holds now

    def __call__(self, z: Floats, weights: Weights) -> Floats:
        """z (N, latent_dim) -> images (N, H, W, C)."""
        if len(z) != self._batch:
            self._interpreter.resize_tensor_input(self._z, z.shape)
            self._interpreter.allocate_tensors()
            self._batch, self._weights = len(z), None
        if weights is not self._weights:
            for place, weight in zip(self._places, weights, strict=True):
                self._interpreter.set_tensor(place, weight)
            self._weights = weights
        self._interpreter.set_tensor(self._z, z)
        self._interpreter.invoke()
        images: Floats = self._interpreter.get_tensor(self._images)
        return images


def _with_weights_as_inputs(model: Any) -> bytes:
    """The Keras decoder as a .tflite of (z, weights_0, weights_1, ...), the weights as `get_weights` orders them."""
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
