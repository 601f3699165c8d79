"""Measures latency: the time from a mouse event to the end of the paint that shows its image."""

import time
from collections import deque
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """Statistics of a FrameClock over its last seconds."""

    waits: int  # number of events whose image was shown
    median: float  # latency in milliseconds; NaN without events
    p99: float
    worst: float
    frames_per_second: int  # frames in the last second with a new map or image


class FrameClock:
    """Measures for each event how long its image takes; a newer image counts as the image of older events, too.

    seconds: the period of the statistics. Used in the GUI thread only.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self.seconds = seconds
        self._arrivals: list[float] = []  # times of events whose image has not been requested yet
        self._asked: deque[tuple[int, float]] = deque()  # generation of the image, time of its event
        self._shown = 0
        self._new = False  # whether the frame that is being painted has a new map or image
        self._waits: deque[tuple[float, float]] = deque()  # end and length of each wait, in seconds
        self._frames: deque[float] = deque()

    def event_arrived(self) -> None:
        self._arrivals.append(time.perf_counter())

    def image_asked(self, generation: int) -> None:
        """The image of this generation, or a newer one, answers the events since the last call."""
        self._asked.extend((generation, arrival) for arrival in self._arrivals)
        self._arrivals.clear()

    def image_painted(self, generation: int) -> None:
        """This generation's image is in the frame that is being painted."""
        self._shown, self._new = generation, True

    def map_painted(self) -> None:
        """The map is in the frame that is being painted."""
        self._new = True

    def frame_painted(self) -> None:
        """The whole frame is painted."""
        now = time.perf_counter()
        if self._new:
            self._frames.append(now)
            self._new = False
        while self._asked and self._asked[0][0] <= self._shown:
            self._waits.append((now, now - self._asked.popleft()[1]))
        self._forget(now)

    def milliseconds(self) -> list[float]:
        """The latencies in milliseconds, oldest first."""
        self._forget(time.perf_counter())
        return [wait * 1000 for _, wait in self._waits]

    def figures(self) -> FrameFigures:
        waits = self.milliseconds()
        median, p99, worst = np.percentile(waits, [50, 99, 100]).tolist() if waits else [float("nan")] * 3
        recent = time.perf_counter() - 1
        return FrameFigures(len(waits), median, p99, worst, sum(frame > recent for frame in self._frames))

    def _forget(self, now: float) -> None:
        while self._waits and self._waits[0][0] < now - self.seconds:
            self._waits.popleft()
        while self._frames and self._frames[0] < now - self.seconds:
            self._frames.popleft()
