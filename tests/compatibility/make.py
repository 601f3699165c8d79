"""Writes what files.tar.xz holds, with the program at commit 1ed4ab7 only: see README.md.

The networks have their full size, but only some units of each hidden layer start with weights other than 0. The others
also have gradients of 0, which makes the archive fifty times smaller.
"""

import contextlib
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from vae_explorer.config import training_config
from vae_explorer.decoding import run_decoder
from vae_explorer.html_page import PageOptions, write_page
from vae_explorer.importing import find_model, write_model
from vae_explorer.page_content import open_run_or_page
from vae_explorer.training_events import EpochEnded

from vae_explorer import cli, data_reading
from vae_explorer.training import train

HEIGHT, WIDTH = 20, 16
IMAGES, CLASSES = 240, 3
HIDDEN = (16, 32, 64, 128, 256, 512, 1280)  # units of the layers of keras-io and dense; an image has 320 pixels
ALIVE = 2  # units of 64 with weights other than 0


class CutOffError(Exception):
    """Ends a training as a kill would."""


def thin(start: Callable[..., Any]) -> Callable[..., Any]:
    def call(initializer: Any, shape: tuple[int, ...], dtype: Any = None) -> Any:
        weights = np.array(start(initializer, shape, dtype))
        for axis in (-1, -2):
            if shape[axis] in HIDDEN:
                rest = np.arange(shape[axis]) % 64 >= ALIVE
                weights[(..., rest) if axis == -1 else (..., rest, slice(None))] = 0
        return keras.ops.convert_to_tensor(weights)

    return call


def write_images(path: Path) -> None:
    """Horizontal, vertical and diagonal bars of random brightness and position."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    labels = np.arange(IMAGES) % CLASSES
    across = np.stack([rows, columns, (rows + columns) // 2])[labels]
    middle, width = rng.uniform(4, 13, (2, IMAGES, 1, 1)) * [[[[1]]], [[[0.25]]]]
    light = np.exp(-0.5 * ((across - middle) / width) ** 2) * rng.uniform(150, 255, (IMAGES, 1, 1))
    images = light.astype(np.uint8)
    np.savez_compressed(path, x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:])


def printed(path: Path) -> Any:
    """What the command prints of a run or a page."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert cli.run_command(["info", str(path), "--json"]) == 0
    return json.loads(output.getvalue())


def cut_off(epoch: int) -> Callable[[Any], None]:
    def watch(event: Any) -> None:
        if isinstance(event, EpochEnded) and event.record.epoch == epoch:
            raise CutOffError

    return watch


def main(folder: Path) -> None:
    keras.initializers.GlorotUniform.__call__ = thin(keras.initializers.GlorotUniform.__call__)
    write_images(folder / "images.npz")
    dataset = data_reading.load_dataset(str(folder / "images.npz"))
    run = train(training_config("keras-io", epochs=2, batch_size=32), dataset, folder / "trained", note="a note")
    assert run is not None
    said = write_page(run, folder / "page.html", PageOptions(points=100))
    print(said)
    models = [folder / f"trained/model/{name}.keras" for name in ("decoder", "encoder")]
    write_model(find_model(*models, dataset), folder / "imported")
    config = training_config(
        "dense", epochs=3, batch_size=32, kl_warmup=1, latent_dim=3, restore_best=True, patience=2, pixels="binarized"
    )
    whole = train(config, dataset, folder / "whole")
    assert whole is not None
    with contextlib.suppress(CutOffError):
        train(config, dataset, folder / "interrupted", cut_off(2))
    codes = np.random.default_rng(1).normal(size=(8, 2)).astype(np.float32)
    decoded = {}
    for name in ("trained", "imported", "page.html"):
        found = open_run_or_page(folder / name)
        (folder / f"{name}.json").write_text(json.dumps(printed(folder / name), indent=1))
        decoded[name] = run_decoder(found)(codes)
    np.savez_compressed(folder / "decoded.npz", codes=codes, **decoded)
    (folder / "whole.json").write_text(json.dumps(printed(folder / "whole"), indent=1))
    shutil.rmtree(folder / "whole")
    page = (folder / "page.html").read_text(encoding="utf-8")
    (folder / "page.html").write_text(without_scripts(page), encoding="utf-8")


def without_scripts(page: str) -> str:
    """The page without its scripts, most of which is BokehJS. The data of the run stay."""
    return re.sub(r'<script(?: type="text/javascript")?>.*?</script>', "", page, flags=re.DOTALL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
