"""Turning the latent map of each epoch so that it does not flip on the way to the next."""

from collections.abc import Sequence

import numpy as np

from vae_explorer.array_types import Floats


def rotation_between(codes: Floats, target: Floats) -> Floats:
    """The rotation or reflection (D, D) for which `codes @ rotation` comes nearest to `target`, both (N, D).

    The orthogonal Procrustes problem: nothing is scaled, and the origin, where the prior has its centre, stays.
    The identity where there is no code to go by. Schoenemann 1966, "A generalized solution of the orthogonal
    Procrustes problem", Psychometrika 31.
    """
    if not len(codes):
        return np.eye(codes.shape[1], dtype=np.float32)
    from scipy.linalg import orthogonal_procrustes

    rotation, _ = orthogonal_procrustes(codes.astype(np.float64), target.astype(np.float64))
    return np.asarray(rotation, np.float32)


def aligning_rotations(epochs: Sequence[Floats]) -> list[Floats]:
    """For each epoch's codes (N, D) of the same images, oldest first, the rotation (D, D) onto the next one's.

    It goes back from the last epoch, which stays as it was trained; each one is turned onto the turned next one.
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
