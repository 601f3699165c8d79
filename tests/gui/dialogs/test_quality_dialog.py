"""The quality of the open run in the window, with real events."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton, QToolTip
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
    assert set(dialog.values) == set(FIGURES)
    assert dialog.values["negative_elbo"].text() == str(quality.negative_elbo)
    assert dialog.values["log_likelihood"].text() == str(quality.log_likelihood)
    assert dialog.values["active_units"].text() == "2"
    assert dialog.values["kl_loss"].accessibleDescription() == FIGURES["kl_loss"].sentence
    assert "grey pixels" in dialog.note.text()
    assert dialog.collapsed.text() == "No dimension has collapsed."
    assert f"z2: {quality.kl_by_dimension[1]} nats" in dialog.bars.accessibleName()
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
    assert dialog.values["negative_elbo"].text() == "-5432.1 ± 3.2"
    assert dialog.values["negative_elbo"].accessibleDescription().endswith("is a density, and this can be below 0.")
    dialog.reject()


def test_a_run_without_figures_is_measured(
    qtbot: QtBot, open_window: Callable[..., MainWindow], unmeasured: Path, tiny_run: Run
) -> None:
    dialog = opened(open_window(unmeasured))
    assert "lacks" in dialog.note.text()
    assert {value.text() for value in dialog.values.values()} == {"–"}
    assert not dialog.bars.isVisible()
    dialog.samples.setValue(11)
    qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    assert not dialog.measure.isEnabled()
    qtbot.waitUntil(dialog.measure.isEnabled, timeout=60_000)
    assert tiny_run.info.quality is not None
    assert dialog.values["active_units"].text() == "2"
    assert dialog.values["negative_elbo"].text() == str(tiny_run.info.quality.negative_elbo)
    assert "(128 images, 11 samples)" in dialog._units["log_likelihood"].text()
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
    assert dialog.values["negative_elbo"].text() == "–"
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
    assert dialog.values["kl_loss"].text() == str(tiny_run.info.quality.kl_loss)
    assert not dialog.measure.isEnabled()
    dialog.reject()
