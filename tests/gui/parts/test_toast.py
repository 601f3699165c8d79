"""The strip of messages: where it lies, what follows from a message, and what is kept."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import LOG_HAS_MORE
from vae_explorer.gui.parts.toast import Follow, open_folder
from vae_explorer.gui.text_dialog import TextDialog

SHORT, LONG = "Copied the decoded image.", "The folder has no images that can be read, so choose another one. " * 4


def settle() -> None:
    """Let the layouts follow; the panel's width follows the window's height."""
    for _ in range(4):
        QApplication.processEvents()


def place(window: MainWindow, widget: QWidget, rect: QRect | None = None) -> QRect:
    """Where a widget, or a rectangle of it, lies in the window."""
    return (rect or widget.rect()).translated(widget.mapTo(window, QPoint(0, 0)))


def covered(window: MainWindow) -> list[QRect]:
    """What the strip covers of the tabs and of all that is to be seen."""
    bar = window.tabs.tabBar()
    seen = [place(window, each) for each in (window.title, window.menuBar(), window.explorer)]
    seen += [place(window, bar, bar.tabRect(index)) for index in range(bar.count())]
    return [rect for rect in seen if rect.intersects(place(window, window.toast))]


@pytest.mark.parametrize("size", [(1360, 860), (1000, 700)])
@pytest.mark.parametrize("text", [SHORT, LONG])
def test_it_covers_nothing(window: MainWindow, size: tuple[int, int], text: str) -> None:
    window.toast._leave()  # what was said at the launch
    window.resize(*size)
    settle()
    before = window.explorer.view.size()
    window.toast.note(text, [Follow("Undo", lambda: None)] * 2)
    settle()
    assert window.toast.isVisible()
    assert covered(window) == []
    assert window.toast.width() >= window.toast.minimumSizeHint().width()
    if text == SHORT:
        assert window.explorer.view.size() == before  # the map stays as it is
    window.toast._leave()
    settle()
    assert window.explorer.view.size() == before


def test_what_follows_is_offered_once(qtbot: QtBot, window: MainWindow) -> None:
    done: list[str] = []
    toast, follows = window.toast, [Follow(name, partial(done.append, name)) for name in ("Open it", "Open folder")]
    for button, name in ((toast.follow, "Open it"), (toast.second, "Open folder")):
        toast.note("Wrote it.", follows)
        assert button.text() == button.accessibleName() == name
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert done.pop() == name
        assert not toast.isVisible()
    toast.note("One thing follows.", follows[:1])
    assert toast.follow.isVisible()
    assert not toast.second.isVisible()
    toast.note("Nothing follows.")
    assert not toast.follow.isVisible()


def test_errors_that_the_log_tells_more_of_offer_it(monkeypatch: pytest.MonkeyPatch, window: MainWindow) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    for text in (f"Drawing failed: no memory ({LOG_HAS_MORE})", f"It went wrong (drawing). {LOG_HAS_MORE}."):
        window.toast.error(text)
        assert "Help" not in window.toast.text.text()
        assert window.toast.text.text().endswith(".")
        window.toast.follow.click()
    assert [Path(name).name for name in opened] == ["vae-explorer.log"] * 2


def test_the_folder_of_a_file_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    for path in (tmp_path, tmp_path / "picture.png"):
        open_folder(path).do()
    assert opened == [str(tmp_path)] * 2


def test_long_notes_stay_longer_and_all_are_kept(window: MainWindow) -> None:
    window.toast.note(SHORT)
    short = window.toast._timer.interval()
    window.toast.note(LONG)
    assert window.toast._timer.interval() > short + 5000
    window.toast.error("No <b>such</b> file.")
    window.findChild(QAction, "messagesAction").trigger()
    dialog = window.findChild(TextDialog, "messagesDialog")
    assert dialog is not None
    text = dialog.text.toPlainText()
    assert text.index("No <b>such</b> file.") < text.index(LONG.strip()) < text.index(SHORT)


def test_before_the_first_message_the_list_says_so(window: MainWindow) -> None:
    window.toast.kept.clear()
    window.findChild(QAction, "messagesAction").trigger()
    dialog = window.findChild(TextDialog, "messagesDialog")
    assert dialog is not None
    assert dialog.text.toPlainText() == "There was no message yet."
    assert not dialog.isModal()
