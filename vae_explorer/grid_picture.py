"""The decoded grid as a picture: the manifold that the decoder draws over a lattice of codes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from vae_explorer.decoding import BATCH, Decoder, as_pixels
from vae_explorer.errors import UserError
from vae_explorer.files import replacing
from vae_explorer.latent import Spacing, axis_positions, lattice, plane_note

Colours = Literal["as-is", "inverted"]
SMALLEST, LARGEST = 2, 60  # images a side


@dataclass(frozen=True, slots=True)
class GridOptions:
    """How a decoded grid looks. Raises UserError for values out of range."""

    size: int = 20  # images a side
    spacing: Spacing = "quantile"
    limit: float = 3.0  # even spacing goes from -limit to limit
    gap: int = 0  # pixels between images
    gap_colour: str = "#808080"  # a name or #rrggbb
    colours: Colours = "as-is"
    axes: bool = False  # coordinates along the edges

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise UserError(f"The size of a grid is {SMALLEST} to {LARGEST} images a side, not {self.size}.")
        if not 0 < self.limit <= 100:
            raise UserError(f"The range of a grid is above 0 and at most 100, not {self.limit:g}.")
        if not 0 <= self.gap <= 64:
            raise UserError(f"The gap of a grid is 0 to 64 pixels, not {self.gap}.")
        try:
            ImageColor.getrgb(self.gap_colour)
        except ValueError:
            raise UserError(f"{self.gap_colour!r} is no colour: give a name like white, or #rrggbb.") from None


def decode_grid(
    decoder: Decoder, options: GridOptions, progressed: Callable[[float], None] = lambda _: None
) -> NDArray[np.uint8]:
    """The images of the lattice, (size, size, H, W, C) uint8: rows from the largest z2 down, columns by rising z1.

    `progressed` is told the share that is done, and may raise to end it.
    """
    positions = axis_positions(options.size, options.spacing, options.limit)
    codes = lattice(positions, positions, decoder.latent_dim)
    parts = []
    for start in range(0, len(codes), BATCH):
        parts.append(as_pixels(decoder(codes[start : start + BATCH])))
        progressed(min(1.0, (start + BATCH) / len(codes)))
    images = np.concatenate(parts)
    if options.colours == "inverted":
        images = 255 - images
    return images.reshape(options.size, options.size, *images.shape[1:])


def compose_grid(images: NDArray[np.uint8], options: GridOptions, latent_dim: int) -> Image.Image:
    """One picture of (n, n, H, W, C) images, at one pixel a pixel, with the gap and the axes of the options.

    The axes say what they leave out of `latent_dim` dimensions.
    """
    n, _, height, width, channels = images.shape
    gap = options.gap
    sheet = np.empty((n * (height + gap) - gap, n * (width + gap) - gap, 3), np.uint8)
    sheet[:] = ImageColor.getrgb(options.gap_colour)[:3]
    for row in range(n):
        for column in range(n):
            top, left = row * (height + gap), column * (width + gap)
            sheet[top : top + height, left : left + width] = images[row, column]
    if options.axes:
        return _with_axes(Image.fromarray(sheet), options, height + gap, width + gap, latent_dim)
    grey = channels == 1 and (gap == 0 or len(set(ImageColor.getrgb(options.gap_colour)[:3])) == 1)
    return Image.fromarray(sheet[..., 0] if grey else sheet)


def write_grid(
    decoder: Decoder, path: Path, options: GridOptions, progressed: Callable[[float], None] = lambda _: None
) -> None:
    """Decode the grid and write it as PNG. Raises UserError where the path cannot be written; an old file stays."""
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise UserError(f"The grid is written as PNG: give a name that ends in .png, not {path.name!r}.")
    picture = compose_grid(decode_grid(decoder, options, progressed), options, decoder.latent_dim)
    with replacing(path) as temporary:
        picture.save(temporary, format="PNG", optimize=True)


def _with_axes(
    sheet: Image.Image, options: GridOptions, row_height: int, column_width: int, latent_dim: int
) -> Image.Image:
    """The sheet on white with z1 below and z2 at the left, at as many places as there is room for."""
    positions = axis_positions(options.size, options.spacing, options.limit)
    font_size = max(11, min(28, round(max(sheet.size) / 45)))
    font = ImageFont.load_default(font_size)
    labels = [f"{value:+.2f}" if abs(value) >= 0.005 else "0" for value in positions]
    label_width = int(max(font.getlength(label) for label in labels)) + 1
    margin = font_size // 2
    title, note = ("z2" if latent_dim > 1 else "unused"), plane_note(latent_dim)
    left = 3 * margin + int(font.getlength(title)) + 1 + label_width
    below = margin + (3 if note else 2) * (font_size + margin)
    top, right = margin + font_size // 2, margin + label_width // 2
    picture = Image.new("RGB", (left + sheet.width + right, top + sheet.height + below), "white")
    picture.paste(sheet, (left, top))
    draw = ImageDraw.Draw(picture)
    ink = "#333333"
    every = max(1, -(-(label_width + margin) // column_width))
    for column in range(0, options.size, every):
        centre = left + column * column_width + (column_width - options.gap) / 2
        draw.text((centre, top + sheet.height + margin), labels[column], ink, font, anchor="ma")
    every = max(1, -(-(font_size + margin) // row_height))
    for row in range(0, options.size if latent_dim > 1 else 0, every):
        centre = top + (options.size - 1 - row) * row_height + (row_height - options.gap) / 2
        draw.text((left - margin, centre), labels[row], ink, font, anchor="rm")
    draw.text((left + sheet.width / 2, top + sheet.height + 2 * margin + font_size), "z1", ink, font, anchor="ma")
    draw.text((margin, top + sheet.height / 2), title, ink, font, anchor="lm")
    draw.text((left, picture.height - margin), note, ink, font, anchor="ld")
    return picture
