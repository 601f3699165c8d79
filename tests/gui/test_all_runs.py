"""File > Runs and Compare with, in the main window."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.run.naming import rename_run
from vae_explorer.run.run import Run


def test_the_table_is_shown_once_and_asks_for_the_other_run(window: MainWindow, qtbot: QtBot) -> None:
    table = window.all_runs.ask_other()
    qtbot.waitUntil(lambda: "Select the run that tiny is compared with" in table.said.text(), timeout=10_000)
    assert window.all_runs.show_table() is table
    table.close()
    assert window.all_runs.show_table() is not table


def test_runs_that_are_compared_are_open_until_their_window_is_closed(
    window: MainWindow, tiny_run: Run, deep_run: Run, qtbot: QtBot
) -> None:
    window.all_runs.show_table().compare_wanted.emit(tiny_run.folder, deep_run.folder)
    qtbot.waitUntil(lambda: bool(window.all_runs.windows), timeout=10_000)
    assert deep_run.folder in window.all_runs.opened()
    shown = window.all_runs.windows[0]
    titles = [label.text() for label in shown.maps.findChildren(ElidedLabel)]
    for beginning in ("A   tiny (latent dimensions 2, epochs trained 2): ", "B   deep (latent dimensions 4, "):
        assert any(title.startswith(beginning) for title in titles)
    shown.close()
    assert window.all_runs.opened() == [tiny_run.folder]


def test_a_run_that_cannot_be_read_is_not_compared(window: MainWindow, tiny_run: Run, qtbot: QtBot) -> None:
    window.all_runs.compare(tiny_run.folder, tiny_run.folder / "gone")
    qtbot.waitUntil(lambda: "There is no run" in window.toast.text.text(), timeout=10_000)
    assert not window.all_runs.windows


def test_the_title_follows_a_new_name_of_the_open_run(
    open_window: Callable[..., MainWindow], tiny_run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = Path(shutil.copytree(tiny_run.folder, tmp_path / "tiny"))
    window = open_window(folder)
    rename_run(folder, "the better one")
    window.all_runs.show_table().renamed.emit(folder)
    qtbot.waitUntil(lambda: window.title.text().startswith("the better one: "), timeout=10_000)
