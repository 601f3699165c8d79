"""Codes to images, fast: without TensorFlow for a run, from a traced function while training runs."""

import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_explorer.errors import UserError

Floats = NDArray[np.float32]
BATCH = 256  # codes decoded at a time where there are many


class Decoder(Protocol):
    """z (N, latent_dim) float32 -> images (N, H, W, C) float32 in [0, 1]. May be called from any thread."""

    latent_dim: int
    engine: str

    def __call__(self, z: Floats) -> Floats: ...


class LiteRTDecoder:
    """The decoder of a run, from its decoder.tflite. Raises UserError if LiteRT cannot read or fit it."""

    engine = "LiteRT"

    def __init__(self, content: bytes, latent_dim: int, image_shape: tuple[int, int, int]) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            # One thread: a single code is decoded sooner than threads are woken.
            self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
            self._input = self._interpreter.get_input_details()[0]
            self._output = self._interpreter.get_output_details()[0]["index"]
        except (ValueError, RuntimeError) as error:
            raise UserError(f"The decoder cannot be read by LiteRT: {error}") from error
        self.latent_dim = latent_dim
        self._image_shape = image_shape
        self._lock = threading.Lock()
        self._batch = 0
        if (
            tuple(self._input["shape_signature"][1:]) != (latent_dim,)
            or self(np.zeros((1, latent_dim), np.float32)).shape[1:] != image_shape
        ):
            raise UserError("The run is damaged: its decoder does not fit the shapes that run.toml names.")

    def __call__(self, z: Floats) -> Floats:
        if not len(z):
            return np.zeros((0, *self._image_shape), np.float32)
        if len(z) > BATCH:
            return np.concatenate([self(z[i : i + BATCH]) for i in range(0, len(z), BATCH)])
        with self._lock:
            if len(z) != self._batch:
                self._interpreter.resize_tensor_input(self._input["index"], (len(z), self.latent_dim))
                self._interpreter.allocate_tensors()
                self._batch = len(z)
            self._interpreter.set_tensor(self._input["index"], np.ascontiguousarray(z, np.float32))
            self._interpreter.invoke()
            images: Floats = self._interpreter.get_tensor(self._output)
            return images


class LiveDecoder:
    """A second decoder beside the one in training: it decodes from the newest weights it was given, whole.

    model: a Keras decoder of its own, ending in a sigmoid.
    """

    engine = "TensorFlow, live"

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.latent_dim: int = model.input_shape[1]
        self._model = model
        self._lock = threading.Lock()
        signature = [tf.TensorSpec((None, self.latent_dim), tf.float32)]
        self._function = tf.function(lambda z: model(z, training=False), input_signature=signature)
        self(np.zeros((1, self.latent_dim), np.float32))  # traced here, not under the first drag

    def assign(self, weights: Sequence[NDArray[np.float32]]) -> None:
        """Replace all weights at once; no image is ever decoded from a mixture."""
        with self._lock:
            self._model.set_weights(list(weights))

    def __call__(self, z: Floats) -> Floats:
        with self._lock:
            images: Floats = self._function(np.ascontiguousarray(z, np.float32)).numpy()
            return images


def as_pixels(images: Floats) -> NDArray[np.uint8]:
    """Images in [0, 1] as the levels that are shown: round(255 v), uint8, same shape."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
