"""From command to first painted decoded image, against the time of importing Qt and pyqtgraph alone.

    python -m tests.benchmarks.launch

The two run alternately in fresh processes; the clock starts before the process.
"""

import subprocess
import sys
import tempfile
import time
from statistics import median

LAUNCH = """
import gc, os, sys, time
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[name] = sys.argv[1]
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
gc.disable()  # as the command does
from vae_explorer.gui.app import create_app
window = create_app(["vae-explorer", "builtin"], exec_app=False)
from PySide6.QtWidgets import QApplication
def painted():
    print(time.time(), flush=True)
    os._exit(0)
window.explorer.image.painted.connect(painted)
QApplication.instance().exec()
"""
FLOOR = "import time, PySide6.QtWidgets, pyqtgraph; print(time.time())"
RUNS = 9


def seconds(code: str) -> float:
    """Seconds from before the process starts to the time that it prints."""
    with tempfile.TemporaryDirectory() as scratch:
        began = time.time()
        done = subprocess.run([sys.executable, "-c", code, scratch], capture_output=True, text=True, check=True)
        return float(done.stdout) - began


def measure() -> dict[str, float]:
    """Medians: seconds to the first image and of the floor, and of the ratio of the two."""
    seconds(LAUNCH), seconds(FLOOR)  # fill the caches
    pairs = [(seconds(LAUNCH), seconds(FLOOR)) for _ in range(RUNS)]
    return {
        "first image": median(launch for launch, _ in pairs),
        "floor": median(floor for _, floor in pairs),
        "ratio": median(launch / floor for launch, floor in pairs),
    }


if __name__ == "__main__":
    print(measure())
