"""A contact sheet: selected images side by side as a picture."""

import math
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, drawing
from vae_explorer.exporting.sheet import SheetStyle, lay_sheet, tile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 10_000  # images


def draw_contact_sheet(images: Bytes, paper: Paper) -> "Figure":
    """Images (N, H, W, C) uint8, N >= 1, as a figure, row by row in about as many columns as rows.

    Raises UserError for more than MOST images.
    """
    check_count(len(images))
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    cells = np.full((rows * columns, *images.shape[1:]), 255, np.uint8)  # white where the last row ends early
    cells[: len(images)] = images
    sheet = tile(cells.reshape(rows, columns, *images.shape[1:]), SheetStyle(gap=2, gap_colour="white"))
    with drawing():
        return lay_sheet(sheet, paper)[0].figure


def check_count(count: int) -> None:
    """Raises UserError for more than MOST images, before they are read."""
    if count > MOST:
        raise UserError(f"A contact sheet has at most {MOST:,} images, not {count:,}: select fewer.")
