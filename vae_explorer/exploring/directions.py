"""Directions in latent space from one group of images to another, "A minus B"."""

import numpy as np

from vae_explorer.array_types import Floats, Indices
from vae_explorer.errors import UserError


def difference_of_means(z_mean: Floats, these: Indices, those: Indices) -> Floats:
    """The mean of the codes z_mean (N, latent_dim) in the rows `these` minus that in the rows `those`: (latent_dim,).

    An attribute vector, as in Larsen et al. 2016, "Autoencoding beyond pixels using a learned similarity metric",
    section 4. Raises UserError if one of the groups has no finite code, or the means are equal.
    """
    means = []
    for rows in (these, those):
        codes = z_mean[rows].astype(np.float64)
        codes = codes[np.isfinite(codes).all(axis=1)]
        if not len(codes):
            raise UserError("A direction leads from one group to another: each needs an image with a latent code.")
        means.append(codes.mean(axis=0))
    direction = means[0] - means[1]
    if not direction.any():
        raise UserError("The two groups have the same mean, so there is no direction between them.")
    return np.asarray(direction, np.float32)
