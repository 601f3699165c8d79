"""A task's end is always told, and told once."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.background_task import BackgroundTask, begin


def outcome(qtbot: QtBot, task: BackgroundTask) -> list[object]:
    told: list[object] = []
    task.returned.connect(lambda value: told.append(("returned", value)))
    task.errored.connect(lambda text: told.append(("errored", text)))
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
    return told


def test_value_is_returned(qtbot: QtBot) -> None:
    assert outcome(qtbot, BackgroundTask(lambda _: 42)) == [("returned", 42)]


def test_user_error_arrives_as_its_sentence(qtbot: QtBot) -> None:
    def fail(progress: object) -> None:
        raise UserError("The file is gone: choose another.")

    assert outcome(qtbot, BackgroundTask(fail)) == [("errored", "The file is gone: choose another.")]


def test_any_other_error_names_itself_and_the_log(qtbot: QtBot) -> None:
    def fail(progress: object) -> None:
        raise ZeroDivisionError("division by zero")

    [(kind, text)] = outcome(qtbot, BackgroundTask(fail))  # type: ignore[misc]
    assert kind == "errored"
    assert "ZeroDivisionError" in text
    assert "Open log" in text


def test_cancelled_task_tells_only_that_it_is_finished(qtbot: QtBot) -> None:
    started, go = threading.Event(), threading.Event()

    def work(progress: object) -> None:
        started.set()
        assert go.wait(5)
        progress("half", 0.5)  # type: ignore[operator]
        raise AssertionError("a cancelled task must leave at its next progress")

    task = BackgroundTask(work)
    told: list[object] = []
    task.returned.connect(told.append)
    task.errored.connect(told.append)
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
        assert started.wait(5)
        task.cancel()
        go.set()
    assert told == []


def test_cancelled_when_its_value_is_already_on_the_way_it_tells_nothing(qtbot: QtBot) -> None:
    task = BackgroundTask(lambda _: 42)
    told: list[object] = []
    task.returned.connect(told.append)
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
        assert task.wait(5)
        task.cancel()
    assert told == []


def test_what_was_begun_hands_on_its_result_or_its_error() -> None:
    assert begin(lambda: 6 * 7).result(10) == 42

    def fail() -> None:
        raise UserError("no such run")

    with pytest.raises(UserError, match="no such run"):
        begin(fail).result(10)
