"""A run's networks as Keras models, and the decoder that LiteRT cannot convert as a traced function."""

import threading
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, Weights
from vae_explorer.errors import UserError
from vae_explorer.run.run import Run

MISFIT = "The run is damaged: its model does not fit the shapes that run.toml names."


class TracedDecoder:
    """A Keras decoder that LiteRT cannot convert, as a traced function. model: ends in a sigmoid."""

    engine = "TensorFlow (LiteRT cannot convert this decoder)"

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.latent_dim: int = model.input_shape[1]
        self._model = model
        self._weights: Weights | None = None  # those that `decode` was given last
        self._lock = threading.Lock()
        signature = [tf.TensorSpec((None, self.latent_dim), tf.float32)]
        self._function = tf.function(lambda z: model(z, training=False), input_signature=signature)
        self(np.zeros((1, self.latent_dim), np.float32))  # traced here, not under the first drag

    def assign(self, weights: Weights) -> None:
        """Replace all weights at once; no image is ever decoded from a mixture."""
        with self._lock:
            self._model.set_weights(list(weights))
            self._weights = weights

    def decode(self, z: Floats, weights: Weights) -> Floats:
        """As a call after `assign`, for those who each bring weights of their own."""
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
    """The decoder of a run as a Keras model. Raises UserError if it is damaged, or has layers not known here."""
    model = _load_keras(run, "decoder")
    if _shapes(model) != ((run.info.latent_dim,), [run.info.dataset.image_shape]):
        raise UserError(MISFIT)
    return model


def load_keras_encoder(run: Run) -> Any:
    """The encoder of a run as a Keras model, to [z_mean, z_log_var]. Raises UserError as `load_keras_decoder`."""
    model = _load_keras(run, "encoder")
    if _shapes(model) != (run.info.dataset.image_shape, [(run.info.latent_dim,)] * 2):
        raise UserError(MISFIT)
    return model


def _load_keras(run: Run, name: str) -> Any:
    """Read as the file of a stranger, who may have trained the run; layers registered by this process pass besides."""
    from vae_explorer.network.keras_file import load_keras_file

    path = run.folder / f"model/{name}.keras"
    return load_keras_file(path, f"The {name} of the run {run.folder}", registered=True)


def _shapes(model: Any) -> tuple[Any, list[Any]]:
    """Of its input and of each output, without the batch. Raises UserError for a model that has not just one input."""
    try:
        outputs = model.output_shape if isinstance(model.output_shape, list) else [model.output_shape]
        return model.input_shape[1:], [shape[1:] for shape in outputs]
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # names instead of places, or no shapes at all
        raise UserError(MISFIT) from error
