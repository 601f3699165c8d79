"""The data of a run in an exported page, settings as JSON and arrays as one compressed block, and reading them."""

import base64
import binascii
import io
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.columns import Columns
from vae_explorer.data.dataset import BUILTIN
from vae_explorer.errors import UserError
from vae_explorer.files import exists
from vae_explorer.reading_apart import one_line
from vae_explorer.run.arrays import Codes, Sample, check_shapes, names_from, no_codes
from vae_explorer.run.history import parse_record
from vae_explorer.run.info import RunInfo, parse_info
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Networks, Run
from vae_explorer.run.storage import InPage

FORMAT = 1
BYTES = "application/octet-stream"
SUFFIXES = (".html", ".htm")
DTYPES = ("float32", "float16", "uint8", "uint16", "int32")  # dtypes that the page's script can read
MOST_BYTES = 150_000_000  # limit for a page that is read, and for its unpacked arrays
MOST_SETTINGS = 16_000_000  # characters of JSON

NamedArrays = Mapping[str, NDArray[Any]]
Layout = list[tuple[str, str, list[int]]]


def pack_arrays(arrays: NamedArrays) -> tuple[Layout, str]:
    """(name, dtype, shape) of each array, and the deflated bytes of all arrays as base64.

    Each array begins at a multiple of 4 bytes, as typed arrays in JavaScript have to.
    """
    layout = [(name, str(array.dtype), list(array.shape)) for name, array in arrays.items()]
    packed = zlib.compressobj(6)
    blocks = []
    for array in arrays.values():
        content = np.ascontiguousarray(array).tobytes()
        blocks.append(packed.compress(content + bytes(-len(content) % 4)))
    return layout, base64.b64encode(b"".join([*blocks, packed.flush()])).decode("ascii")


def is_page(path: Path) -> bool:
    """Whether a path is a file with the suffix of a page. `read_page` checks its content."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def open_run_or_page(path: Path) -> Run:
    """The run in a folder or in an exported page. Raises UserError if there is none, or it is damaged."""
    path = Path(path)
    return read_page(path) if path.suffix.lower() in SUFFIXES and not path.is_dir() else open_run(path)


def read_page(path: Path) -> Run:
    """The run in an exported page: its decoder, the latent codes of its map and its example images.

    Raises UserError if the file is no such page, holds no decoder, or is damaged.
    """
    from vae_explorer.run.lowered import compose, pack  # which the launch does not need

    content, packed = _read_elements(path)
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UserError(f"{path} was written by a newer version of VAE Explorer: update the program.")
    if "decoder" not in content:
        raise UserError(f"{path} holds decoded images but no decoder, so it cannot be opened as a run.")
    try:
        arrays = _unpack_arrays(content["arrays"], packed)
        if version != FORMAT or content["weights"] != [f"weight_{index}" for index in range(len(content["weights"]))]:
            raise ValueError("it names no known format")
        if content["run"].get("held_out"):
            content["run"]["held_out"] = _with_nan(content["run"]["held_out"])
        info = _without_source(parse_info(path, content["run"]))
        weights = tuple(arrays[name].astype(np.float32, copy=False) for name in content["weights"])
        decoder = compose(content["decoder"], weights, arrays["check_codes"], arrays["check_images"])
        history = tuple(parse_record(_with_nan(row)) for row in content["history"])
        codes, sample = _codes(arrays, info), _sample(content, arrays, info)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, SyntaxError) as error:
        raise UserError(f"The page {path} is damaged: {one_line(error, 200)}.") from error
    check_shapes(path, info, codes, sample)
    return Run(InPage(path), info, codes, sample, history, Networks(lowered=pack(decoder)))


def _read_elements(path: Path) -> tuple[dict[str, Any], str]:
    """The settings of a page, and its arrays as base64. Raises UserError if the file is no page."""
    if not exists(path):
        raise UserError(f"There is no file {path}.")
    if not path.is_file():
        raise UserError(f"{path} is not a file.")
    try:
        with path.open("rb") as file:
            page = file.read(MOST_BYTES + 1).decode("utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        page = ""
    if len(page) > MOST_BYTES:
        raise UserError(f"{path} is too large for a page of VAE Explorer.")
    settings, arrays = _element(page, "application/json", "content"), _element(page, BYTES, "arrays")
    if not settings or not arrays:
        raise UserError(f"{path} is not a page that VAE Explorer has exported.")
    try:
        if len(settings) > MOST_SETTINGS:
            raise ValueError("its settings are too long")
        parsed = json.loads(settings)
    except (ValueError, RecursionError) as error:
        raise UserError(f"The page {path} is damaged: {one_line(error, 200)}.") from error
    if not isinstance(parsed, dict):
        raise UserError(f"The page {path} is damaged: it names no settings.")
    return parsed, arrays


def _element(page: str, kind: str, name: str) -> str:
    """The text of a script element, "" if there is no such element."""
    return page.partition(f'<script type="{kind}" id="{name}">')[2].partition("</script>")[0]


def _with_nan(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures from JSON, in which null stands for NaN."""
    return {name: math.nan if value is None else value for name, value in figures.items()}


def _without_source(info: RunInfo) -> RunInfo:
    """The info without the path of the images. Pages do not contain it, and one in a malicious page is not trusted."""
    if info.dataset.source == BUILTIN:
        return info
    return replace(info, dataset=replace(info.dataset, source=""))


def _unpack_arrays(layout: Any, packed: str) -> dict[str, NDArray[Any]]:
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(packed), MOST_BYTES)
    except (zlib.error, binascii.Error) as error:
        raise ValueError(str(error)) from error
    arrays, start = {}, 0
    for name, dtype, shape in layout:
        if dtype not in DTYPES or any(not isinstance(side, int) or side < 0 for side in shape):
            raise ValueError(f"array {name!r} is {dtype} {shape}")
        count = math.prod(shape)
        arrays[str(name)] = np.frombuffer(content, dtype, count, start).reshape(shape)
        start += -(-count * np.dtype(dtype).itemsize // 4) * 4
    return arrays


def _codes(arrays: NamedArrays, info: RunInfo) -> Codes:
    if "z_mean" not in arrays:
        return no_codes(info.dataset, info.latent_dim)
    if arrays["split"].dtype != np.uint8:
        raise ValueError(f"array 'split' is {arrays['split'].dtype}")
    label = arrays["label"].astype(np.int32)
    label = np.where(label < len(info.dataset.class_names), label, -1).astype(np.int32)
    unknown = np.full((len(label), len(info.dataset.value_names)), np.nan, np.float32)  # not in a page
    return Codes(
        z_mean=arrays["z_mean"].astype(np.float32),
        z_log_var=arrays["z_log_var"].astype(np.float32),
        columns=Columns(label, info.dataset.class_names, unknown, info.dataset.value_names, names_from(arrays)),
        index=arrays["index"].astype(np.int64),
        split=arrays["split"],
    )


def _sample(settings: dict[str, Any], arrays: NamedArrays, info: RunInfo) -> Sample:
    """The example images of a page; none if they are not as large as the images of the data set."""
    height, width, channels = info.dataset.image_shape
    atlas = settings.get("atlas")
    none = Sample(np.zeros((0, height, width, channels), np.uint8), np.zeros(0, np.int64))
    if atlas is None or (atlas["height"], atlas["width"]) != (height, width):
        return none
    from PIL import Image

    content = io.BytesIO(base64.b64decode(atlas["picture"].partition(",")[2]))
    try:
        picture = Image.open(content, formats=["WEBP"])
    except Image.DecompressionBombError as error:
        raise ValueError("its examples are too large") from error
    with picture:
        if picture.width * picture.height > MOST_BYTES // 8:
            raise ValueError("its examples are too large")
        sheet = np.asarray(picture.convert("L" if channels == 1 else "RGB")).reshape(*picture.size[::-1], channels)
    index = arrays["example_index"].astype(np.int64)
    rows, columns = sheet.shape[0] // height, int(atlas["columns"])
    tiles = sheet.reshape(rows, height, columns, width, channels).swapaxes(1, 2)
    images = tiles.reshape(rows * columns, height, width, channels)[: len(index)]
    return Sample(np.ascontiguousarray(images), index)
