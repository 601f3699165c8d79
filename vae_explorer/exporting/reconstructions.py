"""Reconstructions as a picture: rows of images, each above its reconstruction."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import SMALL, Margins, Paper, drawing, text_width
from vae_explorer.exporting.samples import check_seed
from vae_explorer.exporting.sheet import SheetStyle, colour_table, decode_all, dots_per_pixel, lay_sheet, tile
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 60  # columns, and pairs of rows
ROWS = ("image", "reconstruction")


@dataclass(frozen=True, slots=True)
class ReconstructionsOptions:
    """Which images are drawn, and how they look. Raises UserError for values out of range."""

    columns: int = 10
    rows: int = 4  # pairs of rows
    seed: int = 0  # the same seed chooses the same images
    style: SheetStyle = field(default_factory=lambda: SheetStyle(gap=2, gap_colour="white"))

    def __post_init__(self) -> None:
        for name, value in (("columns", self.columns), ("rows", self.rows)):
            if not 1 <= value <= MOST:
                raise UserError(f"A sheet of reconstructions has 1 to {MOST} {name}, not {value}.")
        check_seed(self.seed)


def sample_of(run: Run) -> tuple[Bytes, Floats]:
    """The images (M, H, W, C) uint8 of a run's sample whose codes are known, and their z_mean (M, latent_dim).

    Raises UserError if there is none.
    """
    _, sample_rows, rows = np.intersect1d(run.sample.index, run.codes.index, return_indices=True)
    if not len(rows):
        raise UserError(f"The run {run.folder} has no held-out images: there is nothing to reconstruct.")
    return run.sample.images[sample_rows], run.codes.z_mean[rows]


def draw_reconstructions(
    decoder: Decoder,
    images: Bytes,
    z_mean: Floats,
    options: ReconstructionsOptions,
    paper: Paper,
    progress: Progress = no_progress,
) -> "Figure":
    """Some of the images (M, H, W, C), M >= 1, above their decoded z_mean (M, latent_dim), as a figure.

    If there are fewer images than wanted, the last rows or columns are missing. Raises UserError for an unknown colour
    map.
    """
    colour_table(options.style.colour_map)  # raises before anything is decoded
    columns = min(options.columns, len(images))
    rows = min(options.rows, len(images) // columns)
    chosen = np.random.default_rng(options.seed).permutation(len(images))[: rows * columns]
    decoded = decode_all(decoder, z_mean[chosen], progress, "Reconstructing")
    pairs = np.stack([images[chosen], decoded]).reshape(2, rows, columns, *images.shape[1:]).swapaxes(0, 1)
    height = images.shape[1]
    strips = [tile(pair, options.style) for pair in pairs]
    between = np.empty((options.style.gap + height // 3, *strips[0].shape[1:]), np.uint8)
    between[:] = options.style.gap_rgb
    sheet = np.concatenate([pixels for strip in strips for pixels in (strip, between)][:-1])
    with drawing():
        margins = Margins(left=text_width(max(ROWS, key=len), SMALL) + 6)
        page, axes = lay_sheet(sheet, paper, margins)
        row = height * dots_per_pixel(sheet, paper, margins)
        size = min(SMALL, 0.9 * paper.points(row))
        step, second = len(strips[0]) + len(between), height + options.style.gap
        ticks = {
            pair * step + line * second + height / 2: name for pair in range(rows) for line, name in enumerate(ROWS)
        }
        axes.set_yticks(list(ticks), list(ticks.values()), size=size)
        axes.tick_params(length=0)
        return page.figure
