"""The directions along which latent codes vary most: their principal components (Hotelling 1933)."""

import numpy as np

from vae_explorer.array_types import Doubles, Floats


def principal_components(codes: Floats | Doubles) -> tuple[Doubles, Doubles]:
    """The principal components of codes (N, D), N >= 2, all finite, that which holds the largest variance first.

    Returns orthonormal directions (D, D), each in a row and with the sign of `signed`, and the standard deviations of
    the codes along them (D,), which are 0 for all but N - 1 of them if there are so few codes.
    """
    variances, directions = np.linalg.eigh(np.atleast_2d(np.cov(codes.astype(np.float64), rowvar=False)))
    return signed(directions[:, ::-1].T), np.sqrt(np.maximum(variances[::-1], 0))


def signed(directions: Doubles) -> Doubles:
    """Directions (K, D), each with the sign that makes its largest entry positive, since either would do."""
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    return np.ascontiguousarray(directions * np.sign(largest))
