"""The decoder of a run that was imported from ONNX."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.errors import UserError
from vae_explorer.network.fitting import to_images
from vae_explorer.network.onnx_network import CHUNK, THREADS, OnnxNetwork
from vae_explorer.run.imported import ImportedModel


class OnnxDecoder:
    """z (N, latent_dim) -> images (N, H, W, C) float32 in [0, 1], computed by ONNX Runtime. For any thread.

    A conditional one takes z with its label appended, (N, latent_dim + label.width).
    Raises UserError if the content cannot be read or does not match its description in run.toml.
    """

    engine = "ONNX Runtime"

    def __init__(self, content: bytes, imported: ImportedModel, image_shape: ImageShape) -> None:
        label = imported.decoder.label
        self.latent_dim = imported.latent_dim + (label.width if label is not None else 0)
        self._codes = imported.latent_dim  # how many of the numbers are z
        self._description, self._image_shape = imported.decoder, image_shape
        self._network = OnnxNetwork(content, imported.decoder.file)
        try:
            self(
                np.zeros((1, self.latent_dim), np.float32)
            )  # prepared now, so that the first drag does not wait for it
        except ValueError as error:
            raise UserError(
                f"The decoder {imported.decoder.file} does not match its description in run.toml."
            ) from error

    def __call__(self, z: Floats) -> Floats:
        if len(z) <= CHUNK:
            return self._decode(z)
        with ThreadPoolExecutor(THREADS) as pool:
            return np.concatenate(list(pool.map(self._decode, np.split(z, range(CHUNK, len(z), CHUNK)))))

    def _decode(self, z: Floats) -> Floats:
        decoder = self._description
        if decoder.label is None:
            values = self._network(z, [decoder.output])[0]
        else:
            given = {decoder.input: z[:, : self._codes], decoder.label.input: z[:, self._codes :]}
            values = self._network.run(given, [decoder.output])[0]
        return to_images(values, decoder, self._image_shape)
