"""Drawing on the pad with the mouse: from each event to the painted ellipse on the map.

python -m tests.benchmarks.drawing RUN
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QPoint

from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import drag, open_window, wait_until
from vae_explorer.gui.explorer.layers.own_image import OwnItem

EVENTS = 300
FRAME = 1000 / 60  # milliseconds


def main() -> None:
    window = open_window(sys.argv[1])
    pad = window.own.draw()
    assert pad is not None, "the run has no encoder"
    arrivals: dict[int, float] = {}  # times of the events, by the generation of the request that answers them
    shown, waits = 0, []
    took, paint = window.own._show, OwnItem.paint

    def event_sent() -> None:
        worker = window.own._encoding
        arrivals[worker.newest + 1 if worker is not None else 1] = time.perf_counter()

    def answered(generation: int, own: Any) -> None:
        nonlocal shown
        shown = generation
        took(generation, own)

    def painted(self: OwnItem, *arguments: Any) -> None:
        paint(self, *arguments)
        for generation in [each for each in arrivals if each <= shown]:
            waits.append((time.perf_counter() - arrivals.pop(generation)) * 1000)

    def path() -> Iterator[QPoint]:
        for i in range(EVENTS):
            yield QPoint(60 + abs(i % 240 - 120), 60 + abs(i % 140 - 70))

    window.own._show = answered  # type: ignore[method-assign]
    OwnItem.paint = painted  # type: ignore[method-assign]
    wait_until(lambda: pad.isVisible())
    drag(pad.canvas, path(), event_sent)
    finish(percentiles(waits) | {"late": sum(wait > FRAME for wait in waits) / len(waits), "events": len(waits)})


if __name__ == "__main__":
    main()
