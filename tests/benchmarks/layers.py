"""Event to paint with all layers of the map on, idle and while a model trains, and the memory that the layers take.

    python -m tests.benchmarks.layers RUN [MOVES]

Layers that need an encoder are left out if it would load TensorFlow, whose memory is not that of the layers.
"""

import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.drag import drag_handle, start_training, stop_training
from tests.benchmarks.memory import status
from tests.benchmarks.results import finish
from tests.benchmarks.window import open_window, wait, wait_until
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run

NEEDS_ENCODER = "roundtrip", "roundtrip-arrow"


def switch_all_on(window: MainWindow, with_encoder: bool) -> dict[str, float]:
    """Switch the layers on one after another; the seconds until each is drawn."""
    seconds = {}
    for layer in window.explorer.view.layers:
        if with_encoder or layer.name not in NEEDS_ENCODER:
            began = time.perf_counter()
            layer.switch(True)
            if isinstance(layer, FieldLayer) and not layer.reason:
                field = layer.field
                wait_until(lambda field=field: field.ready, 600)
                seconds[layer.name] = time.perf_counter() - began
    return seconds


def main() -> None:
    run, moves = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500
    with_encoder = open_run(find_run(run) if run == "builtin" else Path(run)).networks.encoder is not None
    window = open_window(run)
    result: dict[str, Any] = {"points": window.explorer.view.points_shown, "without": drag_handle(window, moves)}
    before = status()
    result["seconds"] = switch_all_on(window, with_encoder)
    wait(2)
    result["idle"] = drag_handle(window, moves)
    after = status()
    result["memory"] = {"MB": 1000 * (after["VmRSS"] - before["VmRSS"])}
    result["memory"]["peak MB"] = 1000 * (after["VmHWM"] - before["VmHWM"])
    start_training(window, "dense")
    result["while dense trains"] = drag_handle(window, moves)
    stop_training(window)
    finish(result)


if __name__ == "__main__":
    main()
