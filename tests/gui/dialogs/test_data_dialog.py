"""File > Open images, on real files."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from vae_explorer.data.dataset import Dataset
from vae_explorer.data.options import ImageOptions
from vae_explorer.gui.dialogs import data_dialog
from vae_explorer.gui.dialogs.data_dialog import EMPTY, DataDialog
from vae_explorer.gui.dialogs.data_report_view import MOST_ROWS, counted
from vae_explorer.gui.parts.chosen_set import ChosenSet, from_text, recent_sets, remember_set, to_text
from vae_explorer.gui.parts.plain_text import safe_tip, shown
from vae_explorer.gui.parts.settings import open_settings

HOSTILE = "<b>bold<img src=x>.txt"


@pytest.fixture
def folder(digits: Dataset, tmp_path: Path) -> Path:
    """Digits in two sub-folders, one of them of another size, and three files that are no images."""
    target = tmp_path / "digits"
    for name, first in (("one", 0), ("two", 30)):
        (target / name).mkdir(parents=True)
        for row in range(first, first + 30):
            Image.fromarray(digits.images[row, :, :, 0]).save(target / name / f"{row}.png")
    Image.fromarray(np.zeros((20, 60), np.uint8)).save(target / "one" / "wide.png")
    (target / "one" / "cut.png").write_bytes((target / "one" / "3.png").read_bytes()[:90])
    (target / "two" / HOSTILE).write_text("no image")
    return target


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[DataDialog]:
    made = DataDialog([], 8.0)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.reject()
    qtbot.waitUntil(lambda: made._task is None)


def looked(qtbot: QtBot, dialog: DataDialog) -> None:
    qtbot.waitUntil(lambda: dialog._task is None and not dialog._soon.isActive(), timeout=20_000)


def rows(table) -> list[tuple[str, str]]:
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items]


def test_a_folder_is_shown_with_what_is_skipped_and_chosen(qtbot: QtBot, dialog: DataDialog, folder: Path) -> None:
    assert dialog.message.text() == EMPTY
    assert not dialog.use.isEnabled()
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    report = dialog.report
    assert dialog.pages.currentWidget() is report
    assert report.facts["Images"].text() == "61, of which 8 are held out (a seventh, always the same)"
    assert report.facts["Sizes"].text().startswith("28 x 28: ")
    assert rows(report.classes) == [("one", "31"), ("two", "30")]
    assert {name for name, _ in rows(report.skipped)} == {"one/cut.png", f"two/{HOSTILE}"}
    assert all(reason for _, reason in rows(report.skipped))
    assert len(report.thumbnails.boxes()) == 48
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    picked, report, share = chosen.args
    assert (picked.source, picked.name, picked.options) == (str(folder), "digits", ImageOptions())
    assert (report.count, share) == (61, 8.0)


def test_no_hint_in_an_empty_field_is_cut_off(dialog: DataDialog) -> None:
    fields = [field for field in dialog.findChildren(QLineEdit) if field.isVisible() and field.placeholderText()]
    assert fields
    for field in fields:
        hint = field.placeholderText()
        assert field.fontMetrics().horizontalAdvance(hint) < field.width() - 8, hint


def test_a_changed_choice_is_inspected_again(qtbot: QtBot, dialog: DataDialog, folder: Path) -> None:
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    before = dialog.report.facts["Brought to"].text()
    dialog.form.size_combo.setCurrentText("48 x 48")
    assert not dialog.use.isEnabled()  # what is shown is not what is chosen
    dialog.form.invert.setChecked(True)
    looked(qtbot, dialog)
    assert dialog.report.facts["Brought to"].text() != before
    assert dialog.report.facts["Brought to"].text().startswith("48 x 48, the size that was chosen; grey")
    assert dialog._report is not None
    assert dialog._report.thumbnails.shape[1:] == (48, 48, 1)
    assert dialog._report.thumbnails.mean() > 128  # black on white by now
    assert dialog.use.isEnabled()


def test_another_size_is_typed(qtbot: QtBot, dialog: DataDialog, folder: Path) -> None:
    dialog.open_source(str(folder))
    form = dialog.form
    form.size_combo.setCurrentIndex(form.size_combo.count() - 1)
    looked(qtbot, dialog)
    assert "A size is such as 64" in dialog.message.text()
    QTest.keyClicks(form.other_size, "40x32")
    looked(qtbot, dialog)
    assert dialog.report.facts["Brought to"].text().startswith("40 x 32, the size that was chosen")
    assert form.options().size == (32, 40)  # height, width
    form.value_range.setText("9,1")
    looked(qtbot, dialog)
    assert dialog.message.text() == "A value range goes from a number up to a larger one, not from 9 to 1."
    assert not dialog.use.isEnabled()


@pytest.mark.parametrize("source", ["missing", "empty", "text.txt"])
def test_a_source_without_images_is_refused_in_a_sentence(
    qtbot: QtBot, dialog: DataDialog, tmp_path: Path, source: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("words")
    dialog.open_source(str(tmp_path / source))
    looked(qtbot, dialog)
    assert dialog.pages.currentWidget() is dialog.message
    assert source in dialog.message.text()
    assert dialog.message.text().endswith(".")
    assert not dialog.use.isEnabled()


def test_typing_another_path_unlearns_the_last(qtbot: QtBot, dialog: DataDialog, folder: Path, npz: Path) -> None:
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    edit = dialog.source.lineEdit()
    edit.selectAll()
    QTest.keyClicks(edit, str(npz))
    assert not dialog.use.isEnabled()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    looked(qtbot, dialog)
    assert dialog.isVisible()  # Return looks at the images; it does not take them unseen
    assert dialog.report.facts["Images"].text() == "640, of which 128 are held out (as the set is divided)"


def test_dropping_a_folder_on_the_dialog(qtbot: QtBot, dialog: DataDialog, folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(dialog, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(dialog, QDropEvent(QPointF(50, 50), copy, data, left, none))
    looked(qtbot, dialog)
    assert dialog._report is not None
    assert dialog._report.count == 61


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Blocks the first inspection until this is called; then the inspection continues."""
    inspect, go_on, looks = data_dialog.inspect_data, threading.Event(), []

    def held(source, options, progress):
        looks.append(source)
        progress("Looking at the images", 0.3)
        if len(looks) == 1:
            assert go_on.wait(20)
        return inspect(source, options, progress)

    monkeypatch.setattr(data_dialog, "inspect_data", held)
    yield go_on.set
    go_on.set()


def test_a_newer_choice_waits_for_no_older_one(
    qtbot: QtBot, dialog: DataDialog, folder: Path, npz: Path, slow: Callable[[], None]
) -> None:
    dialog.open_source(str(folder))
    qtbot.waitUntil(lambda: dialog.progress.value() == 300)
    assert dialog.stop.isVisible()
    dialog.open_source(str(npz))
    looked(qtbot, dialog)
    assert dialog._report is not None
    assert dialog._report.count == 640
    slow()
    QTest.qWait(200)
    assert dialog._report.count == 640


def test_a_look_is_stopped(qtbot: QtBot, dialog: DataDialog, folder: Path, slow: Callable[[], None]) -> None:
    dialog.open_source(str(folder))
    qtbot.waitUntil(lambda: dialog.progress.value() == 300)
    qtbot.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    assert dialog.message.text().startswith("Stopped.")
    assert not dialog.stop.isVisible()
    slow()
    QTest.qWait(200)
    assert dialog._report is None
    assert not dialog.use.isEnabled()


def test_names_from_files_are_plain_text_wherever_they_are_shown(
    qtbot: QtBot, dialog: DataDialog, folder: Path
) -> None:
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    for label in dialog.findChildren(QLabel):
        if label.objectName().startswith("data"):
            assert label.textFormat() == Qt.TextFormat.PlainText or label.objectName() == "dataState"
    skipped = dialog.report.skipped
    tips = [skipped.topLevelItem(row).toolTip(0) for row in range(2)]
    assert "<span>two/&lt;b&gt;bold&lt;img src=x&gt;.txt</span>" in tips
    assert safe_tip("a < b & c") == "a < b & c"
    assert shown("a\nb\u202egnp") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}gnp"


def test_many_kinds_are_counted_in_one_line() -> None:
    assert counted([("28x28", 60_000)]) == "28x28"
    assert counted([(f"{n}x{n}", 10) for n in range(1, 8)]) == "1x1: 10, 2x2: 10, 3x3: 10, 4x4: 10, and 3 others: 30"


def test_long_lists_are_cut(qtbot: QtBot, dialog: DataDialog, tmp_path: Path, digits: Dataset) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for row in range(20):
        Image.fromarray(digits.images[row, :, :, 0]).save(many / f"{row}.png")
    for number in range(MOST_ROWS + 7):
        (many / f"{number}.txt").touch()
    dialog.open_source(str(many))
    looked(qtbot, dialog)
    skipped = dialog.report.skipped
    assert skipped.topLevelItemCount() == MOST_ROWS + 1
    assert skipped.topLevelItem(MOST_ROWS).text(0) == "and 7 more"
    assert not dialog.report.classes.isVisible()


def test_sets_are_remembered_with_their_options_the_newest_first(tmp_path: Path) -> None:
    settings = open_settings()
    sets = []
    for number in range(12):
        (tmp_path / str(number)).mkdir()
        sets.append(ChosenSet(str(tmp_path / str(number)), ImageOptions(size=(32, 48), value_range=(0, 9)), "set"))
        remember_set(settings, sets[-1])
    remember_set(settings, sets[5])
    (tmp_path / "7").rmdir()
    found = recent_sets(settings)
    assert found[0] == sets[5]
    assert [each.source for each in found[1:]] == [
        str(tmp_path / name) for name in ("11", "10", "9", "8", "6", "4", "3", "2")
    ]


@pytest.mark.parametrize(
    "text", ["", "no", "[]", "{}", '{"source": "a", "name": "", "options": {"fit": "odd"}}', "null"]
)
def test_what_was_not_remembered_by_this_program_is_none(text: str) -> None:
    assert from_text(text) is None
    good = ChosenSet("a", ImageOptions(labels="b.csv", invert=True), "c")
    assert from_text(to_text(good)) == good


def test_a_set_that_was_opened_before_is_read_as_then(qtbot: QtBot, folder: Path) -> None:
    options = ImageOptions(size=(32, 32), fit="pad", invert=True)
    dialog = DataDialog([ChosenSet(str(folder), options, "digits")], 8.0)
    qtbot.addWidget(dialog)
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    assert dialog.form.options() == options
    assert dialog._report is not None
    assert dialog._report.image_shape == (32, 32, 1)
    dialog.reject()


def test_a_dialog_that_is_closed_looks_at_nothing_more(qtbot: QtBot, folder: Path) -> None:
    dialog = DataDialog([ChosenSet(str(folder), ImageOptions(), "digits")], 8.0)  # a known set, chosen as focus leaves
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    dialog.source.setFocus()
    qtbot.waitUntil(lambda: dialog.source.lineEdit().hasFocus() or dialog.source.hasFocus())
    dialog.open_source(str(folder))
    looked(qtbot, dialog)
    dialog.reject()
    assert dialog._task is None


def test_a_mark_of_the_histogram_is_dragged_to_choose_the_range(
    qtbot: QtBot, dialog: DataDialog, tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(0).integers(0, 4000, (20, 16, 16)).astype(np.uint16))
    dialog.open_source(str(tmp_path / "a.npy"))
    looked(qtbot, dialog)
    histogram = dialog.report.histogram
    assert histogram.accessibleName() == "Histogram of the integers: 0 becomes black and 4095 white"
    start, end = (QPoint(round(histogram.place(value)), 20) for value in (4095, 2000))
    qtbot.mousePress(histogram, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(histogram, end)
    qtbot.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=end)
    low, high = map(float, dialog.form.value_range.text().split(","))
    assert (low, high) == (0, pytest.approx(2000, rel=0.05))
    looked(qtbot, dialog)
    assert "as was chosen" in dialog.report.facts["Values"].text()
