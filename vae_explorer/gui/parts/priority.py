"""Lets the window go first: a lower priority for threads that compute for long."""

import os
import sys
import threading
from contextlib import suppress

NICENESS = 10  # priority of such a thread, 0 (high) to 19 (low)


def let_the_window_go_first() -> None:
    """Lower the priority of this thread, so that the window stays responsive. Threads that it starts inherit it.

    Only on Linux, where each thread has its own priority.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
