"""The end of a task is always reported, exactly once."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.background_task import BackgroundTask, begin


def outcome(qtbot: QtBot, task: BackgroundTask) -> list[object]:
    reported: list[object] = []
    task.returned.connect(lambda value: reported.append(("returned", value)))
    task.errored.connect(lambda text: reported.append(("errored", text)))
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
    return reported


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


def test_a_cancelled_task_only_emits_finished(qtbot: QtBot) -> None:
    started, go = threading.Event(), threading.Event()

    def work(progress: object) -> None:
        started.set()
        assert go.wait(5)
        progress("half", 0.5)  # type: ignore[operator]
        raise AssertionError("a cancelled task must leave at its next progress")

    task = BackgroundTask(work)
    reported: list[object] = []
    task.returned.connect(reported.append)
    task.errored.connect(reported.append)
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
        assert started.wait(5)
        task.cancel()
        go.set()
    assert reported == []


def test_a_task_cancelled_after_it_returned_reports_nothing(qtbot: QtBot) -> None:
    task = BackgroundTask(lambda _: 42)
    reported: list[object] = []
    task.returned.connect(reported.append)
    with qtbot.waitSignal(task.finished, timeout=5000):
        task.start()
        assert task.wait(5)
        task.cancel()
    assert reported == []


def test_begin_passes_on_the_result_or_the_error() -> None:
    assert begin(lambda: 6 * 7).result(10) == 42

    def fail() -> None:
        raise UserError("no such run")

    with pytest.raises(UserError, match="no such run"):
        begin(fail).result(10)
