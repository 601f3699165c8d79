"""The thread that a training runs in."""

import os
import sys
import threading

import pytest

from vae_explorer.gui.parts.priority import NICENESS, let_the_window_go_first


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux gives each thread a priority that its children take over"
)
def test_a_training_and_what_it_begins_give_way_to_the_window():
    found: list[int] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def train() -> None:
        let_the_window_go_first()
        pool = threading.Thread(target=lambda: found.append(niceness()))
        pool.start()
        pool.join()
        found.append(niceness())

    before = niceness()
    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert found == [NICENESS, NICENESS]
    assert niceness() == before
