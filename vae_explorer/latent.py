"""Geometry of the latent space: the plane that is drawn, and lattices on it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vae_explorer.errors import UserError

Floats = NDArray[np.float32]
Spacing = Literal["quantile", "even"]
Plane = tuple[int, int]  # which dimensions of z go across and up, counted from 1

FIRST_TWO: Plane = (1, 2)


def check_plane(plane: Plane, latent_dim: int) -> None:
    """Raises UserError unless the plane is of two different dimensions, of which one dimension needs no second."""
    across, up = plane
    if across == up or not (1 <= across <= latent_dim and 1 <= up <= max(latent_dim, 2)):
        choice = f"two different ones of 1 to {latent_dim}" if latent_dim > 1 else "1,2, of which the second is unused"
        raise UserError(f"There is no plane of dimensions {across} and {up}: choose {choice}.")


def on_plane(points: Floats, latent_dim: int, plane: Plane = FIRST_TWO) -> Floats:
    """Codes (N, latent_dim) for points (N, 2) of the drawn plane.

    Dimensions that the plane leaves out are 0. Of a one-dimensional latent space the second coordinate is unused.
    Raises UserError for a plane that there is not.
    """
    check_plane(plane, latent_dim)
    codes = np.zeros((len(points), latent_dim), np.float32)
    for axis, dimension in enumerate(plane[:latent_dim]):
        codes[:, dimension - 1] = points[:, axis]
    return codes


def to_plane(codes: Floats, plane: Plane = FIRST_TWO) -> Floats:
    """Where codes (N, latent_dim) are drawn: (N, 2). Raises UserError for a plane that there is not.

    One-dimensional codes are spread over the unused second axis, each always at the same height, so that they can
    be told apart.
    """
    check_plane(plane, codes.shape[1])
    if plane == FIRST_TWO and codes.shape[1] >= 2:
        return np.ascontiguousarray(codes[:, :2])
    if codes.shape[1] >= 2:
        return codes[:, [plane[0] - 1, plane[1] - 1]]
    spread = np.random.default_rng(0).uniform(-1, 1, len(codes)).astype(np.float32)
    return np.column_stack([codes[:, 0], spread])


def plane_note(latent_dim: int, plane: Plane = FIRST_TWO) -> str:
    """One sentence on what the plane leaves out; empty for two dimensions."""
    if latent_dim == 1:
        return "One latent dimension: the second axis is unused."
    others = [dimension for dimension in range(1, latent_dim + 1) if dimension not in plane]
    if not others:
        return ""
    if len(others) == 1:
        zero = f"z{others[0]} is 0"
    else:
        together = others[-1] - others[0] < len(others)
        zero = f"z{others[0]} to z{others[-1]} are 0" if together else "the others are 0"
    return f"Showing z{plane[0]} and z{plane[1]}; {zero}."


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


def lattice(z1: Floats, z2: Floats, latent_dim: int, plane: Plane = FIRST_TWO) -> Floats:
    """Codes (len(z2) * len(z1), latent_dim) of the lattice, row by row as a picture is read: z2 falls, z1 rises.

    z1 and z2 are positions along the first and the second axis of the plane.
    """
    across, up = np.meshgrid(z1, z2[::-1])
    return on_plane(np.column_stack([across.ravel(), up.ravel()]).astype(np.float32), latent_dim, plane)
