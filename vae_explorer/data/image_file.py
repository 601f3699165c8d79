"""Reading the header and the pixels of one image file.

Files may be malicious. Only the formats below are tried, by the file's content and not by its name, and no image of
more than MOST_PIXELS is decoded.
"""

import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from vae_explorer.array_types import Bytes
from vae_explorer.data.fitting import Target, fit_picture, scaled
from vae_explorer.data.names import printable

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
TIFF = (".tif", ".tiff")
SEVERAL = {"TIFF": "pages", "GIF": "frames", "PNG": "frames", "WEBP": "frames"}  # what a file may hold several of
SUFFIXES = (
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".pbm", ".pgm", ".ppm", ".pnm",
    *TIFF,
)  # fmt: skip
PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
MOST_PAGES = 100_000  # of a TIFF file
MOST_PIXELS = 50_000_000  # in one image
LARGE = 4_000_000  # pixels; larger images are decoded one at a time
ORIENTATION = 0x0112  # Exif tag
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # TIFF tag, and its value for negatives
SAMPLED_SIDE = 64  # pixels; a JPEG is decoded at a smaller size for its values, but not smaller than this
# By Exif orientation, the transformation that makes an image upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Names of pixel formats by Pillow's mode.
NAMES = {
    "1": "1-bit", "L": "8-bit grey", "LA": "8-bit grey with alpha", "RGB": "8-bit colour",
    "RGBA": "8-bit colour with alpha", "P": "8-bit palette", "CMYK": "8-bit CMYK", "I": "32-bit grey",
    "F": "floating-point grey",
}  # fmt: skip

Depth = Literal["byte", "integer", "real"]

_large = Lock()


class DamagedError(Exception):
    """An image file that cannot be read. Its text is the reason, without a full stop."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of an image file says."""

    size: tuple[int, int]  # height, width
    name: str  # name of the pixel format
    depth: Depth
    colored: bool
    photograph: bool  # in colour or a JPEG file, as masks and counts are not


@contextmanager
def reading_images() -> Iterator[None]:
    """Keep Pillow from writing warnings to stderr, and let it raise an error for images that are far too large."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def count_pages(path: Path) -> int:
    """How many images a TIFF file holds. Raises DamagedError."""
    with _opened(path) as picture:
        return min(int(getattr(picture, "n_frames", 1)), MOST_PAGES)


def read_header(path: Path, page: int | None = None) -> Header:
    """The header of an image file, without decoding its pixels. Raises DamagedError.

    page: of a TIFF, counted from 0; None: the first, which is said if there are others.
    """
    with _opened(path, page) as picture:
        width, height = picture.size
        if picture.format != "TIFF" and _orientation(picture, _has_late_chunks(picture)) >= 5:
            width, height = height, width
        mode = picture.mode
        name = NAMES.get(mode, "16-bit grey" if mode.startswith("I;16") else mode)
        if page is None and picture.format in SEVERAL and getattr(picture, "is_animated", False):
            name += f", the first of several {SEVERAL[picture.format]}"
        depth: Depth = "integer" if mode.startswith("I") else "real" if mode == "F" else "byte"
        grey = depth != "byte" or mode in ("1", "L", "LA", "La") or (mode == "P" and _has_grey_palette(picture))
        jpeg = picture.format in ("JPEG", "MPO")
        return Header((height, width), name, depth, not grey, jpeg or not grey)


def read_values(path: Path, page: int | None = None) -> NDArray[np.generic]:
    """The values of an image, without alpha and what it hides: uint8, or integers or floats. Raises DamagedError."""
    with _opened(path, page) as picture, _one_at_a_time(picture):
        if _is_deep(picture):
            return _values(picture)
        picture.draft(None, (SAMPLED_SIDE, SAMPLED_SIDE))
        picture.load()
        plain = _plain(picture)
        values = np.asarray(plain)
        return values[values[..., 3] > 0, :3] if plain.mode == "RGBA" else values


def read_image(path: Path, target: Target, page: int | None = None) -> Bytes:
    """An image of a file, upright and converted to the target: (H, W, C) uint8. Raises DamagedError.

    page: as in `read_header`.
    """
    with _opened(path, page) as picture, _one_at_a_time(picture):
        if _is_deep(picture):
            values = _values(picture, target.older)
            orientation = _orientation(picture)
            picture = Image.fromarray(scaled(values, target.scales.of(values.dtype)), "L")
            target = Target(target.shape, target.fit, target.invert, type(target.scales)())  # values are mapped already
        else:
            side = max(target.shape[:2])
            picture.draft(None, (side, side))  # a much larger JPEG is decoded at a smaller size, which is faster
            picture.load()
            orientation = _orientation(picture)
            picture = _plain(picture)
        if orientation in TURNS:
            picture = picture.transpose(TURNS[orientation])
        return fit_picture(picture, target)


@contextmanager
def _opened(path: Path, page: int | None = None) -> Iterator[Image.Image]:
    """Open an image in a file, the first one if `page` is None. All errors inside the block become DamagedError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DamagedError("not a file")
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
            if page:
                picture.seek(page)
            if picture.width * picture.height > MOST_PIXELS:
                raise DamagedError(_too_large(f"{picture.width:,} x {picture.height:,} pixels: "))
            yield picture
    except DamagedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DamagedError(_too_large("")) from None
    except UnidentifiedImageError:
        raise DamagedError("damaged: it does not begin as an image does") from None
    except MemoryError:
        raise DamagedError("too large for this machine's memory") from None
    except OSError as error:
        text = f"it cannot be read: {error.strerror}" if error.strerror else f"damaged: {printable(str(error))}"
        raise DamagedError(text.rstrip(". ")) from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise almost any exception for damaged files
        raise DamagedError(f"damaged: {printable(str(error))}".rstrip(". ")) from None


def _too_large(size: str) -> str:
    return f"{size}more than the {MOST_PIXELS // 10**6} million pixels that an image may have"


@contextmanager
def _one_at_a_time(picture: Image.Image) -> Iterator[None]:
    """Let only one thread at a time decode a large image, which bounds the memory."""
    if picture.width * picture.height <= LARGE:
        yield
        return
    with _large:
        yield


def _is_deep(picture: Image.Image) -> bool:
    """Whether the image has more than 8 bits in each value."""
    return picture.mode.startswith("I") or picture.mode == "F"


def _values(picture: Image.Image, older: bool = False) -> NDArray[np.generic]:
    """The values of a deep image. older: leave the negatives that some TIFF files store as they are."""
    values: NDArray[Any] = np.asarray(picture)
    negative = isinstance(picture, TiffImageFile) and picture.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO
    if negative and values.dtype == np.uint16 and not older:  # Pillow inverts those of 8 bits only
        values = ~values
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise DamagedError("it holds values that are not finite numbers")
    return values


def _plain(picture: Image.Image) -> Image.Image:
    """An 8-bit image of any mode as L, RGB or RGBA."""
    if picture.mode in ("L", "RGB", "RGBA") and "transparency" not in picture.info:
        return picture
    if picture.mode in ("LA", "La", "PA", "RGBa") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode == "1" or (picture.mode == "P" and _has_grey_palette(picture)):
        return picture.convert("L")
    return picture.convert("RGB")


def _has_grey_palette(picture: Image.Image) -> bool:
    palette = picture.getpalette("RGB")
    return palette is not None and palette[::3] == palette[1::3] == palette[2::3]


def _has_late_chunks(picture: Image.Image) -> bool:
    """Whether a PNG, whose pixels are not decoded yet, may have metadata behind them, or is damaged."""
    file = picture.fp if isinstance(picture, PngImageFile) else None
    if file is None:
        return False
    place, kind = file.tell(), b""
    try:
        file.seek(len(PNG_BEGIN))
        while len(head := file.read(8)) == 8:
            length, kind, before = int.from_bytes(head[:4], "big"), head[4:], kind
            if kind == b"IEND" or (before == b"IDAT" and kind != b"IDAT"):
                break
            file.seek(length + 4, os.SEEK_CUR)
        return kind != b"IEND"
    finally:
        file.seek(place)


def _orientation(picture: Image.Image, decode: bool = True) -> int:
    """The orientation in the Exif data, 1 to 8; 1, which is upright, if the data are missing or damaged.

    decode: whether Pillow may decode the pixels of a PNG, to find data behind them.
    """
    try:
        exif = picture.getexif() if decode else Image.Image.getexif(picture)
        return int(exif.get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - an image with damaged metadata is still read
        return 1
