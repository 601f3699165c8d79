"""The loss plot of a training of ten million steps: taking them in, drawing them, and the memory that it takes.

    python -m tests.benchmarks.loss_plot

A redraw is all that the plot does once per second: choosing what is in view, and drawing it. 400 epochs lie over it.
"""

import os
import resource
import time

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from tests.benchmarks.results import finish, percentiles
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.run.history import EpochRecord

STEPS, CHUNK = 10_000_000, 1000  # a report of a quick training brings as many
STEPS_PER_EPOCH = 25_000
SIZE = 1018, 490  # in a window of 1360 x 860
TIMES = 200
LOOKS: dict[str, dict[str, object]] = {
    "whole run": {},
    "smoothed": {"smoothing": 5},
    "logarithmic, by epoch": {"log": True, "by_epoch": True},
    "last 10,000 steps": {"newest": 10_000},
}
USUAL = {"smoothing": 0, "log": False, "by_epoch": False, "newest": None}


def memory() -> float:
    """The most memory that the process has used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(plot: LossPlot) -> list[float]:
    """Take in all steps, with noise and epochs. Returns the milliseconds of each report."""
    rng = np.random.default_rng(0)
    took = []
    for start in range(0, STEPS, CHUNK):
        steps = np.arange(start + 1, start + CHUNK + 1)
        kl = 6 + rng.normal(0, 0.3, CHUNK)
        reconstruction = 140 + 60 * np.exp(-steps / STEPS_PER_EPOCH) + rng.normal(0, 5, CHUNK)
        losses = np.column_stack([reconstruction + kl, reconstruction, kl])
        began = time.perf_counter()
        plot.add_batches(steps, losses)
        took.append((time.perf_counter() - began) * 1000)
        if (start + CHUNK) % STEPS_PER_EPOCH == 0:
            epoch = (start + CHUNK) // STEPS_PER_EPOCH
            means = losses.mean(axis=0).tolist()
            plot.add_epoch(EpochRecord(epoch, *means, *(value + 1 for value in means), 60.0, 1e-3))
    return took


def redraw(plot: LossPlot) -> float:
    began = time.perf_counter()
    plot._redraw()
    plot.repaint()
    return (time.perf_counter() - began) * 1000


def hover(plot: LossPlot, turn: int) -> float:
    """Read what is under the pointer, and paint the line and the card."""
    began = time.perf_counter()
    plot._read(QPoint(100 + 4 * turn, 200))
    QApplication.processEvents()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    app = QApplication([])
    plot = LossPlot()
    plot.resize(*SIZE)
    plot.clear(STEPS_PER_EPOCH)
    plot.show()
    plot.add_batches(np.arange(1), np.ones((1, 3)))
    app.processEvents()
    plot.clear(STEPS_PER_EPOCH)
    before = memory()
    reports = fill(plot)
    result: dict[str, object] = {"a report of 1,000": percentiles(reports), "memory": [before, memory()]}
    for name, look in LOOKS.items():
        plot.set_look(**(USUAL | look))
        for _ in range(10):
            redraw(plot)
        result[name] = percentiles([redraw(plot) for _ in range(TIMES)])
    result["a move of the pointer"] = percentiles([hover(plot, turn) for turn in range(TIMES)][10:])
    finish(result)


if __name__ == "__main__":
    main()
