"""Samples as a picture: images decoded from draws of the prior, z ~ N(0, I)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, drawing
from vae_explorer.exporting.sheet import SheetStyle, colour_table, decode_all, lay_sheet, tile
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 60  # images per side


@dataclass(frozen=True, slots=True)
class SamplesOptions:
    """Which samples are drawn, and how they look. Raises UserError for values out of range."""

    size: int = 10  # images per side
    seed: int = 0  # the same seed draws the same samples
    style: SheetStyle = field(default_factory=SheetStyle)

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST:
            raise UserError(f"A sheet of samples has 1 to {LARGEST} images per side, not {self.size}.")
        check_seed(self.seed)


def check_seed(seed: int) -> None:
    """Raises UserError unless the seed is 0 to 2**31 - 1."""
    if not 0 <= seed < 2**31:
        raise UserError(f"A seed is 0 to {2**31 - 1:,}, not {seed:,}.")


def draw_samples(decoder: Decoder, options: SamplesOptions, paper: Paper, progress: Progress = no_progress) -> "Figure":
    """Samples, row by row, as a figure. Raises UserError for an unknown colour map."""
    colour_table(options.style.colour_map)  # raises before anything is decoded
    generator = np.random.default_rng(options.seed)
    codes = generator.standard_normal((options.size**2, decoder.latent_dim), np.float32)
    images = decode_all(decoder, codes, progress, "Decoding samples")
    sheet = tile(images.reshape(options.size, options.size, *images.shape[1:]), options.style)
    with drawing():
        return lay_sheet(sheet, paper)[0].figure
