"""The data in a page: its arrays, its images, and those settings of the run that anybody may see."""

import base64
import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Ints
from vae_explorer.data.dataset import BUILTIN
from vae_explorer.data.names import printable
from vae_explorer.exporting.page.choosing import Shown
from vae_explorer.latent.palette import class_colours, with_chosen
from vae_explorer.latent.plane import to_plane
from vae_explorer.run.arrays import name_arrays
from vae_explorer.run.info import plain_info
from vae_explorer.run.run import Run

LARGEST_EXAMPLE = 64  # pixels per side


def data_arrays(shown: Shown) -> dict[str, NDArray[Any]]:
    """The arrays that the page draws and is read back from. A missing label is written as the number of classes.

    Where the points are coloured by groups, the array "group" says by which, in the same way.
    """
    codes, drawn = shown.run.codes, shown.drawn
    classes = len(shown.run.info.dataset.class_names)
    label = np.where(codes.label < 0, classes, codes.label).astype(np.uint16)
    arrays: dict[str, NDArray[Any]] = {
        "z_mean": codes.z_mean[drawn],
        "z_log_var": codes.z_log_var[drawn].astype(np.float16),
        "label": label[drawn],
        "index": codes.index[drawn].astype(np.int32),
        "split": codes.split[drawn],
    }
    arrays |= {name: array.astype(np.int32) if array.dtype == np.int64 else array
               for name, array in name_arrays(codes.columns.take(drawn)).items()}  # fmt: skip
    if shown.run.info.latent_dim == 1:
        arrays["spread"] = np.ascontiguousarray(to_plane(codes.z_mean)[drawn, 1])
    style = np.where(shown.style < 0, len(shown.style_names), shown.style).astype(np.uint16)
    if shown.groups is not None:
        arrays["group"] = style[drawn]
    if len(shown.examples):
        arrays |= {
            "example_z": codes.z_mean[shown.examples],
            "example_label": style[shown.examples],
            "example_index": codes.index[shown.examples].astype(np.int32),
        }
    return arrays


def public(run: Run) -> dict[str, Any]:
    """The run's settings without what concerns its maker alone: folders, times of day, and notes."""
    content = {key: value for key, value in plain_info(run.info).items() if value is not None}
    if run.info.decoder_label is not None:
        content["imported"]["decoder"]["label"] = None  # the class is bound to the decoder in the page
    content["dataset"]["notes"] = []  # they name files
    content |= {"created": run.info.created[:10], "note": ""}
    for segment in content["segments"]:
        segment |= {"began": segment["began"][:10], "ended": segment["ended"][:10]}
    if run.info.dataset.source != BUILTIN:
        content["dataset"]["source"] = ""
        content["dataset"]["options"]["labels"] = ""
    return content


def atlas(images: Bytes) -> dict[str, Any]:
    """Images (K, H, W, C) uint8 side by side in one picture; large ones are reduced to LARGEST_EXAMPLE."""
    from PIL import Image

    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    padded = np.zeros((columns * math.ceil(count / columns), height, width, channels), np.uint8)
    padded[:count] = images
    tiles = padded.reshape(-1, columns, height, width, channels).swapaxes(1, 2)
    sheet = Image.fromarray(tiles.reshape(-1, columns * width, channels).squeeze())
    scale = min(1.0, LARGEST_EXAMPLE / max(height, width))
    height, width = round(height * scale), round(width * scale)
    if scale < 1:
        sheet = sheet.resize((columns * width, len(tiles) * height), Image.Resampling.BOX)
    picture = io.BytesIO()
    sheet.save(picture, format="WEBP", lossless=channels == 1, quality=90)
    uri = f"data:image/webp;base64,{base64.b64encode(picture.getvalue()).decode('ascii')}"
    return {"picture": uri, "columns": columns, "width": width, "height": height}


def example_names(shown: Shown) -> dict[str, list[str]]:
    """The names of the real images, where the page is to have them."""
    names = shown.run.codes.columns.names
    return {} if names is None else {"names": [printable(names[row]) for row in shown.examples.tolist()]}


def class_entries(
    names: tuple[str, ...], labels: Ints, none: str, chosen: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """Name and colours of each class, and an entry `none` for points without one if some, but not all, have one.

    chosen: colours that a person chose, "": none in its place.
    """
    light, dark = (with_chosen(class_colours(len(names), dark), chosen) for dark in (False, True))
    classes = [{"name": name, "light": a, "dark": b} for name, a, b in zip(names, light, dark, strict=False)]
    if classes and (labels < 0).any():
        classes.append({"name": none, "light": "#8a93a0", "dark": "#8a93a0"})
    return classes
