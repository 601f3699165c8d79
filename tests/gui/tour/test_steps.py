"""The steps of the tour: their texts, and what each does to the real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.commands import TOUR_STEPS
from vae_explorer.gui.app import create_app
from vae_explorer.gui.dialogs.quality_dialog import QualityDialog
from vae_explorer.gui.explorer.handle_hint import HandleHint, teach
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.layers.posterior import PosteriorLayer
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.tour.acts import ENDS, GAP, WIDE
from vae_explorer.gui.tour.steps import STEPS, Step
from vae_explorer.gui.tour.tour import Tour

Begin = Callable[[int], tuple[MainWindow, Tour]]


def test_there_are_as_many_steps_as_the_command_line_offers() -> None:
    assert len(STEPS) == TOUR_STEPS == 8


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_each_step_says_what_to_try_what_to_see_and_whose_equation_it_is(step: Step) -> None:
    for html in (step.aim, step.see, step.equation, step.source):
        document = QTextDocument()
        document.setHtml(html)
        assert len(document.toPlainText()) > 10
        assert not set("<>&") & set(document.toPlainText().replace(" & ", " "))
    assert any(year in step.source for year in ("2014", "2016", "2017", "2018"))


@pytest.fixture(scope="module")
def builtin_window(qapp: QApplication) -> Iterator[MainWindow]:
    """One window for all steps; the tour of each test ends with its map as it was."""
    window = create_app(["vae-explorer", "builtin"], exec_app=False)
    window.resize(1100, 760)
    while window.explorer.image.pixels() is None or window._tasks:
        QTest.qWait(5)
    yield window
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def begin(builtin_window: MainWindow) -> Iterator[Begin]:
    """Begin the tour on a step."""

    def begin(number: int) -> tuple[MainWindow, Tour]:
        builtin_window.tours.open(number)
        assert builtin_window.tours.tour is not None
        return builtin_window, builtin_window.tours.tour

    yield begin
    if builtin_window.own.pad is not None:
        builtin_window.own.pad.canvas.clear()
    tour = builtin_window.tours.tour
    assert tour is not None
    tour.card.close()


def layers_on(window: MainWindow) -> set[str]:
    """The layers that are on besides those that a fresh map has."""
    return {layer.name for layer in window.explorer.view.layers if layer.state.on}


def ticked(tour: Tour) -> bool:
    return "tried" in tour.card.progress.text()


def show_me(qtbot: QtBot, tour: Tour) -> None:
    qtbot.mouseClick(tour.card.show_me, Qt.MouseButton.LeftButton)


def test_encode_opens_the_pad_and_shows_a_real_digit_which_it_takes_away_again(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(1)
    pad, layer = window.own.pad, window.explorer.view.layers.find(OwnImageLayer)
    assert pad is not None
    assert pad.isVisible()
    assert pad.canvas.empty
    assert not ticked(tour)
    show_me(qtbot, tour)
    qtbot.waitUntil(lambda: layer.shown is not None)
    assert ticked(tour)
    show_me(qtbot, tour)  # brings the handle there
    assert (window.explorer.code == layer.shown).all()
    tour.go(2)
    assert not pad.isVisible()
    assert pad.canvas.empty


def test_encode_leaves_what_the_person_has_drawn_alone(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(1)
    pad = window.own.pad
    assert pad is not None
    centre = QPointF(pad.canvas.rect().center())
    drag(pad.canvas, centre, centre + QPointF(20, 40))
    drawn = pad.canvas.pixels()
    assert ticked(tour)
    show_me(qtbot, tour)
    tour.go(2)
    assert (pad.canvas.pixels() == drawn).all()


def test_a_distribution_shows_the_posterior_of_an_image_and_moves_its_samples(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(2)
    layer = window.explorer.view.layers.find(PosteriorLayer)
    assert layers_on(window) == {"posterior"}
    assert window.explorer.code == pytest.approx(WIDE)
    qtbot.waitUntil(lambda: layer.posterior is not None)
    assert layer.posterior is not None
    assert layer.posterior.ellipse.deviations[0] > 0.1
    assert window.explorer.view.part is not None
    qtbot.mouseClick(layer.samples.button, Qt.MouseButton.LeftButton)
    assert ticked(tour)
    assert layer.samples.moving
    tour.go(3)
    assert not layer.samples.moving
    assert window.explorer.view.part is None


def test_the_hint_at_the_handle_does_not_cover_a_step(builtin_window: MainWindow, begin: Begin, tmp_path: Path) -> None:
    view = builtin_window.explorer.view
    teach(view, QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    begin(2)
    assert not view.findChild(HandleHint).isVisible()


def test_sample_draws_from_the_prior_by_key(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(3)
    assert layers_on(window) == {"prior"}
    window.activateWindow()  # the test before may have closed a dialog
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.explorer.view, Qt.Key.Key_R)
    assert window.explorer.code.any()
    assert ticked(tour)


def test_decode_notices_a_drag_of_the_handle(begin: Begin) -> None:
    window, tour = begin(4)
    view = window.explorer.view
    QApplication.processEvents()
    start = view.to_pixels(*view.handle_point)
    drag(view.viewport(), start, start + QPointF(40, 20))
    assert ticked(tour)


def test_decode_fills_the_map(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(4)
    show_me(qtbot, tour)
    assert layers_on(window) == {"images"}
    assert window.explorer.view.points.opacity < 0.5
    assert ticked(tour)


def test_interpolate_lays_a_path_and_travels_it(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(5)
    paths = window.explorer.path.paths
    assert paths is not None
    assert not paths.panel.isHidden()
    assert (paths.anchors.codes == np.array(ENDS, np.float32)).all()
    qtbot.waitUntil(paths.panel.play.isEnabled)
    show_me(qtbot, tour)
    qtbot.waitUntil(lambda: ticked(tour))
    tour.go(6)
    assert not paths.panel.playing
    assert paths.panel.isHidden()
    assert not len(paths.anchors.codes)


def test_gaps_notices_that_the_decoder_is_guessing(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(7)
    gauge = window.explorer.panel.gauge
    assert layers_on(window) == {"density"}
    qtbot.waitUntil(lambda: gauge.text == "well supported", timeout=10_000)
    assert not ticked(tour)
    show_me(qtbot, tour)
    assert window.explorer.code == pytest.approx(GAP)
    qtbot.waitUntil(lambda: ticked(tour), timeout=10_000)
    assert "guessing" in gauge.text


def test_the_elbo_shows_the_figures_without_blocking_and_closes_them(qtbot: QtBot, begin: Begin) -> None:
    window, tour = begin(8)
    show_me(qtbot, tour)
    show_me(qtbot, tour)
    (dialog,) = window.findChildren(QualityDialog)
    assert not dialog.isModal()
    assert ticked(tour)
    tour.go(7)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not window.findChildren(QualityDialog)


def test_a_step_is_undone_in_one_go(begin: Begin) -> None:
    window, tour = begin(3)
    tour.go(7)
    moves = window.explorer.moves
    moves.undo()  # the paler points
    moves.undo()
    assert layers_on(window) == {"prior"}
