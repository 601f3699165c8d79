"""Exporting from the menus of the window."""

from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.gui.main_window import MainWindow


def test_the_menu_opens_the_pictures_of_what_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.findChild(QAction, "exportGridAction").trigger()
    dialog = window.findChild(QDialog, "pictureDialog")
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_page_is_exported_in_the_background(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.exports.export_html(tmp_path / "page.html", PageOptions())
    qtbot.waitUntil(lambda: "Wrote" in window.toast.text.text(), timeout=60_000)
    assert "<!DOCTYPE html>" in (tmp_path / "page.html").read_text(encoding="utf-8")[:200]


def test_a_picture_that_cannot_be_written_is_explained(window: MainWindow, tmp_path: Path) -> None:
    window.exports.write_image(tmp_path / "nowhere" / "image.png")
    assert "does not exist" in window.toast.text.text()
    assert not (tmp_path / "nowhere").exists()
