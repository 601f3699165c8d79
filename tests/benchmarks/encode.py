"""Images per second that the program encodes from a mapped file, beside the products of the encoder alone.

    python -m tests.benchmarks.encode [PRESET ...]

The floor is the time of the same matrix products and convolutions on batches of the same size that are in memory
already, without activations, pixels to convert, and results to collect. Memory is what the program itself holds, at
its peak beyond what it held before: the pages of the mapped file, which the system may drop, are not counted.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.memory import Watch, status
from tests.benchmarks.results import finish

# Images of a turn, by preset.
COUNTS = {"deep": 1_000_000, "dense": 100_000, "conv": 10_000, "blog": 10_000, "keras-io": 10_000}
SHAPE = 28, 28, 1
TURNS = 3


def write_images(path: Path, count: int) -> None:
    """Digits, again and again: (count, 28, 28, 1) uint8 as .npy."""
    from vae_explorer.data.reading import load_dataset

    digits = load_dataset("mnist").images
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (count, *SHAPE))
    for start in range(0, count, len(digits)):
        images[start : start + len(digits)] = digits[: count - start]


def floor(encoder: Any, batch_size: int) -> Callable[[int], None]:
    """A function that computes only the products of an encoder for a number of images."""
    import keras
    import tensorflow as tf

    dense = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Dense)]
    conv = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Conv2D)]
    entries = [tf.random.normal((batch_size, *layer.input.shape[1:])) for layer in (*dense, *conv)]

    @tf.function  # type: ignore[untyped-decorator]
    def products(*given: Any) -> Any:
        flat = [tf.matmul(x, layer.kernel) for x, layer in zip(given, dense, strict=False)]
        convolved = [
            tf.nn.conv2d(x, layer.kernel, layer.strides, layer.padding.upper())
            for x, layer in zip(given[len(dense) :], conv, strict=True)
        ]
        return [tf.reduce_sum(values[:1]) for values in (*flat, *convolved)]  # so that all are computed

    def computed(count: int) -> None:
        for _ in range(count // batch_size):
            products(*entries)[0].numpy()

    return computed


def measure(preset: str, folder: Path) -> dict[str, float]:
    """Medians over turns of the two, one after the other."""
    from vae_explorer.model.metrics import EVALUATION_BATCH
    from vae_explorer.model.vae import VAE
    from vae_explorer.run.config import training_config
    from vae_explorer.training.finishing import encoded

    count = COUNTS[preset]
    path = folder / f"{preset}.npy"
    write_images(path, count)
    images = np.load(path, mmap_mode="r")
    vae = VAE(training_config(preset), SHAPE)
    products = floor(vae.encoder, EVALUATION_BATCH)

    def whole(images: np.ndarray = images) -> None:
        for _ in encoded(vae, images):
            pass

    def rate(task: Callable[[], None]) -> float:
        began = time.perf_counter()
        task()
        return count / (time.perf_counter() - began)

    ways = {"images/s": whole, "floor, images/s": lambda: products(count)}
    whole(images[: 4 * EVALUATION_BATCH])  # which traces
    products(4 * EVALUATION_BATCH)
    before, watch = status()["RssAnon"], Watch()
    rates = [{name: rate(task) for name, task in ways.items()} for _ in range(TURNS)]
    return {name: median(turn[name] for turn in rates) for name in ways} | {
        "of the floor": median(turn["images/s"] / turn["floor, images/s"] for turn in rates),
        "a million, s": median(1e6 / turn["images/s"] for turn in rates),
        "memory, MB": 1000 * (watch.stop()["RssAnon"] - before),
    }


def main() -> None:
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    with tempfile.TemporaryDirectory() as folder:
        finish({preset: measure(preset, Path(folder)) for preset in sys.argv[1:] or COUNTS})


if __name__ == "__main__":
    main()
