"""A conditional decoder with a class bound to it, which decodes as any other decoder does."""

from collections.abc import Callable

import numpy as np

from vae_explorer.array_types import Floats


class ClassDecoder:
    """z (N, latent_dim) float32 -> images (N, H, W, C) float32 in [0, 1] of one class. May be called from any thread.

    conditional: the decoder of z with its label appended, (N, latent_dim + W). engine: what runs it. labels: (K, W), of
    each class. names: of the classes, K. chosen: which of them is decoded.
    """

    def __init__(
        self, conditional: Callable[[Floats], Floats], latent_dim: int, engine: str, labels: Floats,
        names: tuple[str, ...], chosen: int,
    ) -> None:  # fmt: skip
        self.latent_dim, self.engine, self.names, self.chosen = latent_dim, engine, names, chosen
        self._conditional, self._labels = conditional, labels

    def __call__(self, z: Floats) -> Floats:
        label = self._labels[self.chosen]
        return self._conditional(np.concatenate([z, np.broadcast_to(label, (len(z), len(label)))], axis=1))

    def of_class(self, chosen: int) -> "ClassDecoder":
        """The decoder of another class. It takes no time, since both share the network."""
        return ClassDecoder(self._conditional, self.latent_dim, self.engine, self._labels, self.names, chosen)
