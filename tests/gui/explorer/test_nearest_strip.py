"""The nearest images in the panel, with real events."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.data.dataset import SPLITS
from vae_explorer.exploring.decoded import NEAREST
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.neighbours import Neighbours


def expected(subject: Subject, point: tuple[float, float]) -> np.ndarray:
    distances = np.linalg.norm(subject.z_mean - np.float32(point), axis=1)
    return np.where(subject.image_of >= 0, distances, np.inf).argsort()[:NEAREST]


def middle(tab: ExplorerTab, place: int) -> QPoint:
    return tab.panel.nearest.square(place).center().toPoint()


def test_it_follows_the_handle_with_the_nearest_first(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    strip = tab.panel.nearest
    for point in ((0.5, -0.25), (40.0, -40.0)):
        tab.go_to(*point)
        qtbot.waitUntil(lambda point=point: strip.rows == expected(subject, point).tolist())
    first = strip.pictures[0]
    assert (first.width(), first.height()) == (28, 28)
    assert tab.panel.nearest_note.text().endswith(subject.name_of(strip.rows[0]))


def test_pointing_at_one_tells_its_facts(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    strip = tab.panel.nearest
    tab.go_to(0.5, -0.25)
    rows = expected(subject, (0.5, -0.25)).tolist()
    qtbot.waitUntil(lambda: strip.rows == rows)
    mouse(strip, QEvent.Type.MouseMove, QPointF(middle(tab, 3)), Qt.MouseButton.NoButton)
    row = rows[3]
    distance = float(np.linalg.norm(subject.z_mean[row] - np.float32([0.5, -0.25])))
    qtbot.waitUntil(lambda: f"distance {distance:.3f}" in QToolTip.text())  # the answer may still be on its way
    for part in (SPLITS[subject.split[row]], subject.name_of(row)):
        assert part in QToolTip.text()
    assert f"class {subject.columns.class_of(row)}" in QToolTip.text()


def test_a_click_brings_the_handle_there(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    rows = expected(subject, (0.5, -0.25)).tolist()
    tab.go_to(0.5, -0.25)
    qtbot.waitUntil(lambda: tab.panel.nearest.rows == rows)
    qtbot.mouseClick(tab.panel.nearest, Qt.MouseButton.LeftButton, pos=middle(tab, 5))
    np.testing.assert_array_equal(tab.code, subject.z_mean[rows[5]])
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, np.float32([0.5, -0.25]))


def test_it_is_used_with_the_keys(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    strip, rows = tab.panel.nearest, expected(subject, (0.5, -0.25)).tolist()
    tab.go_to(0.5, -0.25)
    qtbot.waitUntil(lambda: strip.rows == rows)
    assert strip.accessibleName().endswith(f": {NEAREST}")
    tab.panel.nearest.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(strip.hasFocus)
    for key, place in (
        (None, 0), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, NEAREST - 1),
        (Qt.Key.Key_Right, NEAREST - 1), (Qt.Key.Key_Home, 0), (Qt.Key.Key_Right, 1),
    ):  # fmt: skip
        if key is not None:
            qtbot.keyClick(strip, key)
        assert strip.accessibleDescription().startswith(f"{place + 1} of {NEAREST}: ")
        assert strip.accessibleDescription().endswith(subject.name_of(rows[place]))
        assert subject.name_of(rows[place]) in QToolTip.text()
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    np.testing.assert_array_equal(tab.code, subject.z_mean[rows[1]])
    qtbot.waitUntil(lambda: strip.accessibleDescription().startswith(f"1 of {NEAREST}: "))
    assert strip.accessibleDescription().endswith(subject.name_of(rows[1]))
    tab.view.setFocus()
    qtbot.waitUntil(lambda: not strip.hasFocus())
    assert strip.accessibleDescription() == ""
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=middle(tab, 5))
    assert tab.view.hasFocus()


def test_tab_reaches_it_after_the_buttons_above_it(qtbot: QtBot, tab: ExplorerTab) -> None:
    save = tab.panel.findChild(QPushButton, "saveButton")
    assert save is not None
    save.setFocus()
    qtbot.waitUntil(save.hasFocus)
    qtbot.keyClick(save, Qt.Key.Key_Tab)
    assert tab.panel.nearest.hasFocus()


def test_images_that_cannot_be_reached_are_said_and_empty_places_do_nothing(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject
) -> None:
    some = np.full_like(subject.image_of, -1)
    some[:3] = subject.image_of[subject.image_of >= 0][:3]
    tab.show_subject(replace(subject, image_of=some, with_image=Neighbours(subject.z_mean, some >= 0)))
    qtbot.waitUntil(lambda: sorted(tab.panel.nearest.rows) == [0, 1, 2])
    title = tab.panel.nearest_title
    assert title.text() == f"Nearest images ({len(some) - 3:,} cannot be reached)"
    before = tab.code
    qtbot.mouseClick(tab.panel.nearest, Qt.MouseButton.LeftButton, pos=middle(tab, 5))
    assert tab.code is before
    here = np.arange(len(some)) % len(subject.images)
    tab.show_subject(replace(subject, image_of=here, with_image=Neighbours(subject.z_mean)))
    qtbot.waitUntil(lambda: title.text() == "Nearest images")


def test_without_any_image_it_is_empty(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    none = np.full_like(subject.image_of, -1)
    tab.show_subject(replace(subject, image_of=none, with_image=Neighbours(subject.z_mean, none >= 0)))
    qtbot.waitUntil(lambda: tab.panel.nearest.rows == [])
    assert tab.panel.nearest_note.text() == "No image is available."
    tab.panel.nearest.grab()


def test_they_are_the_nearest_of_those_that_the_filters_show(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    point, title = (0.5, -0.25), tab.panel.nearest_title
    tab.go_to(*point)
    tab.view.points.classes.filtered.emit(frozenset(range(9)))
    shown = subject.label == 9
    available = subject.image_of >= 0
    distances = np.linalg.norm(subject.z_mean - np.float32(point), axis=1)
    rows = np.where(shown & available, distances, np.inf).argsort()[: min(NEAREST, (shown & available).sum())]
    qtbot.waitUntil(lambda: tab.panel.nearest.rows == rows.tolist())
    missing = int((shown & ~available).sum())
    assert title.text() == f"Nearest of the {shown.sum():,} shown ({missing:,} cannot be reached)"
    assert f"{shown.sum():,} of {len(shown):,} points shown" in tab.figures.text()
    tab.view.points.classes.filtered.emit(frozenset(range(10)))
    qtbot.waitUntil(lambda: tab.panel.nearest.rows == [])
    assert tab.panel.nearest_note.text() == "The filters hide all images."
    tab.moves.undo()
    tab.moves.undo()
    qtbot.waitUntil(lambda: tab.panel.nearest.rows == expected(subject, point).tolist())
    assert title.text().startswith("Nearest images")


def test_it_lies_within_the_panel_in_a_small_window(tab: ExplorerTab) -> None:
    strip = tab.panel.nearest
    end = strip.mapTo(tab, QPointF(strip.width(), strip.height()))
    assert end.y() <= tab.panel.geometry().bottom() + 1
    assert end.x() <= tab.panel.geometry().right() + 1
    assert strip.square(NEAREST - 1).right() <= strip.width() + 1
    assert tab.height() == 700
