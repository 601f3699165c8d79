"""Exporting a page from the window, and opening one in it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drop
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.gui.dialogs import page_dialog
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import open_settings, recent_runs, run_to_open
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run


def test_what_is_chosen_is_exported(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The system's own dialog has no events to send.
    monkeypatch.setattr(page_dialog, "ask_where", lambda *_: tmp_path / "page.html")
    dialog = window.exports.ask_page()
    assert dialog is not None
    dialog.points.setValue(50)
    save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Wrote" in window.toast.text.text(), timeout=60_000)
    assert "The decoder runs in the page." in window.toast.text.text()
    assert len(read_page(tmp_path / "page.html").codes.label) == 50


def test_it_says_whether_the_data_are_in_the_page(qtbot: QtBot, window: MainWindow) -> None:
    dialog = window.exports.ask_page()
    assert dialog is not None
    assert window.shown.run is not None
    count = len(window.shown.run.codes.label)
    assert dialog.options() == PageOptions(points=min(count, 10_000), plane=window.explorer.plane)
    assert "these images" in dialog.private.text()
    dialog.data.click()
    assert not dialog.options().data
    assert "no latent codes, no images" in dialog.private.text()
    assert not dialog.points.isEnabled()
    dialog.reject()


def test_of_a_run_without_data_there_are_none_to_choose(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    codes = tiny_run.codes
    none = codes.take(slice(0))
    dialog = page_dialog.PageDialog(dataclasses.replace(tiny_run, codes=none), window)
    assert not dialog.data.isEnabled()
    assert dialog.options() == PageOptions(data=False, points=1)


def test_a_page_opens_as_a_run(
    qtbot: QtBot, open_window: Callable[..., MainWindow], window: MainWindow, tiny_run: Run, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    write_page(tiny_run, page)
    drop(window, page)
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == page, timeout=20_000)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert window.explorer.view.points_shown == len(tiny_run.codes.label)
    assert "MNIST-512, dense" in window.title.text()
    expected = window.explorer.image.pixels()
    assert expected is not None
    settings = open_settings()
    assert recent_runs(settings)[0] == page
    assert run_to_open(None, settings)[0] == page
    np.testing.assert_array_equal(open_window(page).explorer.image.pixels(), expected)
