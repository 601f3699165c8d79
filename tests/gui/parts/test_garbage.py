"""gui/parts/garbage.py: in which thread garbage is collected."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.garbage import GarbageCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.end()


class Cyclic(QObject):
    """A Qt object that only the garbage collector frees."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def test_a_qt_object_is_freed_in_the_gui_thread_though_another_thread_allocates(
    qtbot: QtBot, collector: GarbageCollector
):
    threads: list[threading.Thread] = []
    weakref.finalize(Cyclic(), lambda: threads.append(threading.current_thread()))
    kept: list[list[int]] = []

    def allocate() -> None:
        kept.extend([number] for number in range(200_000))

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert threads == []
    qtbot.waitUntil(lambda: bool(threads), timeout=10_000)
    assert threads == [threading.current_thread()]


def test_python_collects_again_after_its_end(collector: GarbageCollector):
    assert not gc.isenabled()
    collector.end()
    assert gc.isenabled()
