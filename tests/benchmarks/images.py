"""The map as images: how long a fresh view of 30 x 30 images takes, panning over images, and dragging with them.

    python -m tests.benchmarks.images RUN

For RUN in the window: a fresh view at another zoom, frames while panning over cached images, and event to paint. For
each preset and for images of 64x64x3, with random weights: a fresh view of 900 images, as the layer decodes and draws.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.drag import drag_handle
from tests.benchmarks.panning import Frames, pan
from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import open_window, wait, wait_until
from vae_explorer.array_types import ImageShape
from vae_explorer.exploring.image_cells import ImageSource
from vae_explorer.exploring.image_map import ImageMap
from vae_explorer.gui.explorer.layers.images import ImagesLayer
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.plane import FIRST_TWO, axes_plane
from vae_explorer.latent.raster import View
from vae_explorer.model.decoder import Decoder
from vae_explorer.model.litert import LiteRTDecoder

NETWORKS: dict[str, tuple[str, ImageShape]] = {
    "dense": ("dense", (28, 28, 1)),
    "blog": ("blog", (28, 28, 1)),
    "keras-io": ("keras-io", (28, 28, 1)),
    "conv": ("conv", (28, 28, 1)),
    "conv, 64x64x3": ("conv", (64, 64, 3)),
}
SIDE = 32  # pixels of an image
VIEW = View(-3.75, 3.75, -3.75, 3.75, 30 * SIDE, 30 * SIDE, 1.0)  # 30 x 30 images with sides of 1/4
TIMES = 5
MOVES = 300


def with_random_weights(preset: str, shape: ImageShape) -> Decoder:
    from vae_explorer.model.networks import build_decoder, with_sigmoid
    from vae_explorer.run.config import training_config
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    decoder = with_sigmoid(build_decoder(training_config(preset), shape))
    decoder(np.zeros((1, 2), np.float32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoder.tflite"
        decoder.export(path, format="litert", verbose=False)
        return LiteRTDecoder(path.read_bytes(), 2, shape)


def fresh_view(decoder: Decoder, shape: ImageShape) -> dict[str, float]:
    """Milliseconds to the first picture, and until the view is whole."""
    first, whole = [], []
    for _ in range(TIMES):
        source, images, steps, done = ImageSource(decoder, shape, axes_plane(FIRST_TWO, 2)), ImageMap(), [], False
        began = time.perf_counter()
        while not done:
            done = images.step(source, VIEW, SIDE, (0, 0)).whole
            steps.append((time.perf_counter() - began) * 1000)
        first.append(steps[0])
        whole.append(steps[-1])
    return {"first": median(first), "whole": median(whole)}


def fresh_in_window(window: MainWindow, layer: ImagesLayer) -> dict[str, float]:
    """Milliseconds from switching the images on until the view is whole, and the number of images in it."""
    took = []
    for _ in range(TIMES):
        layer.switch(False)
        wait(0.3)
        began = time.perf_counter()
        layer.switch(True)
        wait_until(lambda: layer.images.drawing is not None and layer.images.drawing.whole)
        took.append((time.perf_counter() - began) * 1000)
    box = window.explorer.view.getViewBox()
    (left, right), _ = box.viewRange()
    drawing = layer.images.drawing
    assert drawing is not None
    cell = 2.0 ** round(np.log2(drawing.side * (right - left) / box.width())) / (right - left) * box.width()
    return {"whole": median(took), "images": box.width() * box.height() / cell**2}


def main() -> None:
    window = open_window(sys.argv[1])
    explorer = window.explorer
    layer = explorer.view.layers.find(ImagesLayer)
    result: dict[str, Any] = {"points": explorer.view.points_shown, "window": fresh_in_window(window, layer)}
    wait_until(lambda: layer.images.complete)
    frames = Frames(window)
    pan(window, frames)  # decodes what the path shows
    frames.frames.clear()
    pan(window, frames)
    result["panning"] = percentiles(frames.frames)
    del explorer.clock.frame_painted  # which Frames replaced
    explorer.view.fit()
    wait(1)
    result["drag"] = drag_handle(window, MOVES)
    result["fresh"] = {
        name: fresh_view(with_random_weights(*network), network[1]) for name, network in NETWORKS.items()
    }
    finish(result)


if __name__ == "__main__":
    main()
