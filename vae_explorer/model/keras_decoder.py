"""Reads a run's networks as Keras models, and runs a decoder that LiteRT cannot convert as a traced function."""

import threading
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, Weights
from vae_explorer.errors import UserError
from vae_explorer.run.run import Run

MISFIT = "The run is damaged: its model does not fit the shapes that run.toml names."


class TracedDecoder:
    """A decoder that LiteRT cannot convert, as a traced TensorFlow function. May be called from any thread.

    model: a Keras decoder that ends in a sigmoid.
    """

    engine = "TensorFlow (LiteRT cannot convert this decoder)"

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.latent_dim: int = model.input_shape[1]
        self._model = model
        self._weights: Weights | None = None  # the newest ones given to `assign` or `decode`
        self._lock = threading.Lock()
        signature = [tf.TensorSpec((None, self.latent_dim), tf.float32)]
        self._function = tf.function(lambda z: model(z, training=False), input_signature=signature)
        self(np.zeros((1, self.latent_dim), np.float32))  # traced now, so that the first drag does not wait for it

    def assign(self, weights: Weights) -> None:
        """Replace all weights at once; no image is decoded from a mixture of old and new ones."""
        with self._lock:
            self._model.set_weights(list(weights))
            self._weights = weights

    def decode(self, z: Floats, weights: Weights) -> Floats:
        """Decode z (N, latent_dim) with these weights, in the order of `get_weights`: (N, H, W, C) in [0, 1].

        For callers that share this decoder but each have their own weights.
        """
        with self._lock:
            if weights is not self._weights:
                self._model.set_weights(list(weights))
                self._weights = weights
            images: Floats = self._function(np.ascontiguousarray(z, np.float32)).numpy()
            return images

    def __call__(self, z: Floats) -> Floats:
        with self._lock:
            images: Floats = self._function(np.ascontiguousarray(z, np.float32)).numpy()
            return images


def load_keras_decoder(run: Run) -> Any:
    """The decoder of a run as a Keras model: z (batch, latent_dim) -> image (batch, H, W, C) in [0, 1].

    A conditional one takes z with its label appended, (batch, decoder_width).
    Raises UserError if it is damaged or has layers unknown to this program.
    """
    model = _load_keras(run, "decoder")
    if _shapes(model) != ((run.info.decoder_width,), [run.info.dataset.image_shape]):
        raise UserError(MISFIT)
    return model


def load_keras_encoder(run: Run) -> Any:
    """The encoder of a run as a Keras model: image (batch, H, W, C) -> [z_mean, z_log_var], (batch, latent_dim) each.

    Raises UserError if it is damaged or has layers unknown to this program.
    """
    model = _load_keras(run, "encoder")
    if _shapes(model) != (run.info.dataset.image_shape, [(run.info.latent_dim,)] * 2):
        raise UserError(MISFIT)
    return model


def _load_keras(run: Run, name: str) -> Any:
    """Read the file in safe mode, since a stranger may have made the run; layers registered by this process pass."""
    from vae_explorer.network.keras_file import load_keras_file

    path = run.folder / f"model/{name}.keras"
    return load_keras_file(path, f"The {name} of the run {run.folder}", registered=True)


def _shapes(model: Any) -> tuple[Any, list[Any]]:
    """The shapes of the input and of each output, without the batch. Raises UserError unless there is one input."""
    try:
        outputs = model.output_shape if isinstance(model.output_shape, list) else [model.output_shape]
        return model.input_shape[1:], [shape[1:] for shape in outputs]
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # outputs by name, or a model without shapes
        raise UserError(MISFIT) from error
