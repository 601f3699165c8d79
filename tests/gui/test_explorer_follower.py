"""The explorer follows what is shown, without unnecessary updates."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer_follower import ExplorerFollower
from vae_explorer.gui.shown import Shown
from vae_explorer.run.run import Run
from vae_explorer.training.events import Preview, Started


class Explorer(QObject):
    """Records what it is asked to show."""

    live_wanted = Signal(bool)
    class_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []
        self.live = self.locate = False

    def show_subject(self, subject: Subject, same: bool, images_missing: bool) -> None:
        self.asked.append((subject, same))
        self.locate = images_missing

    def show_locate(self, on: bool) -> None:
        self.locate = on

    def set_live(self, available: bool, on: bool) -> None:
        self.live = available and on


class Replay(QObject):
    """Records which runs it is offered."""

    begun, ended = Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[Run | None] = []

    def offer(self, run: Run | None) -> None:
        self.offered.append(run)


class States:
    """Records which runs are entered, after the one before has been left."""

    def __init__(self) -> None:
        self.entered: list[Run | None] = []
        self.left = 0

    def leave(self) -> None:
        self.left += 1

    def enter(self, run: Run | None) -> None:
        assert self.left == len(self.entered) + 1
        self.entered.append(run)


@pytest.fixture
def parts(tiny_run: Run, tiny_subject: Subject) -> tuple[Shown, Explorer, Replay]:
    """What is shown, an explorer and a replay, with the small run open."""
    shown, explorer, replay = Shown(), Explorer(), Replay()
    ExplorerFollower(shown, explorer, replay, States())  # type: ignore[arg-type]
    shown.open_run(tiny_run, tiny_subject)
    return shown, explorer, replay


def test_an_opened_run_is_shown_again_and_offered_for_replay(
    parts: tuple[Shown, Explorer, Replay],
    tiny_run: Run,
    tiny_subject: Subject,
) -> None:
    shown, explorer, replay = parts
    assert explorer.asked == [(tiny_subject, False)]
    assert replay.offered == [tiny_run]
    other = replace(tiny_run)
    shown.open_run(other, tiny_subject)
    assert explorer.asked[1:] == [(tiny_subject, False)]
    assert replay.offered[1:] == [other]


def test_images_that_are_found_keep_the_view(
    parts: tuple[Shown, Explorer, Replay],
    tiny_run: Run,
    tiny_subject: Subject,
) -> None:
    shown, explorer, replay = parts
    shown.images_not_found(tiny_run)
    assert explorer.locate
    assert len(explorer.asked) == 1
    found = replace(tiny_subject)
    shown.images_found(tiny_run, found)
    assert explorer.asked[1:] == [(found, True)]
    assert not explorer.locate
    assert replay.offered == [tiny_run]


def test_the_model_in_training_is_shown_until_it_ends(
    parts: tuple[Shown, Explorer, Replay],
    tiny_run: Run,
    tiny_subject: Subject,
    started: Started,
    preview: Preview,
) -> None:
    shown, explorer, replay = parts
    shown.set_training(True)
    shown.follow(started)
    assert explorer.live  # the checkbox is on before there is a model to show
    assert len(explorer.asked) == 1
    shown.follow(preview)
    shown.follow(preview)
    assert [same for _, same in explorer.asked] == [False, False, True]
    explorer.live_wanted.emit(False)
    assert not explorer.live
    shown.follow(preview)
    assert explorer.asked[3:] == [(tiny_subject, False)]
    assert replay.offered == [tiny_run, None, tiny_run]
    explorer.live_wanted.emit(True)
    shown.set_training(False)
    assert not explorer.live
    assert explorer.asked[-1] == (tiny_subject, False)


def test_a_replay_shows_its_moments_itself_and_ends_with_the_run(
    parts: tuple[Shown, Explorer, Replay],
    tiny_run: Run,
    tiny_subject: Subject,
) -> None:
    shown, explorer, replay = parts
    replay.begun.emit()
    assert shown.replaying
    found = replace(tiny_subject)
    shown.images_found(tiny_run, found)
    assert len(explorer.asked) == 1
    assert replay.offered == [tiny_run]
    replay.ended.emit()
    assert explorer.asked[1:] == [(found, True)]
    assert replay.offered == [tiny_run, tiny_run]


def test_the_checkbox_is_reset_if_there_is_nothing_to_show(parts: tuple[Shown, Explorer, Replay]) -> None:
    _, explorer, _ = parts
    explorer.live = True
    explorer.live_wanted.emit(True)
    assert not explorer.live
