"""Only the newest waiting request is carried out; without a window."""

import threading

from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.latest_worker import LatestWorker


class Slow:
    """A function that records its arguments, and waits until the test releases it."""

    def __init__(self) -> None:
        self.calls: list[float] = []
        self.entered, self.go = threading.Event(), threading.Event()

    def __call__(self, value: float) -> float:
        self.calls.append(value)
        self.entered.set()
        assert self.go.wait(10)
        if value < 0:
            raise ValueError("no such value")
        return 2 * value


def test_requests_that_wait_are_replaced_by_the_newest(qtbot: QtBot) -> None:
    slow = Slow()
    worker = LatestWorker(slow, "doubling")
    answers: list[tuple[int, float]] = []
    worker.answered.connect(lambda generation, answer: answers.append((generation, answer)))
    first = worker.request(0.5)
    assert slow.entered.wait(10)
    for i in range(1, 100):
        newest = worker.request(i)
    slow.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=10_000)
    assert slow.calls == [0.5, 99]
    assert answers == [(first, 1.0), (newest, 198)]
    worker.end()


def test_an_error_is_reported_and_the_next_request_is_answered(qtbot: QtBot) -> None:
    slow = Slow()
    slow.go.set()
    worker = LatestWorker(slow, "doubling")
    with qtbot.waitSignal(worker.errored, timeout=10_000) as error:
        worker.request(-1.0)
    assert error.args[0].startswith("Doubling failed: no such value")
    with qtbot.waitSignal(worker.answered, timeout=10_000):
        worker.request(0.5)
    worker.end()
    assert worker._thread is not None
    assert not worker._thread.is_alive()
