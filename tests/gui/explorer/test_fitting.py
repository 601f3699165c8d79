"""What the map brings into view until the person zooms, and how a handle beyond the view is found again."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.exploring.subject import Subject, draw_in
from vae_explorer.gui.explorer.grid_card import GridCard
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import HAND
from vae_explorer.gui.explorer.view import LatentView

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def spread(subject: Subject, factor: float) -> Subject:
    """The same images with codes that lie farther from, or nearer to, their mean."""
    codes = subject.z_mean
    return draw_in(
        replace(subject, z_mean=codes.mean(axis=0) + factor * (codes - codes.mean(axis=0))), subject.drawn_in
    )


def click(view: LatentView, at: QPointF) -> None:
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, at, LEFT)
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, at, NONE)


def shown(view: LatentView) -> QRectF:
    return view.getViewBox().viewRect()


def test_the_codes_and_the_prior_are_fitted_apart(tab: ExplorerTab, subject: Subject) -> None:
    view = tab.view
    tab.show_subject(spread(subject, 0.1))
    assert shown(view).contains(QRectF(-3, -3, 6, 6))
    view.fit("codes")
    assert max(shown(view).width(), shown(view).height()) < 3
    view.fit("prior")
    assert shown(view).contains(QRectF(-3, -3, 6, 6))
    tab.show_subject(spread(subject, 9))
    view.fit("prior")
    assert min(shown(view).width(), shown(view).height()) < 8


def test_codes_that_are_all_the_same_can_be_fitted(tab: ExplorerTab, subject: Subject) -> None:
    tab.show_subject(spread(subject, 0))
    tab.view.fit("codes")
    assert 0 < shown(tab.view).width() < 0.1


def test_a_map_that_grows_is_fitted_again_and_not_at_each_step(tab: ExplorerTab, subject: Subject) -> None:
    view, ranges = tab.view, []
    for factor in (1, 3, 3.1, 3.2, 0.2):
        tab.show_subject(spread(subject, factor), same=True)
        ranges.append(shown(view))
    assert ranges[1].width() > ranges[0].width() * 1.5
    assert ranges[1] == ranges[2] == ranges[3]
    assert ranges[4].width() < ranges[3].width()


def test_after_a_zoom_neither_codes_nor_plane_change_the_view(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    qtbot.keyClick(tab.view, "+")
    before = shown(tab.view)
    tab.show_subject(spread(subject, 5), same=True)
    tab.show_plane("pca")
    assert shown(tab.view) == before
    tab.view.fit()
    tab.show_plane((0, 1))
    assert shown(tab.view).width() > before.width()


def test_a_drag_is_not_disturbed_by_a_map_that_grows(tab: ExplorerTab, subject: Subject) -> None:
    view, before = tab.view, shown(tab.view)
    at = view.to_pixels(*view.handle_point)
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, at, LEFT)
    tab.show_subject(spread(subject, 5), same=True)
    assert shown(view) == before
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, at, NONE)
    tab.show_subject(spread(subject, 5), same=True)
    assert shown(view) != before


@pytest.mark.parametrize("beyond", [(50, 0), (0, -50), (-30, 40)])
def test_the_arrow_at_the_edge_shows_a_handle_beyond_the_view(tab: ExplorerTab, beyond: tuple[float, float]) -> None:
    view = tab.view
    assert view.beyond.region().isEmpty()
    tab.go_to(*beyond)
    view.use_tool(HAND)
    arrow = view.beyond.region().boundingRect()
    assert view.rect().contains(arrow)
    assert view.childAt(arrow.center()) is view.viewport()  # no legend covers it
    way = view.to_pixels(*beyond) - view.to_pixels(*shown(view).center().toTuple())
    assert QPointF.dotProduct(way, QPointF(arrow.center()) - view.rect().center()) > 0
    click(view, QPointF(arrow.center()))
    assert shown(view).contains(QPointF(*view.handle_point))
    assert view.handle_point == pytest.approx(beyond)
    assert view.beyond.region().isEmpty()


def test_the_grid_makes_way_for_the_handle(tab: ExplorerTab) -> None:
    view, card = tab.view, GridCard(tab.view)
    card.show_images(np.zeros((4, 4, 28, 28, 1), np.uint8))
    card.show()
    QApplication.processEvents()
    for _ in range(2):
        before = card.geometry()
        view.handle.move(*view.to_plane(QPointF(before.center())))
        assert not card.geometry().intersects(before)
        assert view.rect().contains(card.geometry())


def test_the_space_bar_plays_the_training(qtbot: QtBot, tab: ExplorerTab) -> None:
    tab.time_bar.offer((0, 1, 2), {})
    qtbot.keyClick(tab.view, Qt.Key.Key_Space)
    assert tab.time_bar.playing
    qtbot.keyClick(tab.view, Qt.Key.Key_Space)
    assert not tab.time_bar.playing
