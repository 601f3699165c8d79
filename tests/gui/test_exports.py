"""Exporting from the menus of the window."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.gui import exports
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


def test_the_image_is_saved_under_run_and_place_and_tells_them(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> Path:
        proposed.append(name)
        return tmp_path / name

    monkeypatch.setattr(exports, "ask_where", choose)
    window.findChild(QDoubleSpinBox, "z1Spin").setValue(0.71)
    window.findChild(QDoubleSpinBox, "z2Spin").setValue(-1.5)
    window.exports.save_image()
    assert proposed == ["tiny_z=0.71,-1.50.png"]
    with Image.open(tmp_path / proposed[0]) as picture:
        assert picture.info["Title"] == "tiny: image decoded at z=0.71,-1.50"
        assert picture.info["Description"].startswith("tiny: MNIST-512")
