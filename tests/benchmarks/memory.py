"""The most memory that a training on 100,000 colour images of 64x64 takes, from the array on disk to the run.

    python -m tests.benchmarks.memory [IMAGES] [FOLDER]

Linux only. Anonymous memory is what the process itself needs; pages of the images' file are counted separately,
since the
system can free them when other processes need memory.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.results import finish

SIDE, AT_ONCE = 64, 2000
WRITE = "import sys; from pathlib import Path; from tests.benchmarks.memory import write_images; "
WRITE += "write_images(Path(sys.argv[1]), int(sys.argv[2]))"


def write_images(path: Path, count: int) -> None:
    """Coloured discs on coloured grounds, somewhere: (count, 64, 64, 3) uint8 as .npy."""
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (count, SIDE, SIDE, 3))
    rng, axis = np.random.default_rng(0), np.arange(SIDE, dtype=np.float32)
    for start in range(0, count, AT_ONCE):
        n = min(AT_ONCE, count - start)
        (x, y), radius = rng.uniform(16, 48, (2, n, 1)).astype(np.float32), rng.uniform(6, 16, (n, 1, 1))
        inside = np.square(axis - y)[:, :, None] + np.square(axis - x)[:, None] < np.square(radius)
        ground, disc = rng.integers(0, 256, (2, n, 1, 1, 3)).astype(np.uint8)
        images[start : start + n] = ground + inside[..., None] * (disc - ground)
    images.flush()


class Watch:
    """Reads the memory use of this process ten times per second."""

    def __init__(self) -> None:
        self.most = {"RssAnon": 0.0, "RssFile": 0.0, "VmRSS": 0.0}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            for name, value in status().items():
                if name in self.most:
                    self.most[name] = max(self.most[name], value)

    def stop(self) -> dict[str, float]:
        """The peak of each figure in GB; the peaks can be at different times. VmHWM is the kernel's peak of VmRSS."""
        self._over.set()
        self._thread.join()
        return self.most | {"VmHWM": status()["VmHWM"]}


def status() -> dict[str, float]:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    pairs = (line.split(":") for line in lines if line.endswith("kB"))
    return {name: int(value.split()[0]) / 1e6 for name, value in pairs}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    from vae_explorer.data.reading import load_dataset
    from vae_explorer.run.config import training_config
    from vae_explorer.training.start import train

    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        path = Path(folder) / "discs.npy"
        subprocess.run([sys.executable, "-c", WRITE, str(path), str(count)], check=True)  # whose memory does not count
        watch = Watch()
        began = time.perf_counter()
        dataset = load_dataset(str(path))
        read = time.perf_counter() - began
        run = train(training_config("dense", epochs=1), dataset, Path(folder) / "run")
        assert run is not None
        seconds = run.history[0].seconds
        finish({"images": count, "GB": watch.stop(), "reading, s": read, "epoch, s": seconds})


if __name__ == "__main__":
    main()
