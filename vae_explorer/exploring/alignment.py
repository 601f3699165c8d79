"""Rotates the latent map of each epoch so that it does not flip from one epoch to the next."""

from collections.abc import Sequence

import numpy as np

from vae_explorer.array_types import Floats


def rotation_between(codes: Floats, target: Floats) -> Floats:
    """The rotation or reflection (D, D) float32 for which `codes @ rotation` is nearest to `target`, both (N, D).

    This is the orthogonal Procrustes problem: nothing is scaled, and the origin, the centre of the prior, is kept.
    The identity if N is 0. Schoenemann 1966, "A generalized solution of the orthogonal Procrustes problem",
    Psychometrika 31.
    """
    if not len(codes):
        return np.eye(codes.shape[1], dtype=np.float32)
    from scipy.linalg import orthogonal_procrustes

    rotation, _ = orthogonal_procrustes(codes.astype(np.float64), target.astype(np.float64))
    return np.asarray(rotation, np.float32)


def aligning_rotations(epochs: Sequence[Floats]) -> list[Floats]:
    """For each epoch, oldest first, the rotation (D, D) of its latent codes that aligns them with the next epoch's.

    epochs: the latent codes (N, D) of the same images at each epoch. The last epoch is not rotated; each earlier one
    is aligned with the rotated codes of the one after it.
    """
    rotations: list[Floats] = []
    following: Floats | None = None
    for codes in reversed(epochs):
        if following is None:
            rotations.append(np.eye(codes.shape[1], dtype=np.float32))
        else:
            rotations.append(rotation_between(codes, following))
        following = codes @ rotations[-1]
    return rotations[::-1]
