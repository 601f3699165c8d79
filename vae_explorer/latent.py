"""Geometry of the latent space: the plane that is drawn, and lattices on it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vae_explorer.errors import UserError

Floats = NDArray[np.float32]
Spacing = Literal["quantile", "even"]


def on_plane(points: Floats, latent_dim: int) -> Floats:
    """Codes (N, latent_dim) for points (N, 2) of the drawn plane.

    The plane is (z1, z2); further dimensions are 0. Of a one-dimensional latent space the second coordinate is unused.
    """
    codes = np.zeros((len(points), latent_dim), np.float32)
    used = min(latent_dim, 2)
    codes[:, :used] = points[:, :used]
    return codes


def to_plane(codes: Floats) -> Floats:
    """Where codes (N, latent_dim) are drawn: (N, 2).

    One-dimensional codes are spread over the unused second axis, each always at the same height, so that they can
    be told apart.
    """
    if codes.shape[1] >= 2:
        return np.ascontiguousarray(codes[:, :2])
    spread = np.random.default_rng(0).uniform(-1, 1, len(codes)).astype(np.float32)
    return np.column_stack([codes[:, 0], spread])


def plane_note(latent_dim: int) -> str:
    """One sentence on what the plane leaves out; empty for two dimensions."""
    if latent_dim == 1:
        return "One latent dimension: the second axis is unused."
    if latent_dim == 3:
        return "Showing z1 and z2; z3 is 0."
    return f"Showing z1 and z2; z3 to z{latent_dim} are 0." if latent_dim > 3 else ""


def axis_positions(size: int, spacing: Spacing, limit: float = 3.0) -> Floats:
    """`size` (>= 2) coordinates along one axis, ascending, symmetric about 0.

    "quantile": the quantiles (i + 1/2) / size of the prior N(0, 1), so that equal steps hold equal prior mass
    (Kingma and Welling 2013, appendix A). "even": equal steps from -limit to limit.
    """
    if size < 2:
        raise UserError(f"A lattice needs at least 2 points a side, not {size}.")
    if spacing == "even":
        return np.linspace(-limit, limit, size, dtype=np.float32)
    from statistics import NormalDist

    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / size) for i in range(size)], np.float32)


def lattice(z1: Floats, z2: Floats, latent_dim: int) -> Floats:
    """Codes (len(z2) * len(z1), latent_dim) of the lattice, row by row as a picture is read: z2 falls, z1 rises."""
    across, up = np.meshgrid(z1, z2[::-1])
    return on_plane(np.column_stack([across.ravel(), up.ravel()]).astype(np.float32), latent_dim)
