"""Choosing the class of a conditional decoder in the window."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from tests.imported_files import write_conditional
from vae_explorer.exploring.decoded import Traversals
from vae_explorer.gui.entries import show_quality
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.run import Run

pytest.importorskip("onnxruntime")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return write_conditional(tmp_path / "run", latent_dim=4)


@pytest.fixture
def conditional(open_window: Callable[..., MainWindow], run: Run) -> MainWindow:
    return open_window(run.folder)


def combo_of(window: MainWindow) -> QComboBox:
    combo = window.findChild(QComboBox, "classCombo")
    assert combo is not None
    return combo


def shows(window: MainWindow, run: Run, label: int) -> bool:
    """Whether the decoded image is that of this class, at the handle."""
    pixels, code = window.explorer.image.pixels(), window.explorer.code
    wanted = as_pixels(run_decoder(run, label)(code[None]))[0]
    return pixels is not None and np.array_equal(pixels, wanted)


def test_it_is_shown_for_a_conditional_decoder_alone(
    qtbot: QtBot, conditional: MainWindow, tiny_run: Run, run: Run
) -> None:
    combo = combo_of(conditional)
    assert combo.isVisible()
    assert [combo.itemText(index) for index in range(combo.count())] == list("0123456789")
    assert combo.accessibleName()
    assert combo.toolTip()
    assert shows(conditional, run, 0)
    conditional.open_run(tiny_run.folder)
    qtbot.waitUntil(lambda: not combo.isVisible(), timeout=20_000)


def test_another_class_is_decoded_at_once(qtbot: QtBot, conditional: MainWindow, run: Run) -> None:
    combo = combo_of(conditional)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_7)
    assert combo.currentText() == "7"
    qtbot.waitUntil(lambda: shows(conditional, run, 7), timeout=10_000)
    conditional.explorer.go_to(1.0, -0.5)
    qtbot.waitUntil(lambda: shows(conditional, run, 7), timeout=10_000)


def test_the_class_is_reached_with_the_tab_key(qtbot: QtBot, conditional: MainWindow) -> None:
    combo, widget = combo_of(conditional), conditional.explorer.z2
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert conditional.focusWidget() is combo


def test_the_traversals_are_of_the_class(qtbot: QtBot, conditional: MainWindow, run: Run) -> None:
    panel = conditional.explorer.dimensions
    assert panel is not None
    answers: list[Traversals] = []
    panel.worker.answered.connect(lambda _, found: answers.append(found))
    qtbot.waitUntil(lambda: bool(panel.rows), timeout=10_000)
    combo = combo_of(conditional)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_3)
    decoder = run_decoder(run, 3)

    def are_of_the_class() -> bool:  # an answer of the class before may come first
        if not answers:
            return False
        found = answers[-1]
        codes = np.zeros((len(found.images[0]), 4), np.float32)
        codes[:, found.dimensions[0]] = panel.rows[found.dimensions[0]].values
        return np.array_equal(found.images[0], as_pixels(decoder(codes)))

    qtbot.waitUntil(are_of_the_class, timeout=10_000)


def test_the_class_is_undone_and_done_again(qtbot: QtBot, conditional: MainWindow, run: Run) -> None:
    combo = combo_of(conditional)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_5)
    conditional.explorer.moves.undo()
    assert combo.currentText() == "0"
    qtbot.waitUntil(lambda: shows(conditional, run, 0), timeout=10_000)
    conditional.explorer.moves.redo()
    qtbot.waitUntil(lambda: combo.currentText() == "5" and shows(conditional, run, 5), timeout=10_000)


def test_pictures_and_pages_are_of_the_class(qtbot: QtBot, conditional: MainWindow, run: Run) -> None:
    combo = combo_of(conditional)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_8)
    dialog = conditional.exports.export_picture()
    assert dialog is not None
    assert ", class 8" in dialog.caption.text()
    z = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(dialog.forms[0]._source.subject.decoder(z), run_decoder(run, 8)(z))
    dialog.reject()
    page = conditional.exports.ask_page()
    assert page is not None
    assert page.options().label == 8
    assert page.findChild(QLabel, "pageClassNote").text() == "All images are decoded as class 8."
    page.reject()


def test_quality_says_why_there_is_none(conditional: MainWindow) -> None:
    conditional.findChild(QAction, "qualityAction").trigger()
    dialog = show_quality(conditional)
    assert dialog is not None
    assert not dialog.measure.isEnabled()
    assert "takes a class label" in dialog.note.text()
    dialog.reject()
