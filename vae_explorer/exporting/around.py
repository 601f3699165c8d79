"""The images decoded around a latent code as a picture: a row for each direction, with the code in the middle."""

from typing import TYPE_CHECKING

from vae_explorer.data.names import printable
from vae_explorer.exploring.around import STEPS, Around
from vae_explorer.exporting.figure import LINE, SMALL, Margins, Paper, drawing, text_width
from vae_explorer.exporting.sheet import SheetStyle, lay_sheet, tile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = SheetStyle(gap=2, gap_colour="white")


def draw_around(around: Around, paper: Paper) -> "Figure":
    """The images as a figure, with the names of the directions at the left and the steps below."""
    sheet = tile(around.images, STYLE)
    height, width = around.images.shape[2:4]
    names = [printable(name) for name in around.directions.names]
    with drawing():
        margins = Margins(left=max(text_width(name, SMALL) for name in names) + 6, bottom=LINE * SMALL + 4)
        page, axes = lay_sheet(sheet, paper, margins)
        axes.set_yticks([row * (height + STYLE.gap) + height / 2 for row in range(len(names))], names)
        steps = [f"{step:+d}".replace("-", "−") if step else "0" for step in STEPS]
        axes.set_xticks([column * (width + STYLE.gap) + width / 2 for column in range(len(STEPS))], steps)
        axes.tick_params(length=0)
        return page.figure
