"""A lowered conditional decoder with a class bound to it, for a page, which decodes images of one class."""

from dataclasses import replace

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.run.lowered import Lowered, Operation


def bind_class(lowered: Lowered, label: Floats) -> Lowered:
    """The decoder z -> images with this label (W,) bound. lowered: takes z with a label appended, latent_dim + W.

    A first operation appends the label; that of the others stays. The images that check the result are computed here.
    """
    whole = lowered.latent_dim
    latent_dim = whole - len(label)
    kernel, bias = np.eye(latent_dim, whole, dtype=np.float32), np.zeros(whole, np.float32)
    bias[latent_dim:] = label
    append = Operation("dense", (0,), (whole,), (0, 1))
    moved = (
        replace(
            operation,
            inputs=tuple(value + 1 for value in operation.inputs),
            weights=tuple(weight + 2 for weight in operation.weights),
        )
        for operation in lowered.operations
    )
    codes = np.ascontiguousarray(lowered.check_codes[:, :latent_dim])
    images = LoweredDecoder(lowered)(codes @ kernel + bias)
    return Lowered((append, *moved), (kernel, bias, *lowered.weights), codes, images)
