"""The losses of a training as a picture: one point for each epoch, in nats per image."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import BELOW_AXES, EDGE, SMALL, Margins, Page, Paper, drawing, room
from vae_explorer.exporting.legend import Legend
from vae_explorer.latent.palette import LOSSES
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.segments import best_epoch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPPER, LOWER = 0.42, 0.17  # heights of the panels, as shares of the width
LEAST = 90.0, 44.0  # least heights of the panels in points
MARK = 20.0  # length in points of a line in the legend
CURVES = (("loss", "loss"), ("reconstruction", "reconstruction_loss"), ("KL", "kl_loss"))  # titles, fields

MARKS: dict[str, dict[str, Any]] = {
    f"{title}, {split}": {
        "color": colour, "linestyle": line, "linewidth": 1.2, "marker": "o", "markersize": 2.5, "markeredgewidth": 0.7,
        "markerfacecolor": colour if line == "-" else "white",
    }
    for split, line in (("validation", "-"), ("training", "--"))
    for (title, _), colour in zip(CURVES, LOSSES, strict=True)
}  # fmt: skip
RING: dict[str, Any] = {
    "color": LOSSES[0], "linestyle": "", "linewidth": 1.0, "marker": "o", "markersize": 6, "markerfacecolor": "none",
}  # fmt: skip

SEAM: dict[str, Any] = {"color": "#888888", "linewidth": 0.8, "linestyle": "-."}


def draw_losses(
    history: Sequence[EpochRecord],
    paper: Paper,
    progress: Progress = no_progress,
    first: int = 0,
    seams: Sequence[int] = (),
) -> "Figure":
    """Loss and reconstruction in the upper panel, the much smaller KL in the lower one; the best epoch is marked.

    first: number of epochs that cannot be the best, see `segments.first_comparable`. seams: epochs after which a run
    was trained further; a vertical line marks each. Raises UserError if no whole epoch was trained.
    """
    progress("Drawing the losses", 0.0)
    if not history:
        raise UserError("This run has no whole epoch: there are no losses to draw.")
    epochs = [record.epoch for record in history]
    with drawing():
        from matplotlib.ticker import MaxNLocator

        best = best_epoch([record for record in history[first:] if math.isfinite(record.val_loss)], 0)
        entries = list(MARKS.items())
        if best:
            elbo = f"negative ELBO {best.val_negative_elbo:.1f}"
            entries.append((f"best: {best.val_loss:.1f} in epoch {best.epoch}, {elbo}", RING))
        if seams:
            entries.append(("trained further", SEAM))
        # Space for labels of four characters at the ticks, and for longer ones if the losses are large.
        named = [f"{value:.0f}" for record in history for value in (record.loss, record.val_reconstruction_loss)]
        more = max(0, max(map(len, named)) - 4) * 0.65 * SMALL
        beside = Margins(left=36 + more, top=SMALL / 2, right=6)
        width = room(paper, beside)
        legend = Legend(entries, beside.left + paper.points(width), MARK)
        margins = replace(beside, bottom=BELOW_AXES + legend.height)
        upper, lower = (
            max(round(share * width), paper.dots(least)) for share, least in zip((UPPER, LOWER), LEAST, strict=True)
        )
        gap = paper.dots(EDGE)
        page = Page(paper, width, upper + gap + lower, margins)
        above, below = page.axes(0, 0, width, upper), page.axes(0, upper + gap, width, lower)
        below.sharex(above)
        for title, field in CURVES:
            panel = below if field == "kl_loss" else above
            for prefix, split in (("val_", "validation"), ("", "training")):
                values = [getattr(record, prefix + field) for record in history]
                panel.plot(epochs, values, label=f"{title}, {split}", **MARKS[f"{title}, {split}"])
        if best:
            for panel in (above, below):
                panel.axvline(best.epoch, color="#888888", linewidth=0.6, linestyle=":", zorder=0)
            above.plot([best.epoch], [best.val_loss], label="best", clip_on=False, **RING)
        for seam in seams:
            for panel in (above, below):
                panel.axvline(seam + 0.5, **SEAM, zorder=0)
        for panel, label in ((above, "nats per image"), (below, "KL, nats")):
            panel.set_ylabel(label)
            panel.yaxis.set_label_coords(-paper.dots(29 + more) / width, 0.5)
            panel.grid(color="#e4e4e4", linewidth=0.5)
            panel.set_axisbelow(True)
            panel.spines[["top", "right"]].set_visible(False)
            panel.yaxis.set_major_locator(MaxNLocator(6 if panel is above else 3))
        above.tick_params(labelbottom=False)
        below.xaxis.set_major_locator(MaxNLocator(max(1, min(12, int(paper.points(width) / 18))), integer=True))
        below.set_xlabel("epoch")
        legend.add_to(page, -paper.dots(beside.left), upper + gap + lower + paper.dots(BELOW_AXES))
    progress("Drawing the losses", 1.0)
    return page.figure
