"""A path as a strip of decoded images."""

from typing import TYPE_CHECKING

from vae_explorer.array_types import Floats
from vae_explorer.exporting.figure import Paper, drawing
from vae_explorer.exporting.sheet import SheetStyle, decode_all, lay_sheet, tile
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_strip(decoder: Decoder, codes: Floats, paper: Paper, progress: Progress = no_progress) -> "Figure":
    """The images decoded from codes (N, latent_dim), N >= 1, side by side in one row, as a figure."""
    images = decode_all(decoder, codes, progress, "Decoding the path")
    with drawing():
        return lay_sheet(tile(images[None], SheetStyle(gap=2, gap_colour="white")), paper)[0].figure
