"""The row over the loss plot, by its fields and buttons."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from vae_explorer.gui.training import loss_controls
from vae_explorer.gui.training.loss_controls import LossControls
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.run.history import EpochRecord

RECORD = EpochRecord(1, 150.0, 140.0, 10.0, 151.0, 141.0, 10.0, 1.0, 1e-3)


@pytest.fixture
def controls(qtbot: QtBot) -> LossControls:
    plot = LossPlot()
    controls = LossControls(plot)
    for widget in (plot, controls):
        qtbot.addWidget(widget)
    controls.show()
    return controls


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("rangeCombo", "newest", [None, 1000, 10_000]),
        ("unitCombo", "by_epoch", [False, True]),
        ("scaleCombo", "log", [False, True]),
    ],
)
def test_choices_change_the_look(
    qtbot: QtBot, controls: LossControls, name: str, field: str, values: list[object]
) -> None:
    combo = controls.findChild(QComboBox, name)
    seen = [getattr(controls._plot.look, field)]
    for _ in values[1:]:
        qtbot.keyClick(combo, Qt.Key.Key_Down)
        seen.append(getattr(controls._plot.look, field))
    assert seen == values


def test_smoothing_is_off_until_it_is_turned_up(qtbot: QtBot, controls: LossControls) -> None:
    assert controls.smoothing.text() == "off"
    qtbot.keyClick(controls.smoothing, Qt.Key.Key_Up)
    assert controls._plot.look.smoothing == 1


def test_without_an_epoch_there_is_nothing_to_save(controls: LossControls) -> None:
    assert not controls.save.isEnabled()
    controls._plot.add_epoch(RECORD)
    assert controls.save.isEnabled()
    controls._plot.clear(1)
    assert not controls.save.isEnabled()


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.csv", b"epoch,loss")])
def test_losses_are_saved_as_the_name_says(
    qtbot: QtBot, controls: LossControls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, start: bytes
) -> None:
    controls._plot.add_epoch(RECORD)
    monkeypatch.setattr(loss_controls, "ask_where", lambda *_: tmp_path / name)
    with qtbot.waitSignal(controls.offered, timeout=60_000):
        qtbot.mouseClick(controls.save, Qt.MouseButton.LeftButton)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_the_table_has_the_rows_of_a_runs_history(tmp_path: Path) -> None:
    loss_controls.write_losses(tmp_path / "a.csv", "mine", (RECORD, RECORD), lambda *_: None)
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert list(rows[0]) == list(EpochRecord.__slots__)
    assert float(rows[1]["val_loss"]) == RECORD.val_loss


def test_a_file_that_cannot_be_written_is_reported(
    qtbot: QtBot, controls: LossControls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controls._plot.add_epoch(RECORD)
    monkeypatch.setattr(loss_controls, "ask_where", lambda *_: tmp_path / "nowhere" / "a.csv")
    with qtbot.waitSignal(controls.errored, timeout=60_000) as errored:
        qtbot.mouseClick(controls.save, Qt.MouseButton.LeftButton)
    assert "does not exist" in errored.args[0]
