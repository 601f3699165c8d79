"""Images per second that the program reads from a folder, beside Keras' `image_dataset_from_directory`.

    python -m tests.benchmarks.reading [png|jpeg]

The folder holds PNG files of 64x64, or JPEG files of 256x256 that become 64x64. Both read each image fully once. The
program also reads the headers and a sample of the values before, writes the images to its cache and hashes them, which
counts as part of its time; so "decoding" says what it reads without these.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from tests.benchmarks.results import finish

SIDE = 64  # of the images that are read, in pixels
KINDS = {"png": (6000, 64), "jpeg": (6000, 256)}  # files, and their side in pixels
CLASSES = 10
TURNS = 3


def write_folder(folder: Path, kind: str, count: int, side: int) -> None:
    """Blurred colours, which compress about as photographs do, in a sub-folder for each class."""
    rng = np.random.default_rng(0)
    for number in range(CLASSES):
        (folder / f"class-{number}").mkdir(parents=True)
    for number in range(count):
        coarse = rng.integers(0, 256, (side // 4, side // 4, 3)).astype(np.uint8)
        picture = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
        picture.save(folder / f"class-{number % CLASSES}" / f"{number:06}.{kind}")


def ours(folder: Path) -> int:
    """The whole of `load_dataset`, with an empty cache."""
    from vae_explorer.data.options import ImageOptions
    from vae_explorer.data.reading import load_dataset

    with tempfile.TemporaryDirectory() as cache:
        os.environ["VAE_EXPLORER_CACHE"] = cache
        return len(load_dataset(str(folder), ImageOptions(size=(SIDE, SIDE))).images)


def decoding(folder: Path) -> int:
    """Finding the files, and decoding them."""
    from vae_explorer.data.fitting import Scales, Target
    from vae_explorer.data.folder import find_images

    blocks = find_images(folder).read(Target((SIDE, SIDE, 3), "crop", False, Scales()))
    return sum(len(block.images) for block in blocks)


def keras_way(folder: Path) -> int:
    """`image_dataset_from_directory`, whose batches are read fully once."""
    import keras

    batches: Any = keras.utils.image_dataset_from_directory(
        folder, image_size=(SIDE, SIDE), batch_size=256, shuffle=False, verbose=False
    )
    return sum(len(images.numpy()) for images, _ in batches)


def measure(kind: str) -> dict[str, float]:
    """Medians over turns of the three ways, one after the other."""
    count, side = KINDS[kind]
    ways: dict[str, Callable[[Path], int]] = {"ours": ours, "decoding": decoding, "keras": keras_way}
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "images"
        write_folder(folder, kind, count, side)
        turns: list[dict[str, float]] = []
        for _ in range(1 + TURNS):
            turn = {}
            for name, way in ways.items():
                began = time.perf_counter()
                assert way(folder) == count
                turn[name] = count / (time.perf_counter() - began)
            turns.append(turn)
    counted = turns[1:]  # the first one fills the system's cache of files, and imports
    return {f"{name}, images/s": median(turn[name] for turn in counted) for name in ways} | {
        f"{name} / keras": median(turn[name] / turn["keras"] for turn in counted) for name in ("ours", "decoding")
    }


def main() -> None:
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    finish({kind: measure(kind) for kind in sys.argv[1:] or KINDS})


if __name__ == "__main__":
    main()
