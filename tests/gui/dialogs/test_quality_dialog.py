"""The quality of the open run in the window, with real events."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton, QTableWidgetSelectionRange, QToolTip
from pytestqt.qtbot import QtBot

from tests.run.run_files import edit_toml
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.gui.dialogs import quality_dialog
from vae_explorer.gui.dialogs.quality_dialog import QualityDialog
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.quality import FIGURES, Figure, Quality
from vae_explorer.run.run import Run


@pytest.fixture
def unmeasured(tiny_run_folder: Path) -> Path:
    """The small run as an older version would have written it."""
    edit_toml(tiny_run_folder, lambda content: content.pop("quality"))
    return tiny_run_folder


def opened(window: MainWindow) -> QualityDialog:
    window.findChild(QAction, "qualityAction").trigger()
    dialog = window.findChild(QualityDialog)
    assert dialog is not None
    return dialog


def test_the_figures_of_the_run_are_shown(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    quality, dialog = tiny_run.info.quality, opened(window)
    assert quality is not None
    assert dialog.table.text_of("negative_elbo", 1) == str(quality.negative_elbo)
    assert dialog.table.text_of("log_likelihood", 1) == str(quality.log_likelihood)
    assert dialog.table.text_of("active_units", 1) == "2"
    assert dialog.table.text_of("kl_loss", 3) == FIGURES["kl_loss"].sentence
    assert "grey pixels" in dialog.note.text()
    assert dialog.collapsed.text() == "No dimension has collapsed."
    assert f"z2: {quality.kl_by_dimension[1]} nats" in dialog.bars.accessibleName()
    dialog.reject()


def test_the_table_can_be_copied_whole_and_in_part(window: MainWindow, tiny_run: Run) -> None:
    dialog = opened(window)
    dialog.copy.click()
    rows = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert rows[0] == ["Figure", "Value ± error", "Unit", "What it means", "For these images"]
    assert [len(row) for row in rows] == [5] * (1 + len(FIGURES))
    assert tiny_run.info.quality is not None
    assert rows[1][:2] == ["Negative ELBO", str(tiny_run.info.quality.negative_elbo)]
    dialog.table.clearSelection()
    dialog.table.setRangeSelected(QTableWidgetSelectionRange(1, 0, 2, 1), True)
    dialog.table.copy_selected()
    assert [line.split("\t")[0] for line in QApplication.clipboard().text().split("\n")] == [
        "Reconstruction loss", "KL",
    ]  # fmt: skip
    dialog.reject()


def test_it_says_what_is_good_and_bad_for_these_images(window: MainWindow) -> None:
    dialog = opened(window)
    assert "The mean image in place of each would have" in dialog.table.text_of("negative_elbo", 4)
    assert dialog.table.text_of("active_units", 4) == "Good. No dimension has collapsed."
    dialog.reject()


def test_collapsed_dimensions_are_named(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    quality = tiny_run.info.quality
    assert quality is not None
    flat = replace(quality, code_variance=(1.0, 0.0), kl_by_dimension=(Figure(3, 0.1, 9), Figure(0.001, 0.001, 9)))
    info = replace(tiny_run.info, quality=flat, origin=replace(tiny_run.info.origin, pixels="binarized"))
    dialog = QualityDialog(replace(tiny_run, info=info), window)
    dialog.open()
    assert dialog.collapsed.text() == "Collapsed: z2"
    assert "binarized pixels" in dialog.note.text()
    picture = dialog.bars.grab().toImage()
    first, second = dialog.bars._bar(0).center().toPoint(), dialog.bars._bar(1).center().toPoint()
    assert picture.pixelColor(first) != picture.pixelColor(second)
    at = QPoint(second.x(), 5)
    QApplication.sendEvent(dialog.bars, QHelpEvent(QEvent.Type.ToolTip, at, dialog.bars.mapToGlobal(at)))
    assert QToolTip.text() == "z2: 0.0010 ± 0.0010 nats, collapsed"
    QToolTip.hideText()
    dialog.reject()


def test_gaussian_pixels_are_named_and_their_figures_explained(window: MainWindow, tiny_run: Run) -> None:
    quality = tiny_run.info.quality
    assert quality is not None
    gaussian = replace(quality, likelihood="gaussian", negative_elbo=Figure(-5432.1, 3.2, 9))
    dataset = replace(tiny_run.info.dataset, image_shape=(28, 28, 3))
    info = replace(tiny_run.info, dataset=dataset, likelihood="gaussian", sigma=0.0812, quality=gaussian)
    dialog = QualityDialog(replace(tiny_run, info=info), window)
    dialog.open()
    assert "colour pixels, Gaussian with standard deviation 0.0812, pixels 0 to 1" in dialog.note.text()
    assert dialog.table.text_of("negative_elbo", 1) == "-5432.1 ± 3.2"
    assert dialog.table.text_of("negative_elbo", 3).endswith("is a density, and this can be below 0.")
    dialog.reject()


def test_a_run_without_figures_is_measured(
    qtbot: QtBot, open_window: Callable[..., MainWindow], unmeasured: Path, tiny_run: Run
) -> None:
    dialog = opened(open_window(unmeasured))
    assert "lacks" in dialog.note.text()
    assert {dialog.table.text_of(field, 1) for field in FIGURES} == {"–"}
    assert not dialog.bars.isVisible()
    dialog.samples.setValue(11)
    qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    assert not dialog.measure.isEnabled()
    qtbot.waitUntil(dialog.measure.isEnabled, timeout=60_000)
    assert tiny_run.info.quality is not None
    assert dialog.table.text_of("active_units", 1) == "2"
    assert dialog.table.text_of("negative_elbo", 1) == str(tiny_run.info.quality.negative_elbo)
    assert "(128 images, 11 samples)" in dialog.table.text_of("log_likelihood", 2)
    assert "Measured now" in dialog.note.text()
    assert dialog.bars.isVisible()
    dialog.reject()


def test_measuring_can_be_cancelled(
    qtbot: QtBot, open_window: Callable[..., MainWindow], unmeasured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def for_ever(run: Run, samples: int, progressed: Callable[[str, float], None]) -> Quality:
        while True:
            progressed("Estimating", 0.5)
            time.sleep(0.01)

    monkeypatch.setattr(quality_dialog, "measure_run", for_ever)
    dialog = opened(open_window(unmeasured))
    qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.findChild(QProgressDialog).findChild(QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.measure.isEnabled, timeout=10_000)
    assert dialog.table.text_of("negative_elbo", 1) == "–"
    assert not dialog.error.isVisible()
    dialog.reject()


def test_what_goes_wrong_is_said(qtbot: QtBot, open_window: Callable[..., MainWindow], unmeasured: Path) -> None:
    dialog = opened(open_window(unmeasured))
    (unmeasured / "model/encoder.keras").write_bytes(b"no model")
    qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.measure.isEnabled, timeout=60_000)
    assert "encoder" in dialog.error.text()
    assert dialog.error.isVisible()
    dialog.reject()


def test_the_title_says_that_pixels_are_binarized(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path
) -> None:
    edit_toml(tiny_run_folder, lambda content: content["config"].update(pixels="binarized"))
    assert ": MNIST-512 (binarized pixels), dense, " in open_window(tiny_run_folder).title.text()


def test_a_page_shows_its_figures_and_cannot_be_measured(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run: Run, tmp_path: Path
) -> None:
    write_page(tiny_run, tmp_path / "page.html")
    dialog = opened(open_window(tmp_path / "page.html"))
    assert tiny_run.info.quality is not None
    assert dialog.table.text_of("kl_loss", 1) == str(tiny_run.info.quality.kl_loss)
    assert not dialog.measure.isEnabled()
    dialog.reject()
