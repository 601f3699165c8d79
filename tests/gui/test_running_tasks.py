"""The tasks of a window are kept while they run, and cancelled when it closes."""

import threading

from pytestqt.qtbot import QtBot

from vae_explorer.errors import UserError
from vae_explorer.gui.running_tasks import RunningTasks


def test_a_task_is_kept_until_it_has_ended(qtbot: QtBot) -> None:
    tasks, go_on = RunningTasks(), threading.Event()
    returned: list[int] = []

    def work(progress: object) -> int:
        go_on.wait(10)
        return 3

    tasks.start(work, returned.append, lambda _: None)
    assert len(tasks) == 1
    go_on.set()
    qtbot.waitUntil(lambda: not tasks, timeout=10_000)
    assert returned == [3]


def test_an_error_is_reported_in_a_sentence(qtbot: QtBot) -> None:
    tasks = RunningTasks()
    said: list[str] = []

    def fail(progress: object) -> None:
        raise UserError("The disk is full.")

    tasks.start(fail, lambda _: None, said.append)
    qtbot.waitUntil(lambda: not tasks, timeout=10_000)
    assert said == ["The disk is full."]


def test_a_cancelled_task_reports_nothing(qtbot: QtBot) -> None:
    tasks, go_on = RunningTasks(), threading.Event()
    brought: list[object] = []
    tasks.start(lambda _: go_on.wait(10), brought.append, brought.append)
    tasks.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: not tasks, timeout=10_000)
    assert brought == []
