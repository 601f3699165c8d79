"""The search box and the menu of the panel of the selection."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vae_explorer.array_types import Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.exploring.ways import Asked, Way
from vae_explorer.gui.explorer.history import History
from vae_explorer.gui.explorer.layers.points import Filter, PointsLayer
from vae_explorer.gui.explorer.selecting.find_section import FindSection
from vae_explorer.gui.explorer.selecting.image_search import ImageSearch
from vae_explorer.gui.explorer.selecting.selection import Selection
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.progress import Progress

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def points(tiny_subject: Subject) -> Iterator[PointsLayer]:
    layer = PointsLayer()
    layer.show(tiny_subject)
    yield layer
    layer.end()


@pytest.fixture
def section(qtbot: QtBot, tiny_subject: Subject, points: PointsLayer) -> Iterator[FindSection]:
    parent = QObject()
    selection = Selection(History(parent), parent)
    found = FindSection(selection, points, lambda: np.zeros(2, np.float32))
    qtbot.addWidget(found)
    selection.show_subject(tiny_subject)
    yield found
    found.end()
    parent.deleteLater()


def rows(section: FindSection) -> list[int]:
    return section._selection.rows.tolist()


def test_the_hint_in_the_search_is_not_cut_off(tab: ExplorerTab) -> None:
    tab.selecting.toggle()
    search = tab.findChild(ImageSearch)
    assert search.isVisible()
    assert search.fontMetrics().horizontalAdvance(search.placeholderText()) < search.width() - 8


def test_return_takes_the_first_suggestion(qtbot: QtBot, section: FindSection, tiny_subject: Subject) -> None:
    name = tiny_subject.name_of(7)
    QTest.keyClicks(section.search, name)
    QTest.keyClick(section.search, Qt.Key.Key_Return)  # before the suggestions are there
    qtbot.waitUntil(lambda: rows(section) == [7])
    assert section.search.selectedText() == name  # so that one can type the next
    QTest.keyClicks(section.search, tiny_subject.name_of(3))
    qtbot.waitUntil(lambda: section.search._searched == section.search.text())
    QTest.keyClick(section.search, Qt.Key.Key_Return)
    assert rows(section) == [3]


def test_any_suggestion_can_be_taken(qtbot: QtBot, section: FindSection, tiny_subject: Subject) -> None:
    name = tiny_subject.columns.class_names[1]
    QTest.keyClicks(section.search, f"class {name}")
    qtbot.waitUntil(lambda: section.search._texts.rowCount() == 1)
    section.search.suggestions.activated[QModelIndex].emit(section.search._texts.index(0))
    assert rows(section) == np.flatnonzero(tiny_subject.label == 1).tolist()


def test_what_is_not_found_is_said_and_forgotten_as_one_types_on(qtbot: QtBot, section: FindSection) -> None:
    QTest.keyClicks(section.search, "nobody")
    QTest.keyClick(section.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: section.note.text() == "No index, class or name of an image is like this.")
    QTest.keyClicks(section.search, "s")
    assert section.note.isHidden()


def test_hidden_images_are_not_selected_and_this_is_said(
    qtbot: QtBot, section: FindSection, points: PointsLayer, tiny_subject: Subject
) -> None:
    hidden = int(tiny_subject.label[7])
    points.show_filter(Filter(points.filter.names, frozenset({hidden})))
    QTest.keyClicks(section.search, f"image {tiny_subject.index[7]}")
    QTest.keyClick(section.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "hidden by the filters" in section.note.text())
    assert rows(section) == []


def test_the_menu_lists_the_classes_with_their_counts(section: FindSection, tiny_subject: Subject) -> None:
    section.menu.aboutToShow.emit()
    actions = section.menu.classes.actions()
    assert len(actions) == len(tiny_subject.columns.class_names)
    actions[2].trigger()
    expected = np.flatnonzero(tiny_subject.label == 2)
    assert rows(section) == expected.tolist()
    assert actions[2].text().endswith(f"\t{len(expected):,}")


def test_the_ways_of_the_menu_select(qtbot: QtBot, section: FindSection, tiny_subject: Subject) -> None:
    section.menu.aboutToShow.emit()
    found = []
    for action in section.menu.ways:
        assert action.isEnabled(), action.toolTip()
        before = rows(section)
        action.trigger()
        qtbot.waitUntil(lambda before=before: not section.running and rows(section) != before)
        found.append(rows(section))
    nearest = np.argsort(np.linalg.norm(tiny_subject.z_mean, axis=1))[: len(found[0])]
    assert found[0] == sorted(nearest.tolist())


def test_what_cannot_be_selected_is_disabled_with_the_reason(
    section: FindSection, points: PointsLayer, tiny_subject: Subject
) -> None:
    columns = replace(tiny_subject.columns, labels=None, class_names=())
    bare = replace(
        tiny_subject, columns=columns, image_of=np.full_like(tiny_subject.image_of, -1), images_key="without images"
    )
    points.show(bare)
    section._selection.show_subject(bare)
    section.menu.aboutToShow.emit()
    reasons = [action.toolTip() for action in section.menu.ways if not action.isEnabled()]
    assert reasons == ["No images are available."]
    assert section.menu.classes.menuAction().toolTip() == "The images have no classes."
    assert not section.menu.classes.menuAction().isEnabled()


def test_nothing_is_measured_of_a_filter_that_hides_all(section: FindSection, points: PointsLayer) -> None:
    points.show_filter(Filter(points.filter.names, frozenset(range(-1, len(points.filter.names)))))
    section.menu.aboutToShow.emit()
    assert {action.toolTip() for action in section.menu.ways} == {"The filters of the map hide all images."}


def endless(begun: threading.Event) -> Way:
    def count(_asked: Asked, progress: Progress) -> Indices:
        while True:
            progress("Counting", 0.5)
            begun.set()
            time.sleep(0.001)  # so that it leaves time to the window

    return Way("Endless", "", lambda _subject: "", count)


def test_a_long_computation_shows_its_progress_and_can_be_cancelled(qtbot: QtBot, section: FindSection) -> None:
    begun = threading.Event()
    section.show()
    section.menu.way_wanted.emit(endless(begun))
    qtbot.waitUntil(lambda: section.bar.isVisible() and section.bar.value() == 500)
    section.cancel.click()
    assert not section.running
    assert not section.bar.isVisible()
    assert rows(section) == []


def test_other_images_end_the_computation(section: FindSection, points: PointsLayer, tiny_subject: Subject) -> None:
    begun = threading.Event()
    section.menu.way_wanted.emit(endless(begun))
    assert begun.wait(10)
    section._selection.show_subject(replace(tiny_subject, title="a moment"))
    assert section.running
    section._selection.show_subject(replace(tiny_subject, images_key="others"))
    assert not section.running
