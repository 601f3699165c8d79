"""The time bar: by mouse, by keyboard, and while playing."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.time_bar import TimeBar

EPOCHS = (0, 1, 2, 4, 8, 9)
LOSSES = {epoch: 200.0 - epoch for epoch in range(1, 10)}


@pytest.fixture
def bar(qtbot: QtBot) -> TimeBar:
    bar = TimeBar()
    qtbot.addWidget(bar)
    bar.resize(700, 48)
    bar.offer(EPOCHS, LOSSES)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def click(qtbot: QtBot, bar: TimeBar, epoch: int) -> None:
    at = QPoint(bar.slider.position_of(epoch), bar.slider.height() // 2)
    qtbot.mouseClick(bar.slider, Qt.MouseButton.LeftButton, pos=at)


def test_it_starts_at_the_last_epoch_and_shows_its_loss(bar: TimeBar) -> None:
    assert (bar.slider.minimum(), bar.slider.maximum(), bar.slider.value()) == (0, 9, 9)
    assert bar.text.text() == "epoch 9 of 9\nvalidation 191.0 nats"
    assert not bar.final.isEnabled()


@pytest.mark.parametrize("epochs", [(), (3,)])
def test_with_fewer_than_two_snapshots_there_is_no_bar(bar: TimeBar, epochs: tuple[int, ...]) -> None:
    bar.offer(epochs, LOSSES)
    assert not bar.isVisible()


@pytest.mark.parametrize(("clicked", "shown"), [(0, 0), (4, 4), (7, 8), (5, 4)])
def test_a_click_goes_to_the_nearest_snapshot(qtbot: QtBot, bar: TimeBar, clicked: int, shown: int) -> None:
    moved: list[float] = []
    bar.moved.connect(moved.append)
    click(qtbot, bar, clicked)
    assert moved[-1] == bar.slider.value() == shown
    assert bar.text.text().startswith(f"epoch {shown} of 9")


def test_arrows_go_from_snapshot_to_snapshot_and_no_further(qtbot: QtBot, bar: TimeBar) -> None:
    moved: list[float] = []
    bar.moved.connect(moved.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown):
        qtbot.keyClick(bar.slider, key)
    assert moved == [8, 4, 8, 0, 0]
    assert bar.text.text() == "epoch 0 of 9\nuntrained"


def test_the_space_bar_plays_from_the_start_and_pauses_at_a_snapshot(qtbot: QtBot, bar: TimeBar) -> None:
    moved: list[float] = []
    bar.moved.connect(moved.append)
    bar.ready = True
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar.playing
    assert bar.play.playing
    qtbot.waitUntil(lambda: bar.epoch > 1.2, timeout=10_000)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert not bar.playing
    assert moved[0] == 0
    assert moved == sorted(moved[:-1]) + moved[-1:]
    assert any(epoch % 1 for epoch in moved)
    assert moved[-1] == bar.epoch
    assert bar.epoch in EPOCHS


def test_it_stops_at_the_end_and_begins_again(qtbot: QtBot, bar: TimeBar) -> None:
    bar.ready = True
    bar.speed.setCurrentIndex(3)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert bar.playing
    qtbot.waitUntil(lambda: not bar.playing, timeout=10_000)
    assert bar.epoch == 9
    assert not bar.play.playing
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert bar.epoch < 9


def test_playing_waits_until_the_snapshots_are_read(qtbot: QtBot, bar: TimeBar) -> None:
    bar.toggle()
    qtbot.wait(120)
    assert bar.epoch == 0


def test_pressing_the_handle_pauses(qtbot: QtBot, bar: TimeBar) -> None:
    bar.ready = True
    bar.toggle()
    click(qtbot, bar, 4)
    assert not bar.playing
    assert bar.epoch == 4


def test_the_text_has_the_same_width_at_every_epoch(qtbot: QtBot, bar: TimeBar) -> None:
    width = bar.text.width()
    for epoch in EPOCHS:
        click(qtbot, bar, epoch)
        assert bar.text.width() == width >= bar.text.sizeHint().width()


@pytest.mark.parametrize(("last", "width"), [(3, 200), (9, 700), (60, 300), (500, 300), (3000, 150)])
def test_the_numbers_fit_and_include_the_last(bar: TimeBar, last: int, width: int) -> None:
    bar.offer((0, last), {})
    numbers = bar._scale.numbers
    numbers.resize(width, 14)
    shown = numbers.shown()
    assert (shown[0], shown[-1]) == (0, last)
    assert len(shown) <= max(3, width // 30)


def test_damaged_snapshots_are_left_out(bar: TimeBar) -> None:
    bar.keep_to((0, 1, 4))
    assert bar.slider.maximum() == 4
    assert bar.epoch == 4
