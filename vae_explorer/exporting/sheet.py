"""Images side by side on one sheet: their gap, their colours, and the page they are printed on."""

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
IMAGES_IN_COLOUR = ("gray", "gray_r")  # what there is for them: as they are, and inverted


@dataclass(frozen=True, slots=True)
class SheetStyle:
    """How images lie on a sheet. Raises UserError for values out of range."""

    gap: int = 0  # pixels between images
    gap_colour: str = "#808080"  # a name or #rrggbb
    colour_map: str = "gray"  # Matplotlib's name; images in colour have gray and, inverted, gray_r

    def __post_init__(self) -> None:
        if not 0 <= self.gap <= LARGEST_GAP:
            raise UserError(f"The gap between images is 0 to {LARGEST_GAP} pixels, not {self.gap}.")
        try:
            ImageColor.getrgb(self.gap_colour)
        except ValueError:
            raise UserError(f"{self.gap_colour!r} is no colour: give a name like white, or #rrggbb.") from None

    @property
    def gap_rgb(self) -> Bytes:
        return np.array(ImageColor.getrgb(self.gap_colour)[:3], np.uint8)


def colour_table(name: str) -> Bytes:
    """The colour of each level, (256, 3) uint8. Raises UserError for a name that Matplotlib does not have."""
    levels = np.arange(256, dtype=np.uint8)
    if name in IMAGES_IN_COLOUR:
        return np.repeat((levels if name == "gray" else 255 - levels)[:, None], 3, axis=1)
    with drawing():
        import matplotlib

        if name not in matplotlib.colormaps:
            raise UserError(
                f"There is no colour map {name!r}: take {', '.join(COLOUR_MAPS)}, or another of Matplotlib's."
            )
        colours: Bytes = matplotlib.colormaps[name](levels, bytes=True)[:, :3]
        return colours


def coloured(images: Bytes, name: str) -> Bytes:
    """Images (..., H, W, 1 or 3) uint8 in the colours of a map, (..., H, W, 3). Raises UserError as `colour_table`,

    and for images in colour and a map that is not for them.
    """
    if images.shape[-1] == 1:
        return colour_table(name)[images[..., 0]]
    if name not in IMAGES_IN_COLOUR:
        raise UserError(
            f"The colour map {name} is for grey images: these are in colour, take gray, or gray_r to invert."
        )
    return images if name == "gray" else 255 - images


def decode_all(decoder: Decoder, codes: Floats, progress: Progress = no_progress, task: str = "Decoding") -> Bytes:
    """Images (N, H, W, C) uint8 of codes (N, latent_dim), N >= 1."""
    parts = []
    for start in range(0, len(codes), BATCH):
        progress(task, start / len(codes))
        parts.append(as_pixels(decoder(codes[start : start + BATCH])))
    progress(task, 1.0)
    return np.concatenate(parts)


def tile(images: Bytes, style: SheetStyle) -> Bytes:
    """One sheet (height, width, 3) uint8 of images (rows, columns, H, W, 1 or 3), with gaps between them."""
    rows, columns, height, width, _ = images.shape
    gap = style.gap
    sheet = np.empty((rows, height + gap, columns, width + gap, 3), np.uint8)
    sheet[:] = style.gap_rgb
    sheet[:, :height, :, :width] = coloured(images, style.colour_map).swapaxes(1, 2)
    whole = sheet.reshape(rows * (height + gap), columns * (width + gap), 3)
    return whole[: len(whole) - gap, : whole.shape[1] - gap]


def dots_a_pixel(sheet: Bytes, paper: Paper, margins: Margins = NO_MARGINS) -> int:
    """The whole number of dots, a side, of each pixel of a sheet that comes nearest to the width asked for."""
    nearest = round(room(paper, margins) / sheet.shape[1])
    dots: int = max(1, min(nearest, MOST_DOTS // max(sheet.shape[:2])))
    return dots


def lay_sheet(
    sheet: Bytes,
    paper: Paper,
    margins: Margins = NO_MARGINS,
    note: str = "",
) -> "tuple[Page, Axes]":
    """A page with a sheet (height, width, 3) uint8, and axes over it in its pixels, y down, without ticks.

    Each pixel takes a whole number of dots, so that none is blurred or larger than another. Called within `drawing`.
    """
    height, width, _ = sheet.shape
    dots = dots_a_pixel(sheet, paper, margins)
    page = Page(paper, width * dots, height * dots, margins, note)
    axes = page.axes(0, 0, width * dots, height * dots)
    axes.imshow(sheet, interpolation="none", aspect="auto", extent=(0, width, height, 0))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return page, axes
