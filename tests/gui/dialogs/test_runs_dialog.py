"""File > Runs: the table of all runs, on real folders."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.dialogs import deleting_runs, runs_dialog
from vae_explorer.gui.dialogs.deleting_runs import why_not_delete
from vae_explorer.gui.dialogs.runs_dialog import RunsDialog
from vae_explorer.gui.dialogs.runs_model import COLUMNS, NAME, NOTE
from vae_explorer.run.opening import read_info
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.places import NOTE as NOTE_FILE
from vae_explorer.run.run import Run


@pytest.fixture
def runs(tiny_run: Run, deep_run: Run, tmp_path: Path) -> Path:
    """A folder with two runs, and one that is damaged; the system has a trash."""
    Path(os.environ["XDG_DATA_HOME"]).mkdir(parents=True)
    folder = tmp_path / "runs"
    for name, run in (("one", tiny_run), ("two", deep_run), ("three", deep_run)):
        shutil.copytree(run.folder, folder / name)
    (folder / "three" / "history.csv").write_text("damaged", encoding="utf-8")
    return folder


@pytest.fixture
def show(qtbot: QtBot, runs: Path) -> Callable[..., RunsDialog]:
    """Opens the table, and waits until all runs are read and checked."""
    parent = QWidget()
    qtbot.addWidget(parent)

    def show(*opened: Path) -> RunsDialog:
        dialog = RunsDialog(runs, [], lambda: opened, parent)
        dialog.show()
        qtbot.waitUntil(lambda: bool(dialog.model.records) and not dialog._tasks, timeout=10_000)
        return dialog

    return show


def texts(dialog: RunsDialog, column: str) -> list[str]:
    number = [each.title for each in COLUMNS].index(column)
    return [dialog.order.index(row, number).data() for row in range(dialog.order.rowCount())]


def test_the_runs_are_sorted_by_a_column(show: Callable[..., RunsDialog]) -> None:
    dialog = show()
    number = [each.title for each in COLUMNS].index("z")
    dialog.table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    assert texts(dialog, "z") == ["4", "4", "2", "2"]
    dialog.table.sortByColumn(number, Qt.SortOrder.AscendingOrder)
    assert texts(dialog, "z") == ["2", "2", "4", "4"]


def test_what_is_not_known_is_sorted_last(show: Callable[..., RunsDialog], runs: Path) -> None:
    (runs / "two" / "run.toml").write_text("", encoding="utf-8")
    dialog = show()
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        dialog.table.sortByColumn([each.title for each in COLUMNS].index("z"), order)
        assert texts(dialog, "z")[-1] == ""


def test_a_damaged_run_is_listed_with_its_reason_and_cannot_be_opened(
    show: Callable[..., RunsDialog], runs: Path
) -> None:
    dialog = show()
    dialog.table.select(runs / "three")
    assert "history.csv is not the file that was written" in dialog.said.text()
    assert not dialog.open_button.isEnabled()
    assert "history.csv" in dialog.open_button.toolTip()
    assert "damaged" in texts(dialog, "Model")
    assert dialog.delete_button.isEnabled()


def test_two_runs_are_compared_or_one_with_the_open_run(
    show: Callable[..., RunsDialog], runs: Path, qtbot: QtBot
) -> None:
    dialog = show(runs / "one")
    assert "hold Ctrl for the second" in dialog.said.text()
    dialog.table.select(runs / "two")
    with qtbot.waitSignal(dialog.compare_wanted) as asked:
        dialog.compare_button.click()
    assert asked.args == [runs / "one", runs / "two"]
    dialog.table.select(runs / "one")
    assert not dialog.compare_button.isEnabled()
    dialog.table.select(runs / "one", find_run(BUILTIN))
    with qtbot.waitSignal(dialog.compare_wanted) as asked:
        dialog.compare_button.click()
    assert set(asked.args) == {runs / "one", find_run(BUILTIN)}


def test_name_and_note_are_written_when_they_are_edited(
    show: Callable[..., RunsDialog], runs: Path, qtbot: QtBot
) -> None:
    dialog = show()
    dialog.table.select(runs / "two")
    index = dialog.table.selectionModel().selectedRows(NAME)[0]
    with qtbot.waitSignal(dialog.renamed):
        assert dialog.order.setData(index, "better")
    assert read_info(runs / "two").name == "better"
    assert dialog.order.setData(index.siblingAtColumn(NOTE), "to be cited")
    assert (runs / "two" / NOTE_FILE).read_text(encoding="utf-8") == "to be cited\n"
    assert not dialog.order.setData(index, "two\nlines")
    assert "one line" in dialog.said.text()


def test_a_deleted_run_is_in_the_trash_and_comes_back(show: Callable[..., RunsDialog], runs: Path) -> None:
    dialog = show()
    dialog.table.select(runs / "two")
    dialog.delete_button.click()
    assert not (runs / "two").exists()
    assert "moved to the trash" in dialog.said.text()
    assert dialog.order.rowCount() == 3
    dialog.undo_button.click()
    assert (runs / "two" / "run.toml").exists()
    assert dialog.order.rowCount() == 4
    assert not dialog.undo_button.isVisible()


def test_an_open_run_and_the_built_in_one_are_not_deleted(show: Callable[..., RunsDialog], runs: Path) -> None:
    dialog = show(runs / "one")
    for path, why in ((runs / "one", "It is open"), (find_run(BUILTIN), "belongs to the program")):
        dialog.table.select(path)
        assert not dialog.delete_button.isEnabled()
        assert why in dialog.delete_button.toolTip()
        dialog.delete()
        assert path.exists()
    assert why_not_delete(runs / "two", [runs / "one"]) == ""


@pytest.mark.parametrize("sure", [False, True])
def test_without_a_trash_the_person_is_asked(
    show: Callable[..., RunsDialog], runs: Path, monkeypatch: pytest.MonkeyPatch, sure: bool
) -> None:
    def answer(question: QMessageBox) -> int:
        assert question.defaultButton().text() == "Cancel"
        text = "Delete for good" if sure else "Cancel"
        next(button for button in question.buttons() if button.text() == text).click()
        return 0

    monkeypatch.setattr(runs_dialog, "move_to_trash", lambda _: None)
    monkeypatch.setattr(deleting_runs.QMessageBox, "exec", answer)
    dialog = show()
    dialog.table.select(runs / "two")
    dialog.delete()
    QApplication.processEvents()
    assert (runs / "two").exists() is not sure
    assert not dialog.undo_button.isVisible()


def test_runs_before_one_that_is_refused_can_be_taken_back(
    show: Callable[..., RunsDialog], runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = show()
    dialog.table.select(runs / "one", runs / "two")
    first, second = (record.path for record in dialog.table.selected())
    monkeypatch.setattr(dialog, "_opened", lambda: [second])
    dialog.delete()
    assert not first.exists()
    assert second.exists()
    assert "It is open" in dialog.said.text()
    dialog.undo_button.click()
    assert first.exists()
