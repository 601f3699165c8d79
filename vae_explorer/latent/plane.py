"""Geometry of the latent space: the plane that the map shows, and lattices on it."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.latent.principal import principal_components

Spacing = Literal["quantile", "even"]
Axes = tuple[int, int]  # the dimensions of z on the horizontal and the vertical axis, counted from 1
PlaneChoice = Axes | Literal["pca"]  # two dimensions, or the two principal components of the latent codes

FIRST_TWO: Axes = (1, 2)
ENOUGH = 50_000  # latent codes that are enough to estimate the principal components
GRID_SIDE = 8  # images per side of the decoded grid beside a training and its replay
NAMED = 6  # most dimensions off the plane whose values a sentence lists


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane in the latent space. Its point (x, y) is the latent code held + x * directions[0] + y * directions[1].

    The coordinates of a latent code are its scalar products with the directions. So z = 0 is drawn at (0, 0), and the
    prior N(0, I) is N(0, I) in any plane. If latent_dim is 1, the second direction is 0.
    """

    names: tuple[str, str]  # names of the directions, such as "z3" or "PC 1"
    directions: Floats  # (2, latent_dim), orthonormal
    held: Floats  # (latent_dim,), the component that all latent codes of the plane share, orthogonal to the directions
    axes: Axes | None  # the dimensions that the plane shows; None: principal components

    @property
    def latent_dim(self) -> int:
        return len(self.held)

    @property
    def choice(self) -> PlaneChoice:
        return self.axes or "pca"

    def through(self, code: Floats) -> "Plane":
        """The parallel plane through a latent code (latent_dim,)."""
        directions = self.directions.astype(np.float64)
        return replace(self, held=(code - (directions @ code) @ directions).astype(np.float32))

    def point(self, code: Floats) -> tuple[float, float]:
        """Coordinates of a latent code (latent_dim,) in the plane. If latent_dim is 1, the second one is 0."""
        x, y = (self.directions @ code).tolist()
        return x, y


def check_axes(axes: Axes, latent_dim: int) -> None:
    """Raises UserError unless the axes are two different dimensions of z. If latent_dim is 1, they are 1 and 2."""
    across, up = axes
    if across == up or not (1 <= across <= latent_dim and 1 <= up <= max(latent_dim, 2)):
        choice = f"two different ones of 1 to {latent_dim}" if latent_dim > 1 else "1,2 (the second is unused)"
        raise UserError(f"There is no plane of dimensions {across} and {up}: choose {choice}.")


def axes_plane(axes: Axes, latent_dim: int) -> Plane:
    """The plane of two dimensions of z through z = 0. Raises UserError if latent_dim has no such axes."""
    check_axes(axes, latent_dim)
    directions = np.zeros((2, latent_dim), np.float32)
    for row, dimension in enumerate(axes[:latent_dim]):
        directions[row, dimension - 1] = 1
    return Plane((f"z{axes[0]}", f"z{axes[1]}"), directions, np.zeros(latent_dim, np.float32), axes)


def principal_plane(codes: Floats) -> Plane:
    """The plane of the two principal components of latent codes (N, latent_dim), the first horizontal, through z = 0.

    See `principal_components`. If there are very many codes, every n-th is used. Raises UserError for fewer than two
    latent codes, or if latent_dim is 1.
    """
    latent_dim = codes.shape[1]
    if latent_dim < 2:
        raise UserError("One latent dimension has no principal plane: choose 1,2 (the second is unused).")
    some = codes[:: max(1, len(codes) // ENOUGH)].astype(np.float64)
    some = some[np.isfinite(some).all(axis=1)]
    if len(some) < 2:
        raise UserError("There are no codes to compute principal components of: choose two dimensions, such as 1,2.")
    directions = principal_components(some)[0][:2].astype(np.float32)
    return Plane(("PC 1", "PC 2"), directions, np.zeros(latent_dim, np.float32), None)


def chosen_plane(choice: PlaneChoice, codes: Floats, at: Floats | None = None) -> Plane:
    """The chosen plane for latent codes (N, latent_dim), through the latent code `at` (latent_dim,); None: through 0.

    Raises UserError if there is no such plane.
    """
    plane = principal_plane(codes) if choice == "pca" else axes_plane(choice, codes.shape[1])
    return plane if at is None else plane.through(at)


def on_plane(points: Floats, plane: Plane) -> Floats:
    """Latent codes (N, latent_dim) of points (N, 2) in the plane. If latent_dim is 1, the second one is unused."""
    codes: Floats = plane.held + points.astype(np.float32, copy=False) @ plane.directions
    return codes


def to_plane(codes: Floats, plane: Plane | None = None) -> Floats:
    """Coordinates (N, 2) of latent codes (N, latent_dim) in the plane; None: the plane of the first two dimensions.

    One-dimensional latent codes are spread at random along the unused second axis, so that they do not overlap. The
    spread is the same in every call.
    """
    axes = FIRST_TWO if plane is None else plane.axes
    if codes.shape[1] == 1:
        spread = np.random.default_rng(0).uniform(-1, 1, len(codes)).astype(np.float32)
        return np.column_stack([codes[:, 0], spread])
    if axes == FIRST_TWO:
        return np.ascontiguousarray(codes[:, :2])
    if axes is not None:
        return codes[:, [axes[0] - 1, axes[1] - 1]]
    assert plane is not None
    with np.errstate(invalid="ignore"):  # a training that diverged may give such values
        points: Floats = codes @ plane.directions.T
    return points


def plane_note(plane: Plane) -> str:
    """One sentence on the plane and on the values of the other dimensions; "" if two dimensions are all there are."""
    if plane.latent_dim == 1:
        return "One latent dimension: the second axis is unused."
    if plane.axes is None:
        held = f"; {_held(plane, [])}" if plane.latent_dim > 2 else ""
        return f"Showing principal components{held}."
    others = [dimension for dimension in range(1, plane.latent_dim + 1) if dimension not in plane.axes]
    if not others:
        return ""
    return f"Showing {plane.names[0]} and {plane.names[1]}; {_held(plane, others)}."


def _held(plane: Plane, others: list[int]) -> str:
    """The values of the dimensions `others`, which the plane leaves out; [] if it shows principal components."""
    values = {
        dimension: f"{value:.2f}".replace("-", "−")
        for dimension, value in enumerate(plane.held, start=1)
        if abs(value) > 5e-3
    }
    if not others:
        if not values:
            return "the rest is 0"
        every = ", ".join(f"z{dimension} {value}" for dimension, value in values.items())
        return "the rest is " + (f"({every})" if len(values) <= NAMED else "that of a chosen code")
    if len(values) > NAMED:
        return "the others are those of a chosen code"
    if not values:
        if len(others) == 1:
            return f"z{others[0]} is 0"
        together = others[-1] - others[0] < len(others)
        return f"z{others[0]} to z{others[-1]} are 0" if together else "the others are 0"
    rest = "" if len(values) == len(others) else ", the others 0"
    return ", ".join(f"z{dimension} is {value}" for dimension, value in values.items()) + rest


def axis_positions(size: int, spacing: Spacing, limit: float = 3.0) -> Floats:
    """`size` (>= 2) coordinates along one axis, ascending, symmetric about 0.

    "quantile": the quantiles (i + 1/2) / size of the prior N(0, 1), so that equal steps hold equal prior mass
    (Kingma and Welling 2013, appendix A). "even": equal steps from -limit to limit. Raises
    UserError if `size` is below 2.
    """
    if size < 2:
        raise UserError(f"A lattice needs at least 2 points per side, not {size}.")
    if spacing == "even":
        return np.linspace(-limit, limit, size, dtype=np.float32)
    from statistics import NormalDist

    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / size) for i in range(size)], np.float32)


def lattice(z1: Floats, z2: Floats, plane: Plane) -> Floats:
    """Latent codes (len(z2) * len(z1), latent_dim) of the lattice, row by row like the pixels of a picture.

    z1 and z2 are ascending coordinates along the first and the second direction of the plane. In the result z2 falls
    from row to row, and z1 rises within a row.
    """
    across, up = np.meshgrid(z1, z2[::-1])
    return on_plane(np.column_stack([across.ravel(), up.ravel()]).astype(np.float32), plane)
