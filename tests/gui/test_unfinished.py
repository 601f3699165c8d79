"""When the window searches for interrupted trainings."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.settings import open_settings, remember_training
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.gui.unfinished import UnfinishedTrainings


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """The folders of each search."""
    looked: list[list[Path]] = []

    def find_unfinished(folders: object) -> list[Path]:
        looked.append(list(folders))  # type: ignore[call-overload]
        return []

    monkeypatch.setattr("vae_explorer.run.folder.find_unfinished", find_unfinished)
    return looked


@pytest.fixture
def unfinished(qtbot: QtBot, qapp: QObject) -> UnfinishedTrainings:
    return UnfinishedTrainings(open_settings(), RunningTasks(), qapp)


def test_it_looks_where_a_training_was_begun(
    qtbot: QtBot, unfinished: UnfinishedTrainings, found: list[list[Path]], tmp_path: Path
) -> None:
    remember_training(unfinished._settings, tmp_path / "elsewhere")
    with qtbot.waitSignal(unfinished.found, timeout=10_000) as brought:
        unfinished.look()
    assert brought.args == [[]]
    assert found == [[tmp_path / "elsewhere"]]


def test_it_looks_once_however_many_runs_are_opened(
    qtbot: QtBot, unfinished: UnfinishedTrainings, found: list[list[Path]]
) -> None:
    unfinished._timer.setInterval(10)
    with qtbot.waitSignal(unfinished.found, timeout=10_000):
        unfinished.look_once()
    unfinished.look_once()
    qtbot.wait(100)
    assert len(found) == 1


def test_a_window_that_closes_first_does_not_search(
    qtbot: QtBot, unfinished: UnfinishedTrainings, found: list[list[Path]]
) -> None:
    unfinished._timer.setInterval(50)
    unfinished.look_once()
    unfinished.end()
    qtbot.wait(200)
    assert found == []
