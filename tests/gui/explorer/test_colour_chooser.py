"""Colouring the map of a real run by class, number and cluster."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.errors import UserError
from vae_explorer.exploring import clusters
from vae_explorer.exploring.colouring import LEVELS, find_range, range_texts
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting.figure import Paper, no_progress, to_pixels
from vae_explorer.gui.dialogs.picture_forms import MapForm
from vae_explorer.gui.explorer import colour_chooser
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.hover_card import HoverCard
from vae_explorer.latent.palette import as_rgb, value_colours
from vae_explorer.run.run import Run


@pytest.fixture
def shown(window: MainWindow, tiny_run: Run) -> Subject:
    """The small run with a column of numbers, one of which is not known."""
    subject = run_subject(tiny_run, None)
    values = np.square(subject.z_mean).sum(axis=1, keepdims=True)
    values[0] = np.nan
    columns = replace(subject.columns, value_names=("distance <b>",), values=values)
    subject = replace(subject, columns=columns)
    window.explorer.show_subject(subject)
    return subject


def choose(window: MainWindow, text: str) -> None:
    combo = window.explorer.colours.combo
    combo.setCurrentText(text)
    combo.activated.emit(combo.currentIndex())


def test_every_class_and_column_can_be_chosen(window: MainWindow, shown: Subject) -> None:
    combo = window.explorer.colours.combo
    assert [combo.itemText(index) for index in range(combo.count())] == [
        "class",
        "distance <b>",
        "group",
        "cluster",
        "reconstruction error",
        "KL of the image",
        "density",
        "distance to nearest",
        "one colour",
    ]
    assert combo.currentText() == "class"
    assert window.explorer.view.points.classes.isVisible()


def test_by_a_number_with_its_range_as_the_legend(window: MainWindow, shown: Subject) -> None:
    choose(window, "distance <b>")
    view = window.explorer.view
    assert view.points.bar.isVisible()
    assert not view.points.classes.isVisible()
    assert view.points.bar.title.text() == "distance <b>"
    assert view.points.bar.title.textFormat() == Qt.TextFormat.PlainText
    found = find_range(shown.columns.values[:, 0])
    assert found is not None
    assert (view.points.bar.low.text(), view.points.bar.high.text()) == range_texts(found, "distance <b>")
    assert view.points.bar.note.text() == "held-out strong,\nthe others pale\ngrey: unknown"
    assert view.points_shown == len(shown.label)
    assert view.points.drawing._look.rgb.shape == (3 * (LEVELS + 1), 3)
    row = int(np.argmax(shown.columns.values[:, 0] > 1))
    x, y = shown.plane[row].tolist()
    view.getPlotItem().setRange(xRange=(x - 0.05, x + 0.05), yRange=(y - 0.05, y + 0.05))
    window.explorer.go_to(x + 2, y)
    mouse(view.viewport(), QEvent.Type.MouseMove, view.to_pixels(x, y) + QPointF(0, 0), Qt.MouseButton.NoButton)
    card = view.findChild(HoverCard, "hoverCard")
    assert card.text.text().startswith("distance <b> ")


def test_in_one_colour(window: MainWindow, shown: Subject) -> None:
    choose(window, "one colour")
    view = window.explorer.view
    assert not view.points.bar.isVisible()
    assert not view.points.classes.isVisible()
    assert len({tuple(colour) for colour in view.points.drawing._look.rgb.tolist()}) == 1
    assert view.points_shown == len(shown.label)


@pytest.mark.long
def test_by_cluster_and_a_click_hides_one(qtbot: QtBot, window: MainWindow, shown: Subject) -> None:
    window.explorer.colours.clusters.setValue(3)
    choose(window, "cluster")
    view = window.explorer.view
    qtbot.waitUntil(lambda: view.points.classes.isVisible(), timeout=60_000)
    assert window.explorer.colours.clusters.isVisible()
    assert view.colouring is not None
    assert view.colouring.names == ("cluster 1", "cluster 2", "cluster 3")
    view.points.classes.toggle(1)
    assert view.points_shown == int((view.colouring.style != 1).sum())
    window.explorer.colours.clusters.setValue(2)
    qtbot.waitUntil(lambda: view.colouring.names == ("cluster 1", "cluster 2"), timeout=60_000)
    assert view.points_shown == len(shown.label)


def test_the_choice_stays_for_the_next_subject_that_offers_it(
    window: MainWindow, shown: Subject, tiny_run: Run
) -> None:
    choose(window, "distance <b>")
    window.explorer.show_subject(run_subject(tiny_run, None))
    assert window.explorer.colours.combo.currentText() == "class"
    assert window.explorer.view.points.classes.isVisible()
    assert not window.explorer.view.points.bar.isVisible()
    window.explorer.show_subject(shown)
    assert window.explorer.colours.combo.currentText() == "distance <b>"
    assert window.explorer.view.points.bar.isVisible()


def test_without_scikit_learn_an_error_says_how_to_install_it(
    qtbot: QtBot, window: MainWindow, shown: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(codes: np.ndarray, count: int | None) -> np.ndarray:
        raise UserError(clusters.MISSING)

    monkeypatch.setattr(colour_chooser, "find_clusters", missing)
    choose(window, "cluster")
    qtbot.waitUntil(lambda: window.toast.isVisible() and "pip install" in window.toast.text.text())
    assert window.explorer.colours.combo.currentText() == "class"
    assert window.explorer.view.points.classes.isVisible()
    assert not window.explorer.moves.canUndo(), "a refused choice leaves no empty step"


def test_a_refused_choice_goes_back_to_the_one_before(
    qtbot: QtBot, window: MainWindow, shown: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(codes: np.ndarray, count: int | None) -> np.ndarray:
        raise UserError(clusters.MISSING)

    monkeypatch.setattr(colour_chooser, "find_clusters", missing)
    choose(window, "distance <b>")
    choose(window, "cluster")
    qtbot.waitUntil(lambda: window.toast.isVisible() and "pip install" in window.toast.text.text())
    assert window.explorer.colours.combo.currentText() == "distance <b>"
    assert window.explorer.view.points.bar.isVisible()
    assert (window.explorer.moves.count(), window.explorer.moves.canRedo()) == (1, False)
    window.explorer.moves.undo()
    assert window.explorer.colours.combo.currentText() == "class"


def test_a_picture_of_the_map_has_the_colours_of_the_explorer(qtbot: QtBot, window: MainWindow, shown: Subject) -> None:
    choose(window, "distance <b>")
    window._run_subject = shown
    dialog = window.exports.export_picture()
    assert dialog is not None
    form = next(form for form in dialog.forms if isinstance(form, MapForm))
    figure = form.drawing()(Paper(8, 100), no_progress)
    texts = [text.get_text() for text in figure.texts]
    low, high = range_texts(find_range(shown.columns.values[:, 0]), "distance <b>")
    assert {f"distance <b> {low}", high, "unknown"} <= set(texts)
    pixels = to_pixels(figure).reshape(-1, 3)
    lowest, *_, highest = as_rgb(value_colours(LEVELS))
    for colour in (lowest, highest):
        assert (np.abs(pixels.astype(int) - colour).max(axis=1) < 40).any()
    dialog.reject()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=20_000)
