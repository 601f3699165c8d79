"""gui/parts/save_dialog.py: the folder that it opens, and endings. Qt's own dialog answers as a person would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.save_dialog import ask_where

KINDS = "PNG pictures (*.png);;SVG pictures (*.svg)"
Answer = Callable[[QFileDialog], bool]


@pytest.fixture
def ask(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Path | None]:
    parent = QWidget()
    qtbot.addWidget(parent)

    def ask_it(answer: Answer) -> Path | None:
        monkeypatch.setattr(QFileDialog, "exec", answer)
        return ask_where(parent, "Save", "run_z=0.71,1.79.png", KINDS)

    return ask_it


def chosen_in(folder: Path, name: str) -> Answer:
    def answer(dialog: QFileDialog) -> bool:
        dialog.setDirectory(str(folder))
        dialog.selectFile(name)
        return True

    return answer


def test_it_opens_where_was_last_saved(ask: Callable[[Answer], Path | None], tmp_path: Path) -> None:
    seen = []

    def cancel(dialog: QFileDialog) -> bool:
        seen.append((Path(dialog.directory().absolutePath()), Path(dialog.selectedFiles()[0]).name))
        return False

    (tmp_path / "mine").mkdir()
    assert ask(chosen_in(tmp_path / "mine", "a.png")) == tmp_path / "mine" / "a.png"
    assert ask(cancel) is None
    assert seen == [(tmp_path / "mine", "run_z=0.71,1.79.png")]
    (tmp_path / "mine").rmdir()
    ask(cancel)
    assert seen[1][0] != tmp_path / "mine", "a folder that is gone is not opened"


@pytest.mark.parametrize(
    ("typed", "saved"), [("a", "a.png"), ("z=0.71,1.79", "z=0.71,1.79.png"), ("a.svg", "a.svg"), ("a.jpg", "a.jpg")]
)
def test_decimals_are_no_ending(ask: Callable[[Answer], Path | None], tmp_path: Path, typed: str, saved: str) -> None:
    assert ask(chosen_in(tmp_path, typed)) == tmp_path / saved


def test_another_kind_changes_the_ending_and_keeps_the_decimals(
    ask: Callable[[Answer], Path | None], tmp_path: Path
) -> None:
    def choose_svg(dialog: QFileDialog) -> bool:
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile("z=0.71,1.79")
        dialog.filterSelected.emit("SVG pictures (*.svg)")
        return True

    assert ask(choose_svg) == tmp_path / "z=0.71,1.79.svg"


def test_a_file_of_which_qt_has_not_asked_is_asked_of(ask: Callable[[Answer], Path | None], tmp_path: Path) -> None:
    (tmp_path / "z=1.5.png").touch()
    names = iter(["z=1.5", "b.png"])
    assert ask(lambda dialog: chosen_in(tmp_path, next(names))(dialog)) == tmp_path / "b.png"
