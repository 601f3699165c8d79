"""The gallery, its statistics and its keys, with real events."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.gui.explorer.selecting.cards import fitting_facts, short_name
from vae_explorer.gui.explorer.selecting.gallery import Gallery
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.progress import no_progress

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def gallery(tab: ExplorerTab, qtbot: QtBot) -> Gallery:
    """The gallery in the open panel."""
    tab.selecting.toggle()
    found = tab.gallery.gallery
    qtbot.waitUntil(lambda: len(found.rows) > 0)
    return found


def click(gallery: Gallery, place: int, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.mouseClick(gallery.viewport(), LEFT, keys, gallery.box_of(place).center())


def test_a_name_that_does_not_fit_keeps_what_tells_the_images_apart() -> None:
    assert short_name("image 41,464") == "41,464"
    assert short_name("animals/squirrels/0012.png") == "0012.png"
    assert short_name("0012.png") == "0012.png"


def test_a_class_that_does_not_fit_is_elided_and_its_figure_is_not(gallery: Gallery) -> None:
    font = gallery.fontMetrics()
    for facts in (("T-shirt/top", "0.0123"), ("T-shirt/top", ""), ("", "0.0123")):
        whole = fitting_facts(*facts, font, 1000)
        assert whole == " · ".join(filter(None, facts))
        for width in (font.horizontalAdvance(whole), 70):
            fitted = fitting_facts(*facts, font, width)
            assert font.horizontalAdvance(fitted) <= width
            assert fitted.endswith(facts[1])
            assert fitted == whole or "…" in fitted


def test_names_are_all_shortened_or_none(gallery: Gallery) -> None:
    subject, font = gallery.subject, gallery.fontMetrics()
    assert subject is not None
    rows = sorted(range(len(subject.index)), key=lambda row: len(subject.name_of(row)))
    room = gallery.cards.size(48, font).width()
    assert font.horizontalAdvance(subject.name_of(rows[0])) < room
    gallery.cards.prepare(rows, 48, font)
    assert gallery.cards._short == (font.horizontalAdvance(subject.name_of(rows[-1])) > room - 2)
    gallery.cards.prepare(rows, 176, font)
    assert not gallery.cards._short


@pytest.mark.parametrize("width", [380, 900])
def test_what_the_images_are_sorted_by_and_what_is_shown_can_be_read(
    tab: ExplorerTab, gallery: Gallery, width: int
) -> None:
    head = tab.gallery.head
    head.note.can_locate = True
    head.note.show_counts(1234, 70_000, shows_all=True, missing=12)
    head.setParent(None)
    head.resize(width, head.heightForWidth(width))
    head.show()
    label = next(label for label in head.findChildren(QLabel) if label.buddy() is head.orders)
    assert label.text() == "Sort by"
    assert label.width() >= label.sizeHint().width()
    assert head.orders.width() >= head.orders.sizeHint().width()
    assert head.note.height() >= head.note.heightForWidth(head.note.width())


def test_it_shows_all_images_and_then_those_that_are_selected(tab: ExplorerTab, gallery: Gallery) -> None:
    assert len(gallery.rows) == len(tab.selection.flags)
    assert tab.gallery.note.text().startswith(f"All {len(gallery.rows)} images")
    tab.selection.select(np.array([5, 3, 8]))
    assert gallery.rows.tolist() == [3, 5, 8]
    assert tab.gallery.note.text().startswith("3 selected")


def test_the_sparsest_come_first(qtbot: QtBot, tab: ExplorerTab, gallery: Gallery) -> None:
    action = next(action for action in tab.find_images.menu.ways if "sparsest" in action.text())
    action.trigger()
    qtbot.waitUntil(lambda: 0 < len(tab.selection.rows) < len(tab.selection.flags))
    subject = tab.selection.subject
    distances = FIGURES["distance"].measure(subject, no_progress)[tab.selection.rows]
    expected = tab.selection.rows[np.argsort(-distances, kind="stable")].tolist()
    qtbot.waitUntil(lambda: gallery.rows.tolist() == expected)
    assert (tab.gallery.head.order.name, tab.gallery.head.descending) == ("distance", True)


def test_it_follows_the_filter_of_the_map(tab: ExplorerTab, gallery: Gallery) -> None:
    tab.view.points.show_split(2)
    assert gallery.rows.tolist() == np.flatnonzero(tab.view.points.shown).tolist()
    assert "that the map shows" in tab.gallery.note.text()


def test_a_click_moves_the_handle_and_keeps_the_selection(tab: ExplorerTab, gallery: Gallery) -> None:
    tab.selection.select(np.array([5, 3, 8]))
    click(gallery, 1)
    np.testing.assert_allclose(tab.code, tab.selection.subject.z_mean[5])
    assert tab.selection.rows.tolist() == [3, 5, 8]


def test_ctrl_and_shift_select_among_all_images(tab: ExplorerTab, gallery: Gallery) -> None:
    click(gallery, 2, CTRL)
    assert tab.selection.rows.tolist() == [2]
    click(gallery, 4, SHIFT)
    assert tab.selection.rows.tolist() == [2, 3, 4]
    click(gallery, 3, CTRL)
    assert tab.selection.rows.tolist() == [2, 4]
    assert len(gallery.rows) == len(tab.selection.flags)  # it goes on showing all


def test_the_keys_move_jump_and_remove(tab: ExplorerTab, gallery: Gallery) -> None:
    tab.selection.select(np.array([2, 4, 6, 7]))
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Return):
        QTest.keyClick(gallery, key)
    np.testing.assert_allclose(tab.code, tab.selection.subject.z_mean[4])
    QTest.keyClick(gallery, Key.Key_Right, SHIFT)
    QTest.keyClick(gallery, Key.Key_Delete)
    assert tab.selection.rows.tolist() == [2, 7]
    assert gallery.current == 7  # so that the next one can be removed at once
    tab.moves.undo()
    assert tab.selection.rows.tolist() == [2, 4, 6, 7]


def test_only_visible_images_are_read(tab: ExplorerTab, gallery: Gallery, qtbot: QtBot) -> None:
    gallery.viewport().repaint()
    read = gallery.cards._originals
    assert set(read) <= set(gallery.visible.tolist())
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    gallery.viewport().repaint()
    assert gallery.rows[-1] in gallery.visible
    assert len(read) <= 4 * len(gallery.visible)


def test_missing_images_are_counted_and_said(tab: ExplorerTab, gallery: Gallery) -> None:
    subject = tab.selection.subject
    missing = int(np.flatnonzero(subject.image_of < 0)[0])
    tab.selection.select(np.array([missing]))
    assert "1 of them not at hand" in tab.gallery.note.text()
    assert "Locate" not in tab.gallery.note.text()
    tab.show_locate(True)
    assert "Locate the data" in tab.gallery.note.text()
    assert "image not at hand" in gallery.cards.tip(missing)


def test_it_is_sorted_by_a_figure_that_is_measured(tab: ExplorerTab, gallery: Gallery, qtbot: QtBot) -> None:
    side = tab.gallery
    side.head.choose_order("kl")
    side.head.direction.setChecked(True)
    qtbot.waitUntil(lambda: not side.sorting.running, timeout=5000)
    values = side.sorting.known(side.head.order, tab.selection.subject)
    assert values is not None
    assert (np.diff(values[gallery.rows]) <= 0).all()
    assert f"{values[gallery.rows[0]]:.3g}" in gallery.cards.tip(int(gallery.rows[0]))


def test_the_distance_to_the_handle_waits_for_the_end_of_a_drag(
    tab: ExplorerTab, gallery: Gallery, qtbot: QtBot
) -> None:
    tab.gallery.head.choose_order("handle")
    tab.gallery._later.setInterval(10)
    before = gallery.rows.tolist()
    tab.view.handle.begin_drag()
    tab._go(tab.selection.subject.z_mean[9])
    qtbot.wait(50)
    assert gallery.rows.tolist() == before
    tab.view.handle.end_drag()
    qtbot.waitUntil(lambda: gallery.rows[0] == 9)


def test_reconstructions_have_their_own_place_and_label(tab: ExplorerTab, gallery: Gallery, qtbot: QtBot) -> None:
    before = gallery.box_of(0).width()
    tab.gallery.head.reconstructions.setChecked(True)
    assert gallery.box_of(0).width() > 2 * gallery.side > before
    gallery.viewport().repaint()
    qtbot.waitUntil(lambda: bool(gallery.cards._decoded), timeout=10_000)
    missing = int(np.flatnonzero(tab.selection.subject.image_of < 0)[0])
    assert gallery.cards._original(missing) is None


def test_it_sleeps_while_the_panel_is_closed(tab: ExplorerTab, gallery: Gallery) -> None:
    tab.selecting.toggle()
    tab.selection.select(np.array([1]))
    assert len(gallery.rows) > 1
    tab.selecting.toggle()
    assert gallery.rows.tolist() == [1]


def test_a_file_that_is_not_there_is_explained(tab: ExplorerTab, gallery: Gallery, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab.errored) as said:
        QTest.mouseDClick(gallery.viewport(), LEFT, NO_KEY, gallery.box_of(0).center() + QPoint(1, 1))
        gallery.open_wanted.emit(0)
    assert "not read from files of their own" in said.args[0]


def test_the_statistics_can_be_copied(tab: ExplorerTab, gallery: Gallery, qtbot: QtBot) -> None:
    tab.selection.select(np.flatnonzero(tab.selection.subject.label == 7))
    side = tab.gallery
    side.head.pages.button(1).click()
    table = side.statistics.table
    qtbot.waitUntil(lambda: table.rowCount() > 0, timeout=10_000)
    side.statistics._follow_link("copy")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "\tselected\tall"
    assert lines[2].startswith("class 7\t")
    assert "(100.0 %)" in lines[2]
    assert side.statistics.decoded_said.text() == "decoded at the mean code"
    assert "originals" in side.statistics.mean_said.text()
    tab.selection.select(NONE)


def test_the_selection_is_written_in_the_order_of_the_gallery(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    explorer = window.explorer
    explorer.selecting.toggle()
    explorer.selection.select(np.array([1, 2, 3]))
    explorer.gallery.head.direction.setChecked(True)
    window.exports.write_selection(tmp_path / "s.npz")
    qtbot.waitUntil((tmp_path / "s.npz").exists, timeout=10_000)
    with np.load(tmp_path / "s.npz", allow_pickle=False) as found:
        rows = np.array([3, 2, 1])
        order = rows[np.argsort(-explorer.selection.subject.index[rows])]
        assert found["index"].tolist() == explorer.selection.subject.index[order].tolist()
