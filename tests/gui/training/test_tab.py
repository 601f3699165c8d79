"""Training in the window: a real Keras fit on 512 real digits through the worker, by the buttons."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.chosen_set import ChosenSet
from vae_explorer.gui.parts.settings import open_settings, recent_runs
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.training.events import WRITING, BatchProgress, EpochEnded, Event, Finishing, Started


@pytest.fixture
def ready(window: MainWindow, npz: Path, tmp_path: Path) -> MainWindow:
    """The window with the Training tab set to the small data set and two epochs."""
    window.tabs.setCurrentWidget(window.training)
    form = window.training.settings
    form.choose_dataset(ChosenSet(str(npz)))
    form.epochs.setValue(2)
    form.batch_size.setValue(64)
    form.folder.setText(str(tmp_path / "trained"))
    return window


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def answer(text: str) -> None:
    """Click a button of the message box that will be open, with the event loop running."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            next(b for b in box.buttons() if b.text().replace("&", "") == text).click()
        else:
            QTimer.singleShot(50, look)

    QTimer.singleShot(50, look)


def train_long(window: MainWindow) -> None:
    window.training.settings.epochs.setValue(10_000)
    window.training.settings.batch_size.setValue(32)


def wait_for_event(qtbot: QtBot, window: MainWindow, kind: type) -> Event:
    seen: list[Event] = []
    window.training.worker.reported.connect(lambda event: seen.append(event) if isinstance(event, kind) else None)
    qtbot.waitUntil(lambda: bool(seen), timeout=60_000)
    return seen[0]


def test_start_trains_plots_saves_opens_and_remembers_the_run(qtbot: QtBot, ready: MainWindow, tmp_path: Path) -> None:
    events: list[Event] = []
    ready.training.worker.reported.connect(events.append)
    with qtbot.waitSignal(ready.training.worker.finished, timeout=90_000):
        click(qtbot, ready, "startButton")
        assert not ready.training.start.isEnabled()
        assert ready.training.stop.isEnabled()
        assert not ready.training.settings.isEnabled()
    run = open_run(tmp_path / "trained")
    assert run.info.status == "finished"
    assert [event.record.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2]
    steps = np.concatenate([event.steps for event in events if isinstance(event, BatchProgress)])
    np.testing.assert_array_equal(steps, np.arange(1, run.info.steps + 1))
    plot = ready.training.plot
    np.testing.assert_array_equal(plot._batches.whole.first, steps)
    np.testing.assert_allclose(plot._epochs.whole.mean[:, 3], [record.val_loss for record in run.history])
    assert tuple(plot.records) == run.history
    assert ready.minimumSizeHint().width() <= 1000
    qtbot.waitUntil(lambda: "trained" in ready.title.text(), timeout=10_000)
    assert ready.training.start.isEnabled()
    assert recent_runs(open_settings())[0] == tmp_path / "trained"
    assert ready.training.state.text().startswith("Done: held-out negative ELBO")


@pytest.mark.long
def test_pace_and_preview_follow_the_training_and_a_stop_in_mid_epoch_keeps_what_is_learned(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path
) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, EpochEnded)
    wait_for_event(qtbot, ready, BatchProgress)
    pace = ready.training.pace.text()
    for part in ("elapsed", "per epoch", "left", "images/s", "learning rate 0.00"):
        assert part in pace
    preview = ready.training.preview
    assert (preview.strip.sheet.width(), preview.strip.sheet.height()) == (280, 56)
    assert (preview.grid.sheet.width(), preview.grid.sheet.height()) == (8 * 28, 8 * 28)
    assert preview.bars.accessibleDescription().startswith("z1 ")
    with qtbot.waitSignal(ready.training.worker.finished, timeout=60_000):
        click(qtbot, ready, "stopButton")
    run = open_run(tmp_path / "trained")
    assert run.info.status == "stopped"
    assert 1 <= len(run.history) < 10_000
    qtbot.waitUntil(lambda: "stopped after epoch" in ready.title.text(), timeout=10_000)
    assert ready.training.state.text().startswith(f"Stopped after epoch {len(run.history)} of 10000: held-out")


@pytest.mark.long
def test_discard_asks_and_leaves_nothing(qtbot: QtBot, ready: MainWindow, tmp_path: Path, tiny_run: Run) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, BatchProgress)
    answer("Continue training")
    click(qtbot, ready, "discardButton")
    assert ready.training.worker.control.request == "run"
    with qtbot.waitSignal(ready.training.worker.finished, timeout=60_000):
        answer("Discard")
        click(qtbot, ready, "discardButton")
    assert not (tmp_path / "trained").exists()
    assert "Discarded" in ready.training.state.text()
    assert tiny_run.info.name in ready.title.text()


@pytest.mark.long
def test_explorer_follows_the_model_in_training_while_it_trains(qtbot: QtBot, ready: MainWindow) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, EpochEnded)
    explorer = ready.explorer
    assert explorer.live.isChecked()
    assert ready.title.text().startswith("live: deep in training")
    ready.tabs.setCurrentWidget(explorer)
    QApplication.processEvents()
    handle = explorer.view.findChild(QObject, "latentHandle")
    start = QPointF(handle.property("position"))
    drag(explorer.view.viewport(), start, start + QPointF(80, 40))
    wanted = [handle.property("z1"), handle.property("z2")]
    qtbot.waitUntil(lambda: np.allclose(explorer.image.code(), wanted, atol=1e-5), timeout=10_000)
    assert explorer.figures.text().startswith("LiteRT, live: decode")
    at_once = explorer.image.pixels()
    qtbot.waitUntil(lambda: not np.array_equal(explorer.image.pixels(), at_once), timeout=20_000)
    explorer.live.click()
    qtbot.waitUntil(lambda: explorer.figures.text().startswith("LiteRT"), timeout=10_000)
    assert "tiny" in ready.title.text()


@pytest.mark.long
def test_closing_while_training_can_be_cancelled_and_can_keep(qtbot: QtBot, ready: MainWindow, tmp_path: Path) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, BatchProgress)
    answer("Cancel")
    assert not ready.close()
    assert ready.isVisible()
    assert ready.training.worker.control.request == "run"
    answer("Stop and keep")
    ready.close()
    qtbot.waitUntil(lambda: not ready.isVisible(), timeout=60_000)
    assert open_run(tmp_path / "trained").info.status == "stopped"


@pytest.mark.long
def test_closing_while_training_can_discard(qtbot: QtBot, ready: MainWindow, tmp_path: Path) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, Started)
    answer("Discard")
    ready.close()
    qtbot.waitUntil(lambda: not ready.isVisible(), timeout=60_000)
    assert not (tmp_path / "trained").exists()


def test_occupied_folder_is_refused_with_a_sentence(qtbot: QtBot, ready: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / "thesis.txt").write_text("do not lose me")
    click(qtbot, ready, "startButton")
    assert "exists already" in ready.toast.text.text()
    assert not ready.training.worker.running
    assert (tmp_path / "trained" / "thesis.txt").read_text() == "do not lose me"


def test_images_that_the_preset_cannot_take_are_refused(qtbot: QtBot, ready: MainWindow, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (40, 20, 20), np.uint8)
    np.savez(tmp_path / "small.npz", x_train=images)
    ready.training.settings.choose_dataset(ChosenSet(str(tmp_path / "small.npz")))
    ready.training.settings.preset.setCurrentIndex(ready.training.settings.preset.findData("blog"))
    with qtbot.waitSignal(ready.training.worker.finished, timeout=60_000):
        click(qtbot, ready, "startButton")
    assert "grey images of 28 x 28 only" in ready.toast.text.text()
    assert not (tmp_path / "trained").exists()
    assert ready.training.start.isEnabled()


def test_presets_set_their_usual_settings_and_blog_beta_follows_the_dimension(window: MainWindow) -> None:
    form = window.training.settings
    form.preset.setCurrentIndex(form.preset.findData("blog"))
    assert (form.epochs.value(), form.batch_size.value()) == (10, 128)
    assert form.beta.value() == pytest.approx(0.392)
    form.latent_dim.setValue(4)
    assert form.beta.value() == pytest.approx(0.196)
    form.beta.setValue(2.0)
    form.latent_dim.setValue(8)
    assert form.beta.value() == 2.0
    assert form.config().beta == 2.0


def test_settings_come_back_at_the_next_launch(open_window: Callable[..., MainWindow], tiny_run: Run) -> None:
    first = open_window(tiny_run.folder)
    form = first.training.settings
    form.preset.setCurrentIndex(form.preset.findData("keras-io"))
    form.seed.setValue(7)
    form.learning_rate.setValue(0.0004)
    form.pixels.setCurrentIndex(form.pixels.findData("binarized"))
    form.likelihood.setCurrentIndex(form.likelihood.findData("bernoulli"))
    form.note.setText("my note")
    form.folder.setText(str(tiny_run.folder))
    wanted = form.config()
    assert wanted.pixels == "binarized"
    assert wanted.likelihood == "bernoulli"
    first.close()
    again = open_window(tiny_run.folder).training.settings
    assert again.config() == wanted
    assert again.note.text() == "my note"
    assert again.folder.text() == f"{tiny_run.folder}-2"  # where there is a run, no other can be written


def test_the_form_begins_with_the_images_at_hand(window: MainWindow, tiny_run: Run, npz: Path) -> None:
    form = window.training.settings
    assert form.source == "mnist"
    images = replace(tiny_run.info.dataset, source=str(npz), name="at hand")
    run = replace(tiny_run, info=replace(tiny_run.info, dataset=images))
    window.training.set_run(run)
    assert form.dataset.chosen() == ChosenSet(str(npz), images.options, "at hand")
    other = replace(run, info=replace(run.info, dataset=replace(images, source=str(npz.parent))))
    window.training.set_run(other)
    assert form.source == str(npz)  # a choice of other images stays


def test_a_sigma_is_asked_for_where_it_is_fixed(window: MainWindow, tiny_run: Run) -> None:
    form = window.training.settings
    assert form.config().likelihood == "usual"
    for name in ("usual", "bernoulli", "gaussian", "gaussian-fixed"):
        form.likelihood.setCurrentIndex(form.likelihood.findData(name))
        assert form.sigma.isEnabled() == (name == "gaussian-fixed")
        assert form.config().likelihood == name
        assert (form.config().sigma is None) == (name != "gaussian-fixed")
    form.sigma.setValue(0.25)
    wanted = form.config()
    assert wanted.sigma == 0.25
    form.likelihood.setCurrentIndex(0)
    form.take(wanted, tiny_run.info.dataset)
    assert form.config() == wanted
    assert form.sigma.isEnabled()


def test_scrolling_over_the_form_changes_no_setting(ready: MainWindow) -> None:
    form = ready.training.settings
    ready.activateWindow()
    form.seed.setFocus()
    for field in (form.epochs, form.dataset, form.learning_rate):
        before = form.config(), form.source
        middle = QPointF(field.rect().center())
        wheel = QWheelEvent(
            middle, QPointF(field.mapToGlobal(middle)), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, wheel)
        assert (form.config(), form.source) == before


@pytest.mark.long
def test_opening_another_run_while_training_keeps_the_classes_apart(qtbot: QtBot, ready: MainWindow) -> None:
    train_long(ready)
    click(qtbot, ready, "startButton")
    wait_for_event(qtbot, ready, EpochEnded)
    ready.open_run(find_run(BUILTIN))
    qtbot.waitUntil(lambda: ready.title.text().startswith("built-in"), timeout=20_000)
    assert not ready.explorer.live.isChecked()
    assert ready.explorer.live.isEnabled()
    ready.explorer.live.click()
    wait_for_event(qtbot, ready, EpochEnded)
    assert ready.shown.shows_live
    assert ready.shown.subject.columns.class_names == ready.shown.source.columns.class_names  # type: ignore[union-attr]


def test_the_evaluation_that_ends_a_training_can_be_skipped(qtbot: QtBot, window: MainWindow) -> None:
    training, stop = window.training, window.training.stop
    training._set_running(True)
    training._take_event(Finishing("Evaluating held-out images", 0.2))
    assert stop.isEnabled()
    assert stop.text() == "Skip evaluation"
    stop.click()
    assert training.worker.control.skipping
    assert training.worker.control.request == "run"
    training._take_event(Finishing("Evaluating held-out images", 0.3))
    assert not stop.isEnabled()
    training._take_event(Finishing(WRITING, 0.1))
    assert not stop.isEnabled()
    training._set_running(False)
    assert stop.text() == "Stop"
    assert stop.toolTip().startswith("End now and keep")
