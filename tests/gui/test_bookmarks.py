"""Bookmarks in the window: set, listed with thumbnails, gone to, renamed, removed, and all of it undone."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.bookmarks import _place
from vae_explorer.run.places import BUILTIN

Open = Callable[..., MainWindow]


def names(window: MainWindow) -> list[str]:
    return [mark.name for mark in window.bookmarks.marks()]


def refuse(*_: object, **__: object) -> None:
    """What a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_bookmarks_are_set_listed_gone_to_and_undone(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(BUILTIN)
    tab, moves = window.explorer, window.explorer.moves
    subject = window.shown.subject
    assert subject is not None
    row = int(np.argmin(np.abs(subject.z_mean).sum(axis=1)))
    name = subject.columns.class_names[subject.label[row]]
    for _ in range(2):
        tab.go_to_code(subject.z_mean[row])
        window.findChild(QAction, "addBookmarkAction").trigger()
    assert names(window) == [name, f"{name} (2)"]
    dialog = window.bookmarks.show()
    qtbot.waitUntil(lambda: not dialog.list.item(1).icon().isNull(), timeout=10_000)

    tab.go_home()
    at = dialog.list.visualItemRect(dialog.list.item(1)).center()
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    np.testing.assert_allclose(tab.code, subject.z_mean[row], atol=1e-6)
    moves.undo()
    assert not tab.code.any()

    dialog.list.item(0).setText("  the first ")
    assert names(window) == ["the first", f"{name} (2)"] == [dialog.list.item(at).text() for at in range(2)]
    dialog.list.item(0).setText("")  # refused
    assert dialog.list.item(0).text() == "the first"
    dialog.list.setCurrentRow(0)
    dialog.remove.click()
    assert names(window) == [f"{name} (2)"]
    for expected in (["the first", f"{name} (2)"], [name, f"{name} (2)"]):
        moves.undo()
        assert names(window) == expected == [dialog.list.item(at).text() for at in range(2)]
    moves.redo()
    assert names(window) == ["the first", f"{name} (2)"]


def test_a_damaged_file_is_explained_and_left_alone(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(BUILTIN)
    assert window.shown.run is not None
    path = _place(window.shown.run)
    path.parent.mkdir(parents=True)
    path.write_text("something else")
    window.bookmarks.add()
    assert "mend or delete" in window.toast.text.text()
    assert path.read_text() == "something else"
    assert window.explorer.moves.count() == 0


def test_an_undo_that_cannot_be_written_is_explained_and_can_be_tried_again(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(BUILTIN)
    moves = window.explorer.moves
    undo, redo = (window.findChild(QAction, name) for name in ("undoAction", "redoAction"))
    window.bookmarks.add()
    first = names(window)
    window.bookmarks.rename(window.bookmarks.marks()[0], "other")

    for action, before, after in ((undo, ["other"], first), (redo, first, ["other"])):
        index, dialog = moves.index(), window.bookmarks.show()
        with monkeypatch.context() as patch:
            patch.setattr(Path, "touch", refuse)
            for _ in range(2):
                window.toast.text.setText("")
                action.trigger()
                assert "disk is full" in window.toast.text.text()
                assert names(window) == before == [dialog.list.item(at).text() for at in range(dialog.list.count())]
                assert moves.index() == index
                assert action.isEnabled()
        action.trigger()
        assert names(window) == after
        dialog.close()


def test_a_name_that_cannot_be_written_does_not_stay_in_the_list(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(BUILTIN)
    window.bookmarks.add()
    dialog, before = window.bookmarks.show(), names(window)

    monkeypatch.setattr(Path, "touch", refuse)
    dialog.list.item(0).setText("other")
    assert [dialog.list.item(0).text()] == names(window) == before


def test_what_cannot_be_written_is_explained_and_no_step(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(BUILTIN)
    window.bookmarks.add()
    before, steps = names(window), window.explorer.moves.count()

    monkeypatch.setattr(Path, "touch", refuse)
    for change in (
        window.bookmarks.add,
        lambda: window.bookmarks.rename(window.bookmarks.marks()[0], "other"),
        lambda: window.bookmarks.remove(window.bookmarks.marks()[0]),
    ):
        window.toast.text.setText("")
        change()
        assert "disk is full" in window.toast.text.text()
        assert names(window) == before
        assert window.explorer.moves.count() == steps
