"""The decoded grid as a picture: the manifold, decoded over a lattice of latent codes."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import BELOW_AXES, LINE, SMALL, TEXT, Margins, Paper, drawing, text_width
from vae_explorer.exporting.sheet import SheetStyle, colour_table, decode_all, dots_per_pixel, lay_sheet, tile
from vae_explorer.latent.plane import FIRST_TWO, Plane, Spacing, axes_plane, axis_positions, lattice, plane_note
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALLEST, LARGEST = 2, 60  # images per side


@dataclass(frozen=True, slots=True)
class GridOptions:
    """Which latent codes the grid decodes, and how it looks. Raises UserError for values out of range."""

    size: int = 20  # images per side
    spacing: Spacing = "quantile"
    limit: float = 3.0  # even spacing covers -limit to limit
    plane: Plane | None = None  # of the decoder's latent space; None: that of the first two dimensions
    axes: bool = False  # whether coordinates are written along the edges
    style: SheetStyle = field(default_factory=SheetStyle)

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise UserError(f"The size of a grid is {SMALLEST} to {LARGEST} images per side, not {self.size}.")
        if not 0 < self.limit <= 100:
            raise UserError(f"The range of a grid is above 0 and at most 100, not {self.limit:g}.")

    @property
    def positions(self) -> Floats:
        """Coordinates along each axis, ascending: (size,)."""
        return axis_positions(self.size, self.spacing, self.limit)

    def plane_in(self, latent_dim: int) -> Plane:
        """The plane of the grid in a latent space of this dimension."""
        return self.plane or axes_plane(FIRST_TWO, latent_dim)


def decode_grid(decoder: Decoder, options: GridOptions, progress: Progress = no_progress) -> Bytes:
    """The images of the lattice, (size, size, H, W, C) uint8: rows by falling z2, columns by rising z1.

    z1 and z2 are the two directions of the plane.
    """
    codes = lattice(options.positions, options.positions, options.plane_in(decoder.latent_dim))
    images = decode_all(decoder, codes, progress, "Decoding the grid")
    return images.reshape(options.size, options.size, *images.shape[1:])


def draw_grid(decoder: Decoder, options: GridOptions, paper: Paper, progress: Progress = no_progress) -> "Figure":
    """The grid as a figure; without axes and caption, just the sheet of images.

    Raises UserError for an unknown colour map.
    """
    colour_table(options.style.colour_map)  # raises before anything is decoded
    images = decode_grid(decoder, options, progress)
    sheet = tile(images, options.style)
    with drawing():
        if not options.axes:
            note = plane_note(options.plane_in(decoder.latent_dim)) if paper.caption else ""
            return lay_sheet(sheet, paper, note=note)[0].figure
        return _with_axes(sheet, images.shape[2], images.shape[3], options, paper, decoder.latent_dim)


def _with_axes(sheet: Bytes, height: int, width: int, options: GridOptions, paper: Paper, latent_dim: int) -> "Figure":
    """The sheet with an axis below and one at the left; coordinates stand at as many images as there is space for."""
    labels = [f"{value:+.2f}".replace("-", "−") if abs(value) >= 0.005 else "0" for value in options.positions]
    plane = options.plane_in(latent_dim)
    across, up = plane.names
    used = latent_dim > 1
    label_width = max(text_width(label, SMALL) for label in labels)
    left = text_width(up, TEXT) + label_width + 12 if used else label_width / 2
    margins = Margins(left, SMALL / 2, label_width / 2, BELOW_AXES)
    page, axes = lay_sheet(sheet, paper, margins, plane_note(plane))
    dots = dots_per_pixel(sheet, paper, margins)
    axes.tick_params(length=0)
    pitch = width + options.style.gap
    chosen = _spread(options.size, (label_width + 4) / paper.points(pitch * dots))
    axes.set_xticks([i * pitch + width / 2 for i in chosen], [labels[i] for i in chosen])
    axes.set_xlabel(across)
    if used:
        pitch = height + options.style.gap
        chosen = _spread(options.size, LINE * SMALL / paper.points(pitch * dots))
        axes.set_yticks([i * pitch + height / 2 for i in chosen], [labels[::-1][i] for i in chosen])
        axes.set_ylabel(up, rotation=0, ha="right", va="center")
    return page.figure


def _spread(count: int, apart: float) -> range:
    """Indices from 0 to count - 1 at least `apart` from each other, equally far from both ends."""
    every = max(1, math.ceil(apart))
    return range((count - 1) % every // 2, count, every)
