"""Writes a path: as a strip of decoded images, as a film, or as a table of its coordinates."""

from collections.abc import Iterator
from pathlib import Path as FilePath

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exploring.path_table import path_table
from vae_explorer.exploring.paths import Equal, Path
from vae_explorer.exporting import figure, film, table
from vae_explorer.exporting.origin import UNKNOWN, Origin
from vae_explorer.exporting.sheet import decode_all
from vae_explorer.exporting.strip import draw_strip
from vae_explorer.files import replacing
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress

ENDINGS = (*figure.ENDINGS, *film.ENDINGS, *table.ENDINGS)
FPS, MOVING, REST = 30, 4.0, 0.5  # frames a second, seconds for the way, and seconds at rest at each of its ends
SIDE = 280  # pixels, least longer side of a film


def check_path_ending(out: FilePath) -> str:
    """The ending of the path of a file, in lower case. Raises UserError unless it is one of `ENDINGS`."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(
            "A path is written as a picture, a film or a table: give a name that ends in one of "
            f"{', '.join(ENDINGS)}, not {out.name!r}."
        )
    return ending


def write_path(
    out: FilePath, path: Path, decoder: Decoder, count: int, equal: Equal, progress: Progress = no_progress,
    origin: Origin = UNKNOWN,
) -> None:  # fmt: skip
    """Write a path by the ending of the file's name: `count` images or codes, or a film, in equal steps.

    origin: what the metadata of a picture or a film say; a table has none. Raises UserError for another ending, or if
    the file cannot be written.
    """
    ending = check_path_ending(out)
    if ending in table.ENDINGS:
        table.write_table(out, path_table(path, count, equal))
    elif ending in film.ENDINGS:
        _write_film(out, path, decoder, equal, progress, origin)
    else:
        codes = path.points(count, equal)
        figure.write_picture(out, lambda each: draw_strip(decoder, codes, figure.Paper(), each), progress, origin)


def _write_film(out: FilePath, path: Path, decoder: Decoder, equal: Equal, progress: Progress, origin: Origin) -> None:
    images = decode_all(decoder, path.points(round(FPS * MOVING), equal), progress, "Decoding the path")
    still = round(FPS * REST)
    order = [0] * still + list(range(len(images))) + [len(images) - 1] * still
    height, width = images.shape[1:3]
    factor = max(1, -(-SIDE // max(height, width)))
    if (height % 2 or width % 2) and factor % 2:
        factor += 1  # a film has an even number of pixels each way

    def frames() -> Iterator[Bytes]:
        for done, index in enumerate(order):
            progress("Writing the film", done / len(order))
            yield _enlarged(images[index], factor)

    some = images[:: max(1, len(images) // 8)]
    with replacing(out) as temporary:
        few = (_enlarged(image, factor) for image in some)
        film.write_frames(temporary, frames(), FPS, len(order), few, origin)


def _enlarged(image: Bytes, factor: int) -> Bytes:
    """An image (H, W, 1 or 3) as a frame (H * factor, W * factor, 3)."""
    larger = image.repeat(factor, axis=0).repeat(factor, axis=1)
    return np.ascontiguousarray(np.broadcast_to(larger, (*larger.shape[:2], 3)))
