"""The preview of a training: what it shows of each `Preview`."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.gui.training.preview import TrainingPreview
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.training.events import STRIP_SIZE, Preview


def made(scale: list[float], rows: int = 8) -> Preview:
    """scale: standard deviation of each dimension of the latent codes."""
    z_mean = (np.random.default_rng(0).normal(0, 1, (50, len(scale))) * scale).astype(np.float32)
    z_mean[:, -1] += 3  # a shift, which says nothing about the images
    return Preview(
        z_mean,
        np.full((STRIP_SIZE, 6, 5, 1), 90, np.uint8),
        measure_dimensions(z_mean, np.zeros_like(z_mean)),
        np.full((rows, 8, 6, 5, 1), 200, np.uint8),
    )


@pytest.fixture
def preview(qtbot: QtBot) -> Iterator[TrainingPreview]:
    preview = TrainingPreview()
    qtbot.addWidget(preview)
    preview.resize(658, 190)
    preview.show()
    preview.start(np.zeros((STRIP_SIZE, 6, 5, 1), np.uint8), np.zeros(50, np.int32), 10)
    yield preview
    preview.end()


def test_originals_lie_above_their_reconstructions(preview: TrainingPreview) -> None:
    preview.show_preview(made([1, 1]), trained=True)
    sheet = preview.strip.sheet
    assert (sheet.width(), sheet.height()) == (5 * STRIP_SIZE, 12)
    assert (sheet.pixelColor(2, 3).red(), sheet.pixelColor(2, 9).red()) == (0, 90)


@pytest.mark.parametrize("rows", [8, 1])
def test_the_grid_is_shown_whole(preview: TrainingPreview, rows: int) -> None:
    preview.show_preview(made([1, 1], rows), trained=True)
    assert (preview.grid.sheet.width(), preview.grid.sheet.height()) == (40, 6 * rows)


def test_a_collapsed_dimension_is_named_from_the_first_epoch_on(preview: TrainingPreview) -> None:
    preview.show_preview(made([0.001, 0.002]), trained=False)  # before the first epoch nothing is learned
    assert not preview.collapsed.isVisible()
    preview.show_preview(made([3, 2, 0.001]), trained=True)
    assert preview.collapsed.isVisible()
    assert preview.collapsed.text() == "z3 has collapsed: it says nothing about the images"
    preview.show_preview(made([3, 2, 1]), trained=True)
    assert not preview.collapsed.isVisible()


def test_the_note_moves_nothing_above_the_preview(preview: TrainingPreview) -> None:
    preview.show_preview(made([3, 2, 1]), trained=True)
    before = preview.minimumSizeHint().height()
    preview.show_preview(made([3, 2, 0.001]), trained=True)
    assert preview.minimumSizeHint().height() == before


def test_a_new_training_begins_without_a_note(preview: TrainingPreview) -> None:
    for _ in range(2):
        preview.show_preview(made([0.001, 1]), trained=True)
    preview.start(np.zeros((STRIP_SIZE, 6, 5, 1), np.uint8), np.zeros(50, np.int32), 10)
    preview.show_preview(made([0.001, 1]), trained=False)
    assert not preview.collapsed.isVisible()


def test_it_can_be_cleared(preview: TrainingPreview) -> None:
    preview.show_preview(made([0.001, 1]), trained=True)
    preview.clear()
    assert preview.strip.sheet.isNull()
    assert preview.grid.sheet.isNull()
    assert not preview.collapsed.isVisible()
    assert preview.bars.accessibleDescription() == ""
