"""What a training does after each batch and each epoch, without Keras: requests, pauses, reports and their times."""

import threading
import time
from typing import Any

import numpy as np
import pytest

from tests.training.test_course import CONFIG, STEPS
from vae_explorer.run.history import EpochRecord
from vae_explorer.training import reporting
from vae_explorer.training.course import Course
from vae_explorer.training.epochs import Epochs
from vae_explorer.training.events import BatchProgress, Control, EpochEnded, Event, Paused
from vae_explorer.training.reporting import Reporter
from vae_explorer.training.task import Watcher

BATCH = np.array([[100.0, 95.0, 5.0]], np.float32)  # the losses of one step
LOSSES = dict.fromkeys(EpochRecord.__slots__[1:7], 100.0)


class Silent:
    """Replaces the live model and the keeper, and counts the calls."""

    network = None

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object) -> tuple[str, str]:
            self.asked.append(name)
            return "z_mean", "z_log_var"

        return ask


class Training:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.control = Control()
        watcher = Watcher(self.events.append, self.control)
        self.course = Course(CONFIG, STEPS, None)
        self.reporter = Reporter(self.course, 469, lambda: 0.001, self.events.append)
        self.live, self.keeper = Silent(), Silent()
        self.epochs = Epochs(watcher, self.course, self.reporter, self.live, self.keeper)  # type: ignore[arg-type]

    def all(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    monkeypatch.setattr(reporting, "REPORT_SECONDS", 1e9)
    return Training()


def test_a_whole_epoch_is_counted_kept_and_reported(training: Training) -> None:
    training.epochs.begin()
    assert not any(training.epochs.end_steps(BATCH) for _ in range(STEPS))
    assert not training.epochs.end_validation_batch()
    assert not training.epochs.end(LOSSES, 0.001)
    assert (training.course.step, training.course.epoch) == (STEPS, 2)
    assert [event.record.epoch for event in training.all(EpochEnded)] == [1]
    assert training.keeper.asked == ["keep_epoch", "keep_snapshot"]
    assert np.concatenate([event.steps for event in training.all(BatchProgress)]).tolist() == list(range(1, STEPS + 1))


def test_each_of_several_steps_of_one_call_is_counted_and_reported(training: Training) -> None:
    training.epochs.begin()
    assert not training.epochs.end_steps(BATCH + np.arange(3, dtype=np.float32)[:, None])
    training.reporter.report()
    assert training.course.step == 3
    (reported,) = training.all(BatchProgress)
    assert reported.steps.tolist() == [1, 2, 3]
    assert reported.losses[:, 0].tolist() == [100, 101, 102]


def test_steps_after_a_loss_that_is_no_number_do_not_count(training: Training) -> None:
    training.epochs.begin()
    assert training.epochs.end_steps(np.concatenate([BATCH, BATCH * np.nan, BATCH]))
    training.reporter.report()
    assert training.all(BatchProgress)[0].steps.tolist() == [1]
    assert training.course.step == 2


@pytest.mark.parametrize("request_", ["stop", "discard"])
def test_a_request_ends_at_the_next_step_and_the_epoch_is_not_kept(training: Training, request_: str) -> None:
    training.epochs.begin()
    assert not training.epochs.end_steps(BATCH)
    getattr(training.control, request_)()
    assert training.epochs.end_steps(BATCH)
    assert training.epochs.end_validation_batch()
    training.epochs.end(LOSSES, 0.001)
    assert training.epochs.interrupted
    assert training.course.history == ()
    assert training.keeper.asked == []


def test_a_request_during_the_validation_breaks_the_epoch_off(training: Training) -> None:
    training.epochs.begin()
    training.epochs.end_steps(BATCH)
    training.control.stop()
    assert training.epochs.end_validation_batch()
    training.epochs.end(LOSSES, 0.001)
    assert training.course.history == ()


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_a_loss_that_is_no_number_ends_it_with_a_sentence(training: Training, loss: float) -> None:
    training.epochs.begin()
    assert training.epochs.end_steps(np.array([[loss, 95.0, 5.0]], np.float32))
    assert training.epochs.interrupted
    assert training.epochs.failure.startswith("The loss stopped being a finite number in epoch 1: lower the learning")
    training.reporter.report()
    assert training.all(BatchProgress) == []


def test_a_validation_loss_that_is_no_number_ends_it_and_is_no_row(training: Training) -> None:
    training.epochs.begin()
    training.epochs.end_steps(BATCH)
    assert training.epochs.end(LOSSES | {"val_loss": np.nan}, 0.001)
    assert training.epochs.failure
    assert training.course.history == ()


def test_the_time_of_a_pause_does_not_count(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(training.control, "wait_while_paused", lambda: now.__setitem__(0, now[0] + 600) or 600.0)
    training.reporter = Reporter(training.course, 469, lambda: 0.001, training.events.append)
    watcher = Watcher(training.events.append, training.control)
    epochs = Epochs(watcher, training.course, training.reporter, training.live, training.keeper)  # type: ignore[arg-type]
    epochs.begin()
    now[0] += 1
    training.control.pause()
    epochs.end_steps(BATCH)
    training.control.go_on()
    for _ in range(STEPS - 1):
        now[0] += 1
        epochs.end_steps(BATCH)
    epochs.end(LOSSES, 0.001)
    assert [event.on for event in training.all(Paused)] == [True, False]
    first, last = training.all(BatchProgress)[0], training.all(BatchProgress)[-1]
    assert (first.elapsed, last.elapsed) == (1, STEPS)
    assert last.seconds_left == 4 * STEPS
    assert last.images_per_second == pytest.approx(469 / STEPS)
    assert training.course.history[0].seconds == STEPS


def test_a_stop_ends_a_pause(training: Training) -> None:
    training.epochs.begin()
    training.control.pause()
    threading.Timer(0.05, training.control.stop).start()
    assert training.epochs.end_steps(BATCH)
    assert [event.on for event in training.all(Paused)] == [True, False]
    assert training.epochs.interrupted
