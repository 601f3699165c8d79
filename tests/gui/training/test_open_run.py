"""The Training tab while nothing is in training: it shows the open run."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.run.test_imported import MODEL
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.training.open_run import OpenRun, steps_per_epoch, summary
from vae_explorer.gui.training.run_header import settings_text
from vae_explorer.gui.training.views import TrainingViews
from vae_explorer.run.config import training_config
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage


@pytest.fixture
def views(qtbot: QtBot) -> TrainingViews:
    views = TrainingViews(lambda: "run")
    qtbot.addWidget(views)
    views.resize(700, 640)
    views.show()
    return views


@pytest.fixture
def open_run(views: TrainingViews) -> OpenRun:
    return OpenRun(views, views)


def test_the_tab_shows_the_open_run_from_the_first_look_on(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    training = window.training
    assert tuple(training.plot.records) == tiny_run.history
    assert training.preview.strip.sheet.isNull()  # nothing is decoded for a tab that nobody looks at
    window.tabs.setCurrentWidget(training)
    preview = training.preview
    qtbot.waitUntil(lambda: not preview.strip.sheet.isNull(), timeout=20_000)
    assert (preview.grid.sheet.width(), preview.strip.sheet.height()) == (8 * 28, 2 * 28)
    assert preview.bars.accessibleDescription().startswith("z1 ")
    assert training.views.header.name.text() == tiny_run.info.name
    assert training.state.text().startswith("Trained for 2 epochs, in 0:")
    training.settings.epochs.setValue(77)
    training.findChild(QPushButton, "useSettingsButton").click()
    assert training.settings.epochs.value() == 2


def test_of_an_imported_model_it_says_what_is_not_known_and_what_to_do(
    qtbot: QtBot, open_run: OpenRun, views: TrainingViews, tiny_run: Run
) -> None:
    imported = replace(tiny_run, info=replace(tiny_run.info, origin=MODEL), history=())
    open_run.show(imported)
    assert "imported" in views.plot._empty
    assert "press Start" in views.plot._empty
    assert not views.header.use.isEnabled()
    assert "imported" in views.header.settings.text()
    qtbot.waitUntil(lambda: not views.preview.grid.sheet.isNull(), timeout=20_000)


def test_another_run_replaces_one_whose_preview_is_still_being_decoded(
    qtbot: QtBot, open_run: OpenRun, views: TrainingViews, tiny_run: Run, deep_run: Run
) -> None:
    open_run.show(tiny_run)
    open_run.show(deep_run)
    qtbot.waitUntil(lambda: "z4" in views.preview.bars.accessibleDescription(), timeout=20_000)
    assert len(views.plot.records) == 1


def test_a_training_that_begins_shows_nothing_of_the_open_run(
    qtbot: QtBot, open_run: OpenRun, views: TrainingViews, tiny_run: Run
) -> None:
    open_run.show(tiny_run)
    qtbot.waitUntil(lambda: not views.preview.grid.sheet.isNull(), timeout=20_000)
    open_run.leave()
    views.begin(training_config("dense"), tiny_run.folder.parent / "next", "digits")
    assert views.preview.grid.sheet.isNull()
    assert views.plot.records == []
    assert views.header.name.text() == "In training: next"
    assert views.header.settings.text().startswith("digits, dense")


def test_settings_that_are_not_usual_are_named() -> None:
    assert settings_text(training_config("dense"), "").split(", ") == [
        "dense", "2 latent dimensions", "beta 1", "12 epochs", "batches of 128", "learning rate 0.0035 falling to 0",
        "seed 0",
    ]  # fmt: skip
    unusual = settings_text(
        training_config("conv", latent_dim=1, limit=500, kl_warmup=3, patience=2, likelihood="gaussian"), "cats"
    )
    for words in ("cats", "1 latent dimension", "at most 500 images", "KL warm-up 3", "patience 2", "Gaussian pixels"):
        assert words in unusual.split(", ") or words in unusual


def test_the_steps_of_an_epoch_are_known_of_a_run_and_of_a_page(tiny_run: Run) -> None:
    steps = tiny_run.info.steps // tiny_run.info.epochs
    assert steps_per_epoch(tiny_run) == steps
    page = replace(tiny_run, storage=InPage(tiny_run.folder), codes=tiny_run.codes.take(slice(3)))
    assert steps_per_epoch(page) == steps
    assert steps_per_epoch(replace(tiny_run, info=replace(tiny_run.info, origin=MODEL))) == 1


def test_a_run_that_was_stopped_says_so(tiny_run: Run) -> None:
    config = replace(tiny_run.info.trained_with(), epochs=5)
    stopped = replace(tiny_run, info=replace(tiny_run.info, status="stopped", origin=config))
    assert summary(stopped).startswith("Stopped after epoch 2 of 5, in ")
    assert summary(replace(stopped, history=(), info=replace(stopped.info, epochs=0))) == (
        "Stopped in the first epoch of 5"
    )


def test_the_header_of_a_long_name_does_not_widen_the_window(views: TrainingViews, tiny_run: Run) -> None:
    before = views.minimumSizeHint().width()
    views.header.show_run(replace(tiny_run.info, name="a very long name " * 40))
    assert views.minimumSizeHint().width() == before
