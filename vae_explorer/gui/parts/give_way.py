"""Lets the window go first where a thread computes for long."""

import os
import sys
import threading
from contextlib import suppress

NICENESS = 10  # of the threads that compute


def let_the_window_go_first() -> None:
    """Lower the priority of this thread, so that the window stays responsive; threads that it starts inherit it.

    Only on Linux, where each thread has its own priority.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
