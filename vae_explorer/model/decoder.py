"""From latent codes to images: which decoder is used for a run and for a training."""

import logging
from typing import Any, Protocol

import numpy as np

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.keras_decoder import MISFIT, TracedDecoder, load_keras_decoder
from vae_explorer.model.litert import LiteRTDecoder, LiveDecoder
from vae_explorer.run.imported import ImportedModel
from vae_explorer.run.run import Run

log = logging.getLogger(__name__)

BATCH = 256  # latent codes decoded between two reports of progress


class Decoder(Protocol):
    """z (N, latent_dim) float32 -> images (N, H, W, C) float32 in [0, 1]. May be called from any thread."""

    latent_dim: int
    engine: str

    def __call__(self, z: Floats) -> Floats: ...


def run_decoder(run: Run, label: int | None = None) -> Decoder:
    """The decoder of a run; if it is conditional, a `ClassDecoder` of the class with this label, None: 0.

    ONNX Runtime runs an imported ONNX network, LiteRT a decoder.tflite. Without either (a run read from an HTML page
    has no decoder.tflite) numpy runs decoder.npz, and if that is missing too, TensorFlow runs decoder.keras; loading
    it takes seconds.

    Raises UserError if the decoder is damaged or has layers unknown to this program.
    """
    taken = run.info.decoder_label
    if taken is None:
        return _network(run)
    from vae_explorer.network.label_input import label_rows  # which the launch does not need

    conditional, info = _network(run), run.info
    return ClassDecoder(
        conditional, info.latent_dim, conditional.engine, label_rows(taken), info.decoder_classes, label or 0
    )


def _network(run: Run) -> Decoder:
    """The decoder of a run as it was saved: a conditional one takes z with its label appended."""
    width, image_shape = run.info.decoder_width, run.info.dataset.image_shape
    networks = run.networks
    if isinstance(run.info.origin, ImportedModel) and networks.onnx_decoder is not None:
        from vae_explorer.model.onnx_decoder import OnnxDecoder

        return OnnxDecoder(networks.onnx_decoder, run.info.origin, image_shape)
    if networks.decoder is not None:
        return LiteRTDecoder(networks.decoder, width, image_shape)
    if networks.lowered is not None:
        from vae_explorer.model.lowered_decoder import LoweredDecoder  # which the launch does not need
        from vae_explorer.run.lowered import read

        lowered = read(networks.lowered)
        if (lowered.latent_dim, lowered.image_shape) != (width, image_shape):
            raise UserError(MISFIT)
        return LoweredDecoder(lowered)
    return TracedDecoder(load_keras_decoder(run))


def onnx_content(run: Run, name: str) -> bytes:
    """The bytes of the imported ONNX network of this name, "encoder" or "decoder"; its hash was checked on opening.

    Raises UserError if the file cannot be read.
    """
    if name == "decoder" and run.networks.onnx_decoder is not None:
        return run.networks.onnx_decoder
    path = run.folder / f"model/{name}.onnx"
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error


def live_decoder(model: Any) -> LiveDecoder | TracedDecoder:
    """A decoder for the weights of a training. model: a copy of the trained Keras decoder that ends in a sigmoid."""
    try:
        return LiveDecoder(model)
    except Exception:  # the converter fails in many ways, and none may end the training
        log.info("LiteRT cannot convert the decoder in training", exc_info=True)
        return TracedDecoder(model)


def as_pixels(images: Floats) -> Bytes:
    """Images in [0, 1] as the levels shown on the screen: round(255 v), uint8, same shape; clipped to the range."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
