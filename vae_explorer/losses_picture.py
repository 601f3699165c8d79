"""The losses of a training as a picture: epoch by epoch, in nats an image."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vae_explorer.errors import UserError
from vae_explorer.palette import LOSSES
from vae_explorer.picture import BELOW_AXES, SMALL, Margins, Page, Paper, Progressed, drawing, no_progress, room
from vae_explorer.run import EpochRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPPER, LOWER = 0.42, 0.17  # heights of the panels, in widths
CURVES = (("loss", "loss"), ("reconstruction", "reconstruction_loss"), ("KL", "kl_loss"))  # titles, fields


def draw_losses(history: Sequence[EpochRecord], paper: Paper, progressed: Progressed = no_progress) -> "Figure":
    """Loss and reconstruction above, KL, which is far smaller, below; the best epoch is marked.

    Raises UserError where no whole epoch was trained.
    """
    progressed("Drawing the losses", 0.0)
    if not history:
        raise UserError("This run has no whole epoch: there are no losses to draw.")
    epochs = [record.epoch for record in history]
    with drawing():
        from matplotlib.ticker import MaxNLocator

        margins = Margins(left=36, top=SMALL / 2, right=6, bottom=BELOW_AXES)
        width = room(paper, margins)
        upper, gap, lower = (round(share * width) for share in (UPPER, 0.03, LOWER))
        page = Page(paper, width, upper + gap + lower, margins)
        above, below = page.axes(0, 0, width, upper), page.axes(0, upper + gap, width, lower)
        below.sharex(above)
        for (title, field), colour in zip(CURVES, LOSSES, strict=True):
            panel = below if field == "kl_loss" else above
            for prefix, part, line in (("val_", "validation", "-"), ("", "training", "--")):
                values = [getattr(record, prefix + field) for record in history]
                panel.plot(
                    epochs, values, line, color=colour, linewidth=1.2, label=f"{title}, {part}",
                    marker="o", markersize=2.5, markerfacecolor=colour if prefix else "white", markeredgewidth=0.7,
                )  # fmt: skip
        known = [record for record in history if math.isfinite(record.val_loss)]
        if known:
            best = min(known, key=lambda record: record.val_loss)
            for panel in (above, below):
                panel.axvline(best.epoch, color="#888888", linewidth=0.6, linestyle=":", zorder=0)
            above.plot(
                [best.epoch], [best.val_loss], "o", color=LOSSES[0], markersize=6, markerfacecolor="none",
                markeredgewidth=1, label=f"best: {best.val_loss:.1f} in epoch {best.epoch}",
            )  # fmt: skip
        for panel, label in ((above, "nats an image"), (below, "KL, nats")):
            panel.set_ylabel(label)
            panel.yaxis.set_label_coords(-paper.dots(29) / width, 0.5)
            panel.grid(color="#e4e4e4", linewidth=0.5)
            panel.set_axisbelow(True)
            panel.spines[["top", "right"]].set_visible(False)
            panel.yaxis.set_major_locator(MaxNLocator(6 if panel is above else 3))
        above.tick_params(labelbottom=False)
        below.xaxis.set_major_locator(MaxNLocator(12, integer=True))
        below.set_xlabel("epoch")
        handles = sorted([*above.get_lines(), *below.get_lines()], key=lambda line: "best" in str(line.get_label()))
        shown = [handle for handle in handles if not str(handle.get_label()).startswith("_")]
        above.legend(handles=shown, fontsize=SMALL, frameon=True, framealpha=0.9, edgecolor="none", loc="best")
    progressed("Drawing the losses", 1.0)
    return page.figure
