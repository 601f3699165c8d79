"""Colouring the map by figures that are measured in the background."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.colouring import range_texts
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.colour_offers import FIGURE
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.progress import Progress


def choose(tab: ExplorerTab, name: str) -> None:
    combo = tab.colours.combo
    combo.setCurrentIndex(combo.findData(name))
    combo.activated.emit(combo.currentIndex())


def title(tab: ExplorerTab) -> str:
    return "" if tab.view.colouring is None else tab.view.colouring.title


def measured_as(monkeypatch: pytest.MonkeyPatch, name: str, measure: Callable[[Subject, Progress], np.ndarray]) -> None:
    monkeypatch.setitem(FIGURES, name, replace(FIGURES[name], measure=measure))


def test_a_figure_has_a_bar_with_its_unit_and_is_told_of_the_point(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject
) -> None:
    choose(tab, FIGURE + "kl")
    qtbot.waitUntil(lambda: title(tab) == "KL of the image")
    colouring, bar = tab.view.colouring, tab.view.points.bar
    assert colouring is not None
    assert colouring.range is not None
    assert bar.isVisible()
    assert bar.unit.text() == "nats per image"
    assert (bar.low.text(), bar.high.text()) == range_texts(colouring.range, colouring.title)
    assert bar.accessibleName().endswith("nats per image")
    row = int(np.argmax(np.abs(subject.plane[:, 0])))  # beside all others
    tab.view.hover.move_to(tab.view.to_pixels(*subject.plane[row].tolist()) + QPointF(0, 0))
    assert tab.view.hover._card.text.text().startswith("KL of the image ")
    tab.moves.undo()
    assert (title(tab), bar.isVisible()) == ("class", False)


def test_what_cannot_be_measured_is_disabled_with_the_reason(tab: ExplorerTab, subject: Subject) -> None:
    choose(tab, FIGURE + "kl")
    tab.show_subject(replace(subject, z_log_var=None))
    combo = tab.colours.combo
    model, row = combo.model(), combo.findData(FIGURE + "kl")
    assert isinstance(model, QStandardItemModel)
    assert not model.item(row).isEnabled()
    assert "variances" in combo.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert combo.currentText() == "class"
    tab.show_subject(subject)
    assert combo.currentText() == "KL of the image"
    assert model.item(row).isEnabled()


def test_the_progress_is_said_and_another_choice_ends_it(
    qtbot: QtBot, tab: ExplorerTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, ended = threading.Event(), threading.Event()

    def slow(subject: Subject, progress: Progress) -> np.ndarray:
        try:
            progress("", 0.25)
            go_on.wait(10)
            progress("", 0.5)
        finally:
            ended.set()
        return np.zeros(len(subject.z_mean), np.float32)

    measured_as(monkeypatch, "distance", slow)
    choose(tab, FIGURE + "distance")
    qtbot.waitUntil(lambda: tab.colours.state.text() == "measuring… 25%")
    assert tab.colours.state.isVisible()
    choose(tab, "class")
    assert not tab.colours.state.isVisible()
    go_on.set()
    assert ended.wait(10)
    choose(tab, FIGURE + "kl")
    qtbot.waitUntil(lambda: title(tab) == "KL of the image")


def test_a_figure_is_measured_once_but_the_density_again_for_another_plane(
    qtbot: QtBot, tab: ExplorerTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counted(name: str) -> Callable[[Subject, Progress], np.ndarray]:
        original = FIGURES[name].measure

        def measure(subject: Subject, progress: Progress) -> np.ndarray:
            calls.append(name)
            return original(subject, progress)

        return measure

    for name in ("kl", "density"):
        measured_as(monkeypatch, name, counted(name))
        choose(tab, FIGURE + name)
        qtbot.waitUntil(lambda name=name: title(tab) == FIGURES[name].title)
        choose(tab, "class")
        choose(tab, FIGURE + name)
        assert title(tab) == FIGURES[name].title
    assert calls == ["kl", "density"]
    before = tab.view.colouring
    tab.show_plane((2, 1))
    qtbot.waitUntil(lambda: tab.view.colouring is not before)
    assert calls == ["kl", "density", "density"]
    choose(tab, FIGURE + "kl")
    assert title(tab) == "KL of the image"


def test_a_model_in_training_is_coloured_by_the_newest_that_is_measured(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), threading.Event()
    original = FIGURES["distance"].measure

    def slow(one: Subject, progress: Progress) -> np.ndarray:
        asked.set()
        go_on.wait(10)
        progress("", 0.5)
        return original(one, progress)

    measured_as(monkeypatch, "distance", slow)
    live = replace(subject, run=None, z_log_var=None, images_key="a training")
    tab.show_subject(live)
    choose(tab, FIGURE + "distance")
    assert asked.wait(10)
    newer = replace(live, z_mean=live.z_mean * 2)
    tab.show_subject(newer, same=True)
    shown = []
    tab.colours.chosen.connect(lambda colouring: shown.append(float(np.nansum(colouring.values))))
    go_on.set()
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown[1] == pytest.approx(2 * shown[0], rel=1e-3)


def test_in_a_replay_the_figure_follows_the_moment(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    moment = replace(subject, run=None, z_log_var=None, images_key="a replay")
    tab.show_moment(moment)
    choose(tab, FIGURE + "distance")
    qtbot.waitUntil(lambda: title(tab) == FIGURES["distance"].title)
    first = tab.view.colouring
    assert first is not None
    assert first.values is not None
    tab.show_moment(replace(moment, z_mean=moment.z_mean * 3))
    assert tab.view.colouring is first
    assert not tab.colours.state.isVisible()
    qtbot.waitUntil(lambda: tab.view.colouring is not first)
    np.testing.assert_allclose(tab.view.colouring.values, 3 * first.values, rtol=1e-3)
    choose(tab, "class")
    tab.show_moment(moment)
    assert title(tab) == "class"
