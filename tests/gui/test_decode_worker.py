"""Latest wins, without a window."""

import threading

import numpy as np
from pytestqt.qtbot import QtBot

from vae_explorer.exploring import Answer, Subject
from vae_explorer.gui.decode_worker import DecodeWorker, Request


class SlowDecoder:
    """A decoder whose image says which z it was given, and which waits to be let go."""

    latent_dim = 2
    engine = "slow"

    def __init__(self) -> None:
        self.calls: list[float] = []
        self.entered, self.go = threading.Event(), threading.Event()

    def __call__(self, z: np.ndarray) -> np.ndarray:
        self.calls.append(float(z[0, 0]))
        self.entered.set()
        assert self.go.wait(10)
        return np.full((len(z), 16, 16, 1), z[0, 0], np.float32)


def subject_with(decoder: SlowDecoder) -> Subject:
    nothing = np.empty(0, np.int64)
    return Subject(
        "slow", decoder, (16, 16, 1), np.empty((0, 2), np.float32), np.empty((0, 2), np.float32),
        nothing.astype(np.int32), nothing.astype(np.uint8), (), np.empty((0, 16, 16, 1), np.uint8), nothing,
    )  # fmt: skip


def test_requests_that_wait_are_replaced_by_the_newest(qtbot: QtBot) -> None:
    worker, decoder = DecodeWorker(), SlowDecoder()
    subject = subject_with(decoder)
    answers: list[tuple[Request, Answer]] = []
    worker.answered.connect(lambda request, answer: answers.append((request, answer)))
    worker.request(subject, np.array([0.0, 0.0], np.float32))
    assert decoder.entered.wait(10)
    for i in range(1, 100):
        newest = worker.request(subject, np.array([i / 100, 0.0], np.float32))
    decoder.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=10_000)
    assert [round(x, 2) for x in decoder.calls] == [0.0, 0.99]
    assert answers[-1][0].generation == newest
    assert answers[-1][1].pixels.max() == round(0.99 * 255)
    worker.end()


def test_an_error_is_told_and_the_next_request_is_answered(qtbot: QtBot) -> None:
    class Failing(SlowDecoder):
        def __call__(self, z: np.ndarray) -> np.ndarray:
            if z[0, 0] < 0:
                raise ValueError("no such place")
            return super().__call__(z)

    worker, decoder = DecodeWorker(), Failing()
    decoder.go.set()
    with qtbot.waitSignal(worker.errored, timeout=10_000) as error:
        worker.request(subject_with(decoder), np.array([-1.0, 0.0], np.float32))
    assert "no such place" in error.args[0]
    with qtbot.waitSignal(worker.answered, timeout=10_000):
        worker.request(subject_with(decoder), np.array([0.5, 0.0], np.float32))
    worker.end()
    assert not worker._thread.is_alive()
