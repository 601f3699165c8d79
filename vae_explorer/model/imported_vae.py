"""An imported model as a VAE that can be measured; its logits are computed from the images that its decoder returns."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.errors import UserError
from vae_explorer.model.decoder import onnx_content
from vae_explorer.model.keras_decoder import load_keras_decoder, load_keras_encoder
from vae_explorer.network.fitting import to_images, to_posterior
from vae_explorer.network.onnx_network import OnnxNetwork
from vae_explorer.run.config import training_config
from vae_explorer.run.imported import ImportedModel
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE

NEAREST = 1e-6  # smallest distance of a probability from 0 and 1; closer to 1, float32 has hardly any values left


def load_imported_vae(run: Run) -> "VAE":
    """The VAE of an imported run. Probabilities keep a distance of NEAREST from 0 and 1: a pixel costs 14 nats at most.

    Raises UserError if it has no encoder, or one that gives no variance, or a decoder that takes a class label, so that
    there is no ELBO.
    """
    from vae_explorer.model.vae import VAE

    imported = run.info.origin
    if not isinstance(imported, ImportedModel) or imported.encoder is None:
        raise UserError(f"The run {run.folder} was imported without an encoder, which measuring needs.")
    if imported.decoder.label is not None:
        raise UserError(
            f"The decoder of the run {run.folder} takes a class label besides z: with one class for all images it is "
            "no VAE that could be measured."
        )
    if imported.encoder.posterior == "mean alone":
        raise UserError(f"The encoder of the run {run.folder} gives a mean alone: without a variance there is no ELBO.")
    info = run.info
    config = training_config(latent_dim=info.latent_dim, pixels=info.pixels, likelihood=info.likelihood,
                             sigma=info.sigma)  # fmt: skip
    encoder = load_keras_encoder(run) if imported.encoder.kind == "keras" else _onnx_encoder(run, imported)
    decoder = _keras_logits(run) if imported.decoder.kind == "keras" else _onnx_logits(run, imported)
    return VAE(config, info.dataset.image_shape, encoder=encoder, decoder=decoder)


def logits_of(images: Any) -> Any:
    """The logits whose sigmoid is these images, clipped to [NEAREST, 1 - NEAREST]; same shape."""
    import tensorflow as tf

    inside = tf.clip_by_value(images, NEAREST, 1 - NEAREST)
    return tf.math.log(inside) - tf.math.log1p(-inside)


class _Called:
    """A function of a batch, with as much of a Keras model's interface as `VAE` uses: a call and `input_shape`."""

    def __init__(self, function: Callable[[Any], Any], input_shape: tuple[int | None, ...]) -> None:
        self._function, self.input_shape = function, input_shape

    def __call__(self, batch: Any, **_training: bool) -> Any:
        return self._function(batch)


def _keras_logits(run: Run) -> Any:
    from vae_explorer.model.networks import without_sigmoid

    decoder = load_keras_decoder(run)
    try:
        return without_sigmoid(decoder)
    except ValueError:
        return _Called(lambda z: logits_of(decoder(z, training=False)), decoder.input_shape)


def _onnx_logits(run: Run, imported: ImportedModel) -> _Called:
    import tensorflow as tf

    network, shape = OnnxNetwork(onnx_content(run, "decoder"), imported.decoder.file), run.info.dataset.image_shape

    def decode(z: Any) -> Any:
        return to_images(network(z, [imported.decoder.output])[0], imported.decoder, shape)

    def logits(z: Any) -> Any:
        images = tf.numpy_function(decode, [z], tf.float32)
        return logits_of(tf.ensure_shape(images, (None, *shape)))

    return _Called(logits, (None, imported.latent_dim))


def _onnx_encoder(run: Run, imported: ImportedModel) -> _Called:
    import tensorflow as tf

    assert imported.encoder is not None
    description = imported.encoder
    network = OnnxNetwork(onnx_content(run, "encoder"), description.file)

    def encode(images: Any) -> Any:
        return np.stack(to_posterior(network, description, images))

    def posterior(images: Any) -> Any:
        both = tf.ensure_shape(tf.numpy_function(encode, [images], tf.float32), (2, None, imported.latent_dim))
        return both[0], both[1]

    return _Called(posterior, (None, *run.info.dataset.image_shape))
