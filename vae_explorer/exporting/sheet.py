"""Arranges images side by side on one sheet: gaps, colours, and the page for printing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import ImageColor

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import MOST_DOTS, NO_MARGINS, Margins, Page, Paper, drawing, room
from vae_explorer.model.decoder import BATCH, Decoder, as_pixels
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST_GAP = 64  # pixels
COLOUR_MAPS = ("gray", "gray_r", "viridis", "cividis", "magma", "inferno", "plasma", "Blues")  # some of Matplotlib's
IMAGES_IN_COLOUR = ("gray", "gray_r")  # colour maps for images in colour: unchanged, and inverted


@dataclass(frozen=True, slots=True)
class SheetStyle:
    """How images lie on a sheet. Raises UserError for values out of range."""

    gap: int = 0  # pixels between images
    gap_colour: str = "#808080"  # a colour name or #rrggbb
    colour_map: str = "gray"  # a name of Matplotlib's; images in colour take gray, or gray_r to be inverted

    def __post_init__(self) -> None:
        if not 0 <= self.gap <= LARGEST_GAP:
            raise UserError(f"The gap between images is 0 to {LARGEST_GAP} pixels, not {self.gap}.")
        try:
            ImageColor.getrgb(self.gap_colour)
        except ValueError:
            raise UserError(f"{self.gap_colour!r} is not a colour: give a name like white, or #rrggbb.") from None

    @property
    def gap_rgb(self) -> Bytes:
        return np.array(ImageColor.getrgb(self.gap_colour)[:3], np.uint8)


def colour_table(name: str) -> Bytes:
    """The colour of each grey level, (256, 3) uint8. Raises UserError for a colour map that Matplotlib lacks."""
    levels = np.arange(256, dtype=np.uint8)
    if name in IMAGES_IN_COLOUR:
        return np.repeat((levels if name == "gray" else 255 - levels)[:, None], 3, axis=1)
    with drawing():
        import matplotlib

        if name not in matplotlib.colormaps:
            raise UserError(
                f"There is no colour map {name!r}: choose {', '.join(COLOUR_MAPS)}, or another of Matplotlib's."
            )
        colours: Bytes = matplotlib.colormaps[name](levels, bytes=True)[:, :3]
        return colours


def coloured(images: Bytes, name: str) -> Bytes:
    """Images (..., H, W, 1 or 3) uint8 in the colours of a colour map, (..., H, W, 3) uint8.

    Raises UserError for an unknown colour map, and for images in colour with a map other than gray and gray_r.
    """
    if images.shape[-1] == 1:
        return colour_table(name)[images[..., 0]]
    if name not in IMAGES_IN_COLOUR:
        raise UserError(
            f"The colour map {name} is for grey images; these are in colour: choose gray, or gray_r to invert them."
        )
    return images if name == "gray" else 255 - images


def decode_all(decoder: Decoder, codes: Floats, progress: Progress = no_progress, task: str = "Decoding") -> Bytes:
    """The images (N, H, W, C) uint8 of latent codes (N, latent_dim), N >= 1."""
    batches = []
    for start in range(0, len(codes), BATCH):
        progress(task, start / len(codes))
        batches.append(as_pixels(decoder(codes[start : start + BATCH])))
    progress(task, 1.0)
    return np.concatenate(batches)


def tile(images: Bytes, style: SheetStyle) -> Bytes:
    """One sheet (height, width, 3) uint8 of images (rows, columns, H, W, 1 or 3), with gaps between them."""
    rows, columns, height, width, _ = images.shape
    gap = style.gap
    sheet = np.empty((rows, height + gap, columns, width + gap, 3), np.uint8)
    sheet[:] = style.gap_rgb
    sheet[:, :height, :, :width] = coloured(images, style.colour_map).swapaxes(1, 2)
    whole = sheet.reshape(rows * (height + gap), columns * (width + gap), 3)
    return whole[: len(whole) - gap, : whole.shape[1] - gap]


def dots_per_pixel(sheet: Bytes, paper: Paper, margins: Margins = NO_MARGINS) -> float:
    """The dots per side of each pixel of a sheet that fills the paper's width, or less if it would be too high."""
    height, width, _ = sheet.shape
    dots: float = min(room(paper, margins) / width, MOST_DOTS / height)
    return dots


def lay_sheet(
    sheet: Bytes,
    paper: Paper,
    margins: Margins = NO_MARGINS,
    note: str = "",
) -> "tuple[Page, Axes]":
    """A page with a sheet (height, width, 3) uint8, and axes over it in pixels of the sheet, y down, without ticks.

    All pixels are squares of the same size. Unless this is a whole number of dots, dots between two pixels have a
    colour between theirs. To be called within `drawing`.
    """
    height, width, _ = sheet.shape
    dots = dots_per_pixel(sheet, paper, margins)
    across, down = (max(1, round(side * dots)) for side in (width, height))
    page = Page(paper, across, down, margins, note)
    axes = page.axes(0, 0, across, down)
    axes.imshow(sheet, interpolation="none", aspect="auto", extent=(0, width, height, 0))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return page, axes
