"""What the window shows as a Python script, which draws the same picture without this program."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.exporting.grid import GridOptions
from vae_explorer.network.label_input import label_rows
from vae_explorer.run.imported import ImportedDecoder, ImportedModel
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

BY_KERAS = '''"""{title} Needs the packages keras, tensorflow, numpy and matplotlib."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import matplotlib.pyplot as plt
import numpy as np

decoder = keras.saving.load_model({file!r}, compile=False)


def decode(z):
    """Images in [0, 1] of latent codes (N, {latent_dim})."""
{label}    return np.concatenate([np.asarray(decoder(z[i : i + 256])) for i in range(0, len(z), 256)])
'''
BY_ONNX = '''"""{title} Needs the packages onnxruntime, numpy and matplotlib."""

import matplotlib.pyplot as plt
import numpy as np
import onnxruntime

decoder = onnxruntime.InferenceSession({file!r})


size = decoder.get_inputs()[0].shape[0]
size = size if isinstance(size, int) else 1  # how many codes it takes at once


def part(tensor, rows, start):
    """Rows of an input of the decoder from `start` on, repeated if there are fewer than it takes, as it takes them."""
    rows = np.resize(rows[start : start + size], (size, rows.shape[1]))
    whole = np.int64 if "int64" in tensor.type else np.int32
    sides = [side if isinstance(side, int) else -1 for side in tensor.shape[1:]]
    return rows.reshape(size, *sides).astype(whole if "int" in tensor.type else np.float32)


def decode(z):
    """Images in [0, 1] of latent codes (N, {latent_dim})."""
    given = {{{given}}}
    values = np.concatenate([
        decoder.run([{output!r}], {{each.name: part(each, given[each.name], i) for each in decoder.get_inputs()}})[0]
        for i in range(0, len(z), size)
    ])[: len(z)]
    return {images}
'''
PICTURE = '''

def levels(z):
    """The images of latent codes (N, {latent_dim}), (N, {height}, {width}, {channels}) from 0 to 255."""
    return np.rint(np.clip(decode(np.asarray(z, np.float32)), 0, 1) * 255).astype(np.uint8)


def save(picture, path):
    """Write a picture (H, W, 1 or 3) pixel by pixel."""
    plt.imsave(path, picture.squeeze(), cmap="gray", vmin=0, vmax=255)
    print("Wrote", path)


'''


def image_script(run: Run, code: Floats, label: int | None = None) -> str:
    """A script that writes image.png: the image that the code (latent_dim,) is decoded to, in its own resolution.

    label: of the class that a conditional decoder is given; None: the first one. Raises UserError for a run whose
    network other programs cannot read.
    """
    return _head(run, "A decoded image", label) + f'z = [{row_text(code)}]\nsave(levels(z)[0], "image.png")\n'


def grid_script(run: Run, options: GridOptions, label: int | None = None) -> str:
    """A script that writes grid.png: the decoded images of the lattice, side by side. Otherwise as `image_script`."""
    plane = options.plane_in(run.info.latent_dim)
    return _head(run, "A decoded grid", label) + (
        f"positions = np.array({row_text(options.positions)}, np.float32)  # along both axes\n"
        f"across = np.array({row_text(plane.directions[0])}, np.float32)  # {plane.names[0]}\n"
        f"up = np.array({row_text(plane.directions[1])}, np.float32)  # {plane.names[1]}\n"
        f"through = np.array({row_text(plane.held)}, np.float32)  # a latent code of the plane\n"
        "z = [through + x * across + y * up for y in positions[::-1] for x in positions]\n"
        "images = np.split(levels(z), len(positions))\n"
        'save(np.concatenate([np.concatenate(row, axis=1) for row in images]), "grid.png")\n'
    )


def path_script(run: Run, codes: Floats, label: int | None = None) -> str:
    """A script that writes path.png: the decoded images of codes (N, latent_dim) in a row. As `image_script`."""
    rows = "".join(f"    {row_text(code)},\n" for code in codes)
    return _head(run, "The images of a path", label) + (
        f'z = [\n{rows}]\nsave(np.concatenate(levels(z), axis=1), "path.png")\n'
    )


def refuse_page(run: Run) -> None:
    """Raises UserError if the run is a page."""
    if isinstance(run.storage, InPage):
        raise UserError("A page holds no files that a script can read: open the run from which it was exported.")


def title_text(what: str, run: Run) -> str:
    """The first sentence of a script, which cannot end the text that it stands in."""
    return f"{what} of the run {run.info.name}.".translate({ord('"'): "'", ord("\\"): "/", ord("\n"): " "})


def _head(run: Run, what: str, label: int | None) -> str:
    """The script up to where `levels` and `save` are known."""
    refuse_page(run)
    origin, info, folder = run.info.origin, run.info, Path(run.folder).resolve()
    height, width, channels = info.dataset.image_shape
    shape = {"latent_dim": info.latent_dim, "height": height, "width": width, "channels": channels}
    title = title_text(what, run)
    taken = info.decoder_label
    given = "" if taken is None else row_text(label_rows(taken)[label or 0])
    if isinstance(origin, ImportedModel) and run.networks.onnx_decoder is not None:
        text = BY_ONNX.format(
            title=title, file=str(folder / "model/decoder.onnx"), given=_onnx_inputs(origin.decoder, given),
            output=origin.decoder.output, images=_onnx_images(origin.decoder, height, width, channels), **shape,
        )  # fmt: skip
    else:
        label_line = f"    z = np.hstack([z, np.tile(np.float32({given}), (len(z), 1))])  # the class\n"
        text = BY_KERAS.format(
            title=title, file=str(folder / "model/decoder.keras"), label=label_line if given else "", **shape
        )
    return text + PICTURE.format(**shape)


def _onnx_inputs(decoder: ImportedDecoder, label: str) -> str:
    if decoder.label is None:
        return f"{decoder.input!r}: z"
    return f"{decoder.input!r}: z, {decoder.label.input!r}: np.tile(np.float32({label}), (len(z), 1))"


def _onnx_images(decoder: ImportedDecoder, height: int, width: int, channels: int) -> str:
    """The expression that `network.fitting.to_images` computes."""
    if decoder.layout in ("first", "flat-first"):
        values = f"values.reshape(-1, {channels}, {height}, {width}).transpose(0, 2, 3, 1)"
    else:
        values = f"values.reshape(-1, {height}, {width}, {channels})"
    endings = {"sigmoid": "{}", "tanh": "({} + 1) / 2", "0..255": "{} / 255", "logits": "(1 + np.tanh({} / 2)) / 2"}
    return endings[decoder.ending].format(values)


def row_text(values: Iterable[float]) -> str:
    """Numbers as Python writes them, each exactly the float32."""
    return "[" + ", ".join(repr(float(np.float32(value))) for value in values) + "]"
