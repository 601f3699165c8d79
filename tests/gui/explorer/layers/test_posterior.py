"""The layer of the posterior: that of the clicked or the nearest image, only where variances are known."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.explorer.layers.test_fields import seen
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.posterior import EllipsesItem, PosteriorLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.posterior import Ellipse


@pytest.fixture
def layer(qtbot: QtBot, tab: ExplorerTab) -> PosteriorLayer:
    found = tab.view.layers.find(PosteriorLayer)
    assert not found.on
    found.switch(True)
    qtbot.waitUntil(lambda: found.posterior is not None)
    return found


def outermost(subject: Subject) -> int:
    """The row of a code with nothing around it that a click could hit instead."""
    return int(np.linalg.norm(subject.z_mean, axis=1).argmax())


def test_a_click_on_a_point_shows_the_posterior_of_its_image(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, layer: PosteriorLayer
) -> None:
    row = outermost(subject)
    tab.view.fit()
    tab.view.pan(*(subject.z_mean[row] / 2).tolist())
    tab.go_to(*(subject.z_mean[row] - 1).tolist())  # the handle would take a click beside it
    at = tab.view.to_pixels(*subject.z_mean[row].tolist()).toPoint()
    qtbot.mouseClick(tab.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: layer.posterior is not None and layer.posterior.row == row)
    assert layer.posterior is not None
    assert subject.z_log_var is not None
    ellipse = layer.posterior.ellipse
    np.testing.assert_allclose(ellipse.centre, subject.z_mean[row])
    expected = np.sort(np.exp(subject.z_log_var[row] / 2))[::-1]
    assert ellipse.deviations == pytest.approx(tuple(expected), rel=1e-5)
    assert layer.key is not None
    assert subject.name_of(row) in layer.key.text
    assert f"{expected[0]:.3g} and {expected[1]:.3g}" in layer.key.text


def test_elsewhere_it_is_that_of_the_nearest_image(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, layer: PosteriorLayer
) -> None:
    tab.go_to(40, -40)
    row = int(np.linalg.norm(subject.z_mean - np.float32([40, -40]), axis=1).argmin())
    qtbot.waitUntil(lambda: layer.posterior is not None and layer.posterior.row == row)


def test_it_is_drawn_while_it_is_on(tab: ExplorerTab, layer: PosteriorLayer) -> None:
    drawn = seen(tab)
    layer.switch(False)
    assert layer.posterior is None
    assert (seen(tab) != drawn).any()


def test_without_variances_it_is_disabled_with_the_reason(
    tab: ExplorerTab, subject: Subject, layer: PosteriorLayer
) -> None:
    tab.show_subject(replace(subject, z_log_var=None))
    assert layer.reason == "The variances of the posteriors are not known."
    assert layer.posterior is None
    tab.show_subject(replace(subject, z_log_var=None, run=None))
    assert layer.reason == "During a replay and a training only the means of the posteriors are known."
    tab.show_subject(subject)
    assert layer.active


@pytest.mark.parametrize("half_axes", [[[1.6, 1.2], [-0.3, 0.4]], [[0.0, 1.6], [1.1, 0.0]]])
def test_an_ellipse_lies_where_its_half_axes_end(
    qtbot: QtBot, tab: ExplorerTab, layer: PosteriorLayer, half_axes: list[list[float]]
) -> None:
    assert isinstance(layer.item, EllipsesItem)
    before = layer.posterior
    tab.go_to(-40, 40)  # the handle and its lines are out of sight
    qtbot.waitUntil(lambda: layer.posterior is not before)  # else it would come later
    layer.item.put(None)
    tab.view.show_part(QRectF(-5, -5, 10, 10))
    without = seen(tab)
    centre, axes = np.array([-1.5, -1.25]), np.array(half_axes)
    layer.item.put(Ellipse(centre, axes))
    drawn = (seen(tab) != without).any(axis=2)
    for angle in np.linspace(0.1, 2 * np.pi + 0.1, 16, endpoint=False):
        for radius, ink in ((1, True), (2, True), (1.5, False)):
            at = centre + radius * (np.array([np.cos(angle), np.sin(angle)]) @ axes)
            pixel = tab.view.to_pixels(*at.tolist()).toPoint()
            assert drawn[pixel.y(), pixel.x()] == ink, (angle, radius)
