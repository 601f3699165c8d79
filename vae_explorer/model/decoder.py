"""Codes to images, fast: by LiteRT, for a run and while training runs; by TensorFlow what LiteRT cannot convert."""

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Weights
from vae_explorer.errors import UserError
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.run.lowered import read
from vae_explorer.run.run import Run

BATCH = 256  # codes decoded between two reports of progress
CHUNK = 32  # codes a thread decodes at a time: more of them fall out of its cache
MISFIT = "The run is damaged: its model does not fit the shapes that run.toml names."
THREADS = min(os.cpu_count() or 1, 8)  # for many codes; memory grows with them

log = logging.getLogger(__name__)


class Decoder(Protocol):
    """z (N, latent_dim) float32 -> images (N, H, W, C) float32 in [0, 1]. May be called from any thread."""

    latent_dim: int
    engine: str

    def __call__(self, z: Floats) -> Floats: ...


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


def run_decoder(run: Run) -> Decoder:
    """The decoder of a run: by LiteRT; by numpy if it has no decoder.tflite, as the run of a page has none; or by
    TensorFlow, which takes seconds to load, if it cannot be lowered either.

    Raises UserError if it is damaged, or made of layers that are not known here.
    """
    latent_dim, image_shape = run.info.latent_dim, run.info.dataset.image_shape
    if run.info.imported is not None and run.onnx_decoder is not None:
        from vae_explorer.model.onnx_decoder import OnnxDecoder

        return OnnxDecoder(run.onnx_decoder, run.info.imported, image_shape)
    if run.decoder is not None:
        return LiteRTDecoder(run.decoder, latent_dim, image_shape)
    if run.lowered is not None:
        lowered = read(run.lowered)
        if (lowered.latent_dim, lowered.image_shape) != (latent_dim, image_shape):
            raise UserError(MISFIT)
        return LoweredDecoder(lowered)
    return TracedDecoder(load_keras_decoder(run))


def onnx_content(run: Run, name: str) -> bytes:
    """The file of a run's network that was imported from ONNX, whose hash was checked on opening. UserError: gone."""
    if name == "decoder" and run.onnx_decoder is not None:
        return run.onnx_decoder
    path = run.folder / f"model/{name}.onnx"
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error


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


def live_decoder(model: Any) -> LiveDecoder | TracedDecoder:
    """A decoder to follow the training of a model like this one, a Keras decoder of its own ending in a sigmoid."""
    try:
        return LiveDecoder(model)
    except Exception:  # the converter fails in many ways, none of which is to end a training
        log.info("LiteRT cannot convert the decoder in training", exc_info=True)
        return TracedDecoder(model)


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


def as_pixels(images: Floats) -> Bytes:
    """Images in [0, 1] as the levels that are shown: round(255 v), uint8, same shape."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
