"""From command to first painted decoded image, against the time of importing Qt and pyqtgraph alone.

    python tests/benchmarks/launch.py [RUNS]

Each run is a fresh process on a real or offscreen display (QT_QPA_PLATFORM=offscreen where there is none); the clock
starts before the process does.
"""

import os
import statistics
import subprocess
import sys
import time

LAUNCH = """
import sys, time
from vae_explorer.gui.app import create_app
window = create_app(["vae-explorer", "builtin"], exec_app=False)
from PySide6.QtWidgets import QApplication
while window.explorer.image.pixels() is None:
    QApplication.processEvents()
    time.sleep(0.0005)
window.explorer.image.repaint()
print(time.time(), flush=True)
import os; os._exit(0)
"""
FLOOR = "import time, PySide6.QtWidgets, pyqtgraph; print(time.time())"


def seconds(code: str) -> float:
    """From before the process starts to the time that it prints."""
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout) - began


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seconds(LAUNCH), seconds(FLOOR)  # fill the caches
    pairs = [(seconds(LAUNCH), seconds(FLOOR)) for _ in range(runs)]
    for name, values in (
        ("first decoded image, s", [launch for launch, _ in pairs]),
        ("importing Qt and pyqtgraph, s", [floor for _, floor in pairs]),
        ("ratio", [launch / floor for launch, floor in pairs]),
    ):
        print(f"{name:32} median {statistics.median(values):.2f}   best {min(values):.2f}   worst {max(values):.2f}")


if __name__ == "__main__":
    main()
