"""Event to paint: 500 mouse moves of the handle, idle and while models train, and the memory that it takes.

    python -m tests.benchmarks.drag RUN [MOVES]

Measures from the arrival of each mouse event to the end of the paint that shows its image, with the clock of View >
Performance overlay. While a model trains, the explorer stays on the run; in the last measurement it follows the
training.
"""

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint

from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import SCRATCH, drag, open_window, wait, wait_until
from vae_explorer.gui.main_window import MainWindow

WARM_UP = 60  # moves


def around(centre: QPoint, moves: int) -> Iterator[QPoint]:
    yield centre
    for i in range(moves):
        angle = (i + 1) / 40
        # Odd and even steps differ, since a move to the same pixel is no event.
        yield centre + QPoint(round(75 * math.sin(angle)) * 2 + i % 2, round(120 * math.sin(1.7 * angle)))


def drag_handle(window: MainWindow, moves: int) -> dict[str, float]:
    explorer, view = window.explorer, window.explorer.view
    for count in (WARM_UP, moves):
        explorer.go_home()
        wait(0.3)
        explorer.clock.seconds = math.inf
        before = len(explorer.clock.milliseconds())
        drag(view.viewport(), around(view.to_pixels(*view.handle_point).toPoint(), count))
    waits = explorer.clock.milliseconds()[before:]
    assert len(waits) == moves, f"{len(waits)} of {moves} moves were shown"
    return percentiles(waits) | {"late": float(np.mean(np.array(waits) > 1000 / 60))}


def start_training(window: MainWindow, preset: str) -> None:
    """Start a training, with the explorer on the run. The first steps, which build the network, are not measured."""
    training = window.training
    window.tabs.setCurrentWidget(training)
    training.settings.preset.setCurrentIndex(training.settings.preset.findData(preset))
    training.settings.folder.setText(str(SCRATCH / preset))
    training._start()
    wait_until(lambda: window.explorer.live.isEnabled())
    window.explorer.live.setChecked(False)
    window.tabs.setCurrentWidget(window.explorer)
    wait_until(lambda: training.progress.value() > 20)
    wait(2)


def stop_training(window: MainWindow) -> None:
    window.training.worker.control.discard()
    wait_until(lambda: not window.training.worker.running)
    wait(1)


def resident_megabytes() -> float:
    """The resident memory of the process on Linux; nan on other systems."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return math.nan
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    run, moves = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500
    window = open_window(run)
    result: dict[str, Any] = {"points": window.explorer.view.points_shown, "idle": drag_handle(window, moves)}
    result["memory"] = resident_megabytes()
    for preset in ("blog", "dense"):
        start_training(window, preset)
        result[f"while {preset} trains"] = drag_handle(window, moves)
        if preset == "dense":
            window.explorer.live.setChecked(True)
            wait(1)
            result["following dense"] = drag_handle(window, moves)
        stop_training(window)
    finish(result)


if __name__ == "__main__":
    main()
