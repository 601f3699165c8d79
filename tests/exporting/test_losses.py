"""exporting/losses.py: loss curves by epoch."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from tests.picture_files import pdf_text, svg_images, svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.losses import draw_losses
from vae_explorer.run.history import EpochRecord

HISTORY = tuple(
    EpochRecord(epoch, 140 + loss, 133 + loss, 7.0, 141 + loss, 134 + loss, 7.5, 1.0, 0.001)
    for epoch, loss in enumerate((30.0, 12.0, 5.0, 8.0), 1)
)


def test_curves_hold_the_history(tmp_path: Path) -> None:
    figure = draw_losses(HISTORY, Paper())
    curves = {line.get_label(): line for panel in figure.axes for line in panel.get_lines()}
    assert list(curves["loss, training"].get_xdata()) == [1, 2, 3, 4]
    assert list(curves["loss, validation"].get_ydata()) == [171, 153, 146, 149]
    assert list(curves["reconstruction, training"].get_ydata()) == [163, 145, 138, 141]
    assert list(curves["KL, validation"].get_ydata()) == [7.5] * 4
    above, below = figure.axes
    assert curves["KL, training"].axes is below
    assert curves["loss, training"].axes is above
    assert above.get_xlim() == below.get_xlim()


def test_titles_legend_and_the_best_epoch_are_text(tmp_path: Path) -> None:
    for name in ("l.svg", "l.pdf"):
        write_picture(tmp_path / name, lambda _: draw_losses(HISTORY, Paper(caption="a $ caption")))
    texts = svg_texts(tmp_path / "l.svg")
    assert {"epoch", "nats per image", "KL, nats", "loss, validation", "KL, training", "a $ caption"} <= set(texts)
    assert "best: 146.0 in epoch 3, negative ELBO 146.5" in texts
    assert "best: 146.0 in epoch 3, negative ELBO 146.5" in pdf_text(tmp_path / "l.pdf")
    assert svg_images(tmp_path / "l.svg") == []


@pytest.mark.parametrize("width", [3.0, 16.0, 60.0])
@pytest.mark.parametrize("scale", [1, -900])  # losses of Gaussian pixels can be far below 0
def test_all_text_is_within_the_page(width: float, scale: float) -> None:
    history = [
        replace(record, loss=scale * record.loss, val_loss=scale * record.val_loss)
        for record in (replace(record, reconstruction_loss=record.loss) for record in HISTORY)
    ]
    history = [replace(record, val_reconstruction_loss=record.val_loss) for record in history]
    figure = draw_losses(history, Paper(width, 100))
    to_pixels(figure)
    for axes in figure.axes:
        low, high = axes.get_ylim()
        labels = [text for text in axes.get_yticklabels() if low <= text.get_position()[1] <= high]
        assert all(text.get_window_extent().x0 >= axes.yaxis.label.get_window_extent().x1 for text in labels)
        assert axes.yaxis.label.get_window_extent().x0 >= 0
    for text in figure.texts:
        box = text.get_window_extent()
        assert 0 <= box.x0 <= box.x1 <= figure.bbox.x1
        assert box.y0 >= 0
    assert figure.axes[1].xaxis.label.get_window_extent().y0 >= 0


def test_one_epoch_and_a_loss_that_is_nan_can_be_drawn() -> None:
    assert to_pixels(draw_losses(HISTORY[:1], Paper(8, 100))).size
    lost = EpochRecord(5, *[math.nan] * 6, 1.0, 0.001)
    texts = [text.get_text() for text in draw_losses((*HISTORY, lost), Paper()).texts]
    assert "best: 146.0 in epoch 3, negative ELBO 146.5" in texts
    assert to_pixels(draw_losses((lost,), Paper(8, 100))).size


def test_no_epoch_is_refused() -> None:
    with pytest.raises(UserError, match="no whole epoch"):
        draw_losses((), Paper())


def test_the_best_epoch_is_sought_after_the_first_and_a_seam_is_drawn() -> None:
    figure = draw_losses(HISTORY, Paper(), first=3, seams=(3,))
    ring, texts = [line for line in figure.axes[0].get_lines() if line.get_label() == "best"], _texts(figure)
    assert list(ring[0].get_xdata()) == [4]
    assert "best: 149.0 in epoch 4, negative ELBO 149.5" in texts
    assert "trained further" in texts
    lines = [list(line.get_xdata()) for panel in figure.axes for line in panel.get_lines()]
    assert lines.count([3.5, 3.5]) == 2
    assert "trained further" not in _texts(draw_losses(HISTORY, Paper()))


def _texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]
