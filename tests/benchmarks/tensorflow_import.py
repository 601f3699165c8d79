"""How far importing TensorFlow in the background holds up the main thread: a plain import against ours.

    python tests/benchmarks/tensorflow_import.py [RUNS]

The two run alternately in fresh processes. The main thread ticks 60 times per second and lets Python's lock go in each
tick as
often as the Qt calls of a drag do; a gap is the time from when a tick was due to when it was done.
"""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

TICKING = """
import json, os, threading, time
import numpy
from vae_explorer.tensorflow_import import import_keras

def plain():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import vae_explorer.model.vae

done = threading.Event()

def work():
    try:
        {way}()
    finally:
        done.set()

began = time.perf_counter()
due, gaps = began, []
threading.Thread(target=work, daemon=True).start()
while not done.is_set():
    for _ in range(70):
        time.sleep(0)
    now = time.perf_counter()
    gaps.append((now - due) * 1000)
    due = max(due + 1 / 60, now)
    time.sleep(due - now)
print(json.dumps([time.perf_counter() - began, gaps]), flush=True)
os._exit(0)
"""
WAYS = {"plain": "plain", "ours": "import_keras"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import in a fresh process. Gaps in milliseconds."""

    way: str
    seconds: float
    p99: float
    worst: float


def measure(way: str) -> Import:
    """Import once in the given one of WAYS."""
    code = TICKING.replace("{way}", WAYS[way])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, gaps = json.loads(done.stdout)
    gaps.sort()
    return Import(way, seconds, gaps[int(0.99 * (len(gaps) - 1))], gaps[-1])


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measure("plain")  # fills the caches
    imports = [measure(way) for _ in range(runs) for way in WAYS]
    for way in WAYS:
        seconds, p99, worst = zip(*((i.seconds, i.p99, i.worst) for i in imports if i.way == way), strict=True)
        print(
            f"{way:6} {statistics.median(seconds):5.2f} s   gap p99 {statistics.median(p99):6.1f} ms, "
            f"worst {statistics.median(worst):6.1f} ms (medians of {runs}), worst of all {max(worst):6.1f} ms"
        )


if __name__ == "__main__":
    main()
