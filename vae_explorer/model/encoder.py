"""From images to latent codes: the encoder of a run, loaded when it is first used."""

import threading
from typing import Any, Protocol

import numpy as np

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.errors import UserError
from vae_explorer.run.imported import ImportedModel
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

CHUNK = 32  # images that LiteRT encodes at a time, so that a single image never waits long
MISFIT = "The run is damaged: its encoder does not fit the shapes that run.toml names."


class Encoder(Protocol):
    """Images (N, H, W, C) float32 in [0, 1] -> z_mean and z_log_var, (N, latent_dim) float32 each. For any thread."""

    def __call__(self, images: Floats) -> tuple[Floats, Floats]: ...


def why_no_encoder(run: Run) -> str:
    """A sentence on why the run has no encoder; "": it has one."""
    if isinstance(run.storage, InPage):
        return "A page holds no encoder."
    if isinstance(run.info.origin, ImportedModel) and run.info.origin.encoder is None:
        return "No encoder was imported."
    return ""


class RunEncoder:
    """The encoder of a run that has one, loaded by the first call, which may take seconds. For any thread.

    LiteRT runs an encoder.tflite, ONNX Runtime an imported ONNX network, and TensorFlow an encoder.keras. A call raises
    UserError if the encoder is damaged.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._loaded: Encoder | None = None

    def __call__(self, images: Floats) -> tuple[Floats, Floats]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._run)
        return self._loaded(images)


class LiteRTEncoder:
    """The encoder of an encoder.tflite.

    Raises UserError if LiteRT cannot read the content or its shapes differ from latent_dim and image_shape.
    """

    def __init__(self, content: bytes, latent_dim: int, image_shape: ImageShape) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._latent_dim, self._lock, self._batch = latent_dim, threading.Lock(), 0
        try:
            self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
            runner = self._interpreter.get_signature_runner()
            (images,) = runner.get_input_details().values()
            # The names of the outputs are numbered in the order in which the model gives them.
            outputs = [details for _, details in sorted(runner.get_output_details().items())]
        except (ValueError, RuntimeError) as error:
            raise UserError(f"The encoder cannot be read by LiteRT: {error}") from error
        shapes = [tuple(details["shape_signature"][1:]) for details in (images, *outputs)]
        if shapes != [image_shape, (latent_dim,), (latent_dim,)]:
            raise UserError(MISFIT)
        self._images, self._outputs = images["index"], [details["index"] for details in outputs]

    def __call__(self, images: Floats) -> tuple[Floats, Floats]:
        both = np.empty((2, len(images), self._latent_dim), np.float32)
        for start in range(0, len(images), CHUNK):
            some = np.ascontiguousarray(images[start : start + CHUNK], np.float32)
            with self._lock:
                if len(some) != self._batch:
                    self._interpreter.resize_tensor_input(self._images, some.shape)
                    self._interpreter.allocate_tensors()
                    self._batch = len(some)
                self._interpreter.set_tensor(self._images, some)
                self._interpreter.invoke()
                for output, tensor in zip(both, self._outputs, strict=True):
                    output[start : start + CHUNK] = self._interpreter.get_tensor(tensor)
        return both[0], both[1]


def _load(run: Run) -> Encoder:
    latent_dim, image_shape = run.info.latent_dim, run.info.dataset.image_shape
    imported = run.info.origin
    if isinstance(imported, ImportedModel) and imported.encoder is not None and imported.encoder.kind == "onnx":
        from vae_explorer.model.decoder import onnx_content
        from vae_explorer.network.fitting import to_posterior
        from vae_explorer.network.onnx_network import OnnxNetwork

        description = imported.encoder
        network = OnnxNetwork(onnx_content(run, "encoder"), description.file)
        return lambda images: to_posterior(network, description, images)
    if run.networks.encoder is not None:
        return LiteRTEncoder(run.networks.encoder, latent_dim, image_shape)
    from vae_explorer.model.keras_decoder import load_keras_encoder
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    model, lock = load_keras_encoder(run), threading.Lock()

    def encode(images: Floats) -> tuple[Floats, Floats]:
        with lock:
            mean, log_var = model(np.ascontiguousarray(images, np.float32), training=False)
        return mean.numpy(), log_var.numpy()

    return encode
