"""The dialog for pictures, with real events: what it previews, what it writes."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressDialog,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.picture_files import pdf_text, svg_texts
from vae_explorer.exploring.subject import live_subject
from vae_explorer.exporting.origin import Origin
from vae_explorer.gui.dialogs import picture_dialog
from vae_explorer.gui.dialogs.picture_dialog import PictureDialog
from vae_explorer.gui.dialogs.picture_forms import FORMS, GridForm, MapForm
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.run.run import Run


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> Iterator[PictureDialog]:
    opened = window.exports.export_picture()
    assert opened is not None
    drawn(qtbot, opened)
    yield opened
    if window.findChild(PictureDialog) is opened:
        opened.reject()


def drawn(qtbot: QtBot, dialog: PictureDialog) -> np.ndarray:
    """What the preview shows once it shows what the options say: grey levels (height, width)."""
    qtbot.waitUntil(lambda: dialog._task is None and not dialog._soon.isActive(), timeout=20_000)
    image = dialog._picture.toImage()
    return np.array([[image.pixelColor(x, y).lightness() for x in range(0, image.width(), 4)]
                     for y in range(0, image.height(), 4)])  # fmt: skip


def choose(qtbot: QtBot, dialog: PictureDialog, kind: int) -> None:
    while dialog.kind.currentIndex() < kind:
        qtbot.keyClick(dialog.kind, Qt.Key.Key_Down)


def tick(qtbot: QtBot, box: QCheckBox) -> None:
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert box.isChecked()


def grid_form(dialog: PictureDialog) -> GridForm:
    assert isinstance(dialog.form, GridForm)
    return dialog.form


def test_it_starts_with_the_grid_and_shows_every_kind(qtbot: QtBot, dialog: PictureDialog) -> None:
    assert dialog.kind.currentText() == "Decoded grid"
    seen = [drawn(qtbot, dialog)]
    for kind, form in enumerate(FORMS):
        choose(qtbot, dialog, kind)
        assert [shown.isVisible() for shown in dialog.forms] == [other is form for other in FORMS]
        if kind:
            seen.append(drawn(qtbot, dialog))
            assert "dots" in dialog.note.text()
    assert len({picture.tobytes() for picture in seen}) == len(FORMS)


def test_typing_an_option_changes_the_preview(qtbot: QtBot, dialog: PictureDialog) -> None:
    before = drawn(qtbot, dialog)
    grid_form(dialog).size_spin.setFocus()
    grid_form(dialog).size_spin.selectAll()
    qtbot.keyClicks(grid_form(dialog).size_spin, "4")
    assert grid_form(dialog).size_spin.value() == 4
    after = drawn(qtbot, dialog)
    assert before.shape != after.shape or (before != after).any()
    tick(qtbot, grid_form(dialog).axes)
    assert (drawn(qtbot, dialog)[:2] > 250).all(), "white around the axes"
    grid_form(dialog).style_rows.colour_map.setCurrentIndex(1)
    inverted = drawn(qtbot, dialog)
    assert inverted.mean() > after.mean()


def test_a_range_is_for_even_steps_only(qtbot: QtBot, dialog: PictureDialog) -> None:
    form = grid_form(dialog)
    assert not form.limit.isEnabled()
    qtbot.keyClick(form.spacing, Qt.Key.Key_Down)
    assert form.limit.isEnabled()
    assert not form.style_rows.gap_colour.isEnabled()
    form.style_rows.gap.setValue(2)
    assert form.style_rows.gap_colour.isEnabled()


def test_choosing_the_dimension_of_the_other_axis_swaps_them(qtbot: QtBot, dialog: PictureDialog) -> None:
    choose(qtbot, dialog, 1)
    form = dialog.form
    assert isinstance(form, MapForm)
    qtbot.keyClick(form.plane.across, Qt.Key.Key_Down)
    assert form.plane.plane().axes == (2, 1)
    assert form.plane.up.currentText() == "z1"
    qtbot.keyClick(form.plane.up, Qt.Key.Key_Down)
    assert form.plane.plane().axes == (1, 2)


def test_an_option_that_cannot_be_is_explained(qtbot: QtBot, dialog: PictureDialog) -> None:
    dialog.width_spin.setValue(100)
    dialog.dpi.setValue(1200)
    drawn(qtbot, dialog)
    assert "more than 10,000 dots" in dialog.note.text()
    assert dialog.preview.text().startswith("There is no preview")
    dialog.width_spin.setValue(10)
    assert drawn(qtbot, dialog).size, "the preview comes back"


def test_an_unexpected_error_ends_the_preview_with_a_sentence(
    qtbot: QtBot, dialog: PictureDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("non-broadcastable output operand")

    monkeypatch.setattr(picture_dialog, "to_screen", fail)
    dialog.width_spin.setValue(10)
    drawn(qtbot, dialog)
    assert dialog.preview.text().startswith("There is no preview")
    assert dialog.note.text().startswith("Something went wrong that the program did not expect (ValueError: non-")
    assert dialog.preview.pixmap().isNull()


@pytest.mark.long
@pytest.mark.parametrize("kind", range(len(FORMS)))
def test_it_writes_what_it_shows_in_every_format(qtbot: QtBot, window: MainWindow, tmp_path: Path, kind: int) -> None:
    for ending in (".png", ".svg", ".pdf"):
        dialog = window.exports.export_picture()
        assert dialog is not None
        choose(qtbot, dialog, kind)
        dialog.width_spin.setValue(8)
        tick(qtbot, dialog.has_caption)
        dialog.caption.selectAll()
        qtbot.keyClicks(dialog.caption, "a $caption$ & more")
        path = tmp_path / f"p{ending}"
        with qtbot.waitSignal(dialog.written, timeout=20_000):
            dialog.write(path)
        if ending == ".png":
            with Image.open(path) as picture:
                assert picture.width == round(8 / 2.54 * 300)
        else:
            assert "a $caption$ & more" in (" ".join(svg_texts(path)) if ending == ".svg" else pdf_text(path))
        assert f"Wrote {path}" in window.toast.text.text()


def test_the_save_dialog_changes_the_ending_with_the_format(
    qtbot: QtBot, dialog: PictureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(chooser: QFileDialog) -> bool:
        chooser.setDirectory(str(tmp_path))
        pdf = next(kind for kind in chooser.nameFilters() if "pdf" in kind)
        chooser.selectNameFilter(pdf)
        chooser.filterSelected.emit(pdf)  # as choosing it in the list does
        return True

    monkeypatch.setattr(QFileDialog, "exec", save)
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    assert (tmp_path / "tiny_grid.pdf").read_bytes().startswith(b"%PDF")


def test_unwritable_picture_is_explained_in_the_dialog(qtbot: QtBot, dialog: PictureDialog, tmp_path: Path) -> None:
    dialog.write(tmp_path / "nowhere" / "grid.png")
    qtbot.waitUntil(lambda: "does not exist" in dialog.note.text(), timeout=10_000)


@pytest.mark.long
def test_cancelled_writing_leaves_the_old_file(
    qtbot: QtBot, dialog: PictureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p.png").write_bytes(b"the old one")
    write, cancelled = picture_dialog.write_picture, threading.Event()

    def write_later(path: Path, draw: Callable, progressed: Callable, origin: Origin) -> str:
        assert cancelled.wait(10)
        return write(path, draw, progressed, origin)

    monkeypatch.setattr(picture_dialog, "write_picture", write_later)
    dialog.write(tmp_path / "p.png")
    qtbot.waitUntil(lambda: dialog.findChild(QProgressDialog).isVisible(), timeout=5_000)
    qtbot.mouseClick(dialog.findChild(QProgressDialog).findChild(QPushButton), Qt.MouseButton.LeftButton)
    cancelled.set()
    qtbot.waitUntil(lambda: dialog.findChild(QProgressDialog) is None, timeout=20_000)
    assert (tmp_path / "p.png").read_bytes() == b"the old one"
    assert dialog.isVisible()


def test_closing_while_it_draws_is_quiet(qtbot: QtBot, window: MainWindow, dialog: PictureDialog) -> None:
    grid_form(dialog).size_spin.setValue(60)
    qtbot.waitUntil(lambda: dialog._task is not None, timeout=5_000)
    task = dialog._task
    assert task is not None
    with qtbot.waitSignal(task.finished, timeout=20_000):
        dialog.reject()
    assert not window.toast.isVisible() or "deleted" not in window.toast.text.text()


def test_the_model_in_training_has_all_pictures_but_those_of_a_run(
    qtbot: QtBot, window: MainWindow, tiny_run: Run
) -> None:
    known = np.isin(tiny_run.codes.index, tiny_run.sample.index)
    subject = live_subject(
        window.shown.subject.decoder,  # type: ignore[union-attr]
        tiny_run.codes.z_mean[known],
        measure_dimensions(tiny_run.codes.z_mean, tiny_run.codes.z_log_var),
        tiny_run.codes.columns.take(known),
        tiny_run.sample,
    )
    dialog = PictureDialog(None, subject, window)
    dialog.open()
    model = dialog.kind.model()
    enabled = [bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEnabled) for row in range(len(FORMS))]
    assert enabled == [not form.needs_run for form in FORMS]
    assert enabled == [True, True, True, True, False]
    for kind in range(4):
        dialog.kind.setCurrentIndex(kind)
        drawn(qtbot, dialog)
        assert "dots" in dialog.note.text()
    dialog.reject()
    dialog.deleteLater()


@pytest.mark.parametrize("kind", range(len(FORMS)))
def test_each_letter_leads_to_one_control(qtbot: QtBot, dialog: PictureDialog, kind: int) -> None:
    choose(qtbot, dialog, kind)
    shown = [widget.text() for widget in (*dialog.findChildren(QLabel), *dialog.findChildren(QAbstractButton))
             if widget.isVisible()]  # fmt: skip
    letters = [text[text.index("&") + 1].lower() for text in shown if re.search(r"&\w", text)]
    assert len(letters) >= 4
    assert len(letters) == len(set(letters))


def test_every_control_can_be_named_and_explains_itself(dialog: PictureDialog) -> None:
    nameless, unexplained = [], []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit):
        for widget in dialog.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QAbstractSpinBox)
            if inner or isinstance(widget.parent(), QDialogButtonBox):
                continue
            if not widget.accessibleName():
                nameless.append((type(widget).__name__, widget.objectName()))
            if not widget.toolTip():
                unexplained.append((type(widget).__name__, widget.objectName()))
    assert nameless == []
    assert unexplained == []
    for name in ("pictureKindCombo", "gridSizeSpin", "gridSpacingCombo", "gridAxesCheck", "picturePreview"):
        assert dialog.findChild(QWidget, name) is not None
