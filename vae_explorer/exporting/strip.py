"""A path as a strip of decoded images, and as a table of its coordinates."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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


def path_table(codes: Floats, in_z: NDArray[Any], in_image: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Codes (N, latent_dim) of a path with the length of the way to each, in z and in images (N,), as a table."""
    return {"step": np.arange(len(codes)), "z": codes, "way_in_z": in_z, "way_in_images": in_image}
