"""Converting images of any size, colour and value range to one shape as uint8."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from vae_explorer.array_types import Bytes, ImageShape
from vae_explorer.data.options import LARGEST, SMALLEST, Fit, ImageOptions
from vae_explorer.sizes import size_text

USUAL_SIZE = 64, 64  # height and width for images of different sizes
GREY_SHARE = 0.95  # if at least this share of the images is grey, all become grey
STRIP = 2**21  # values that are scaled at a time, which bounds the memory


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that become black (0) and white (255). Values between are mapped linearly, others are clipped."""

    low: float
    high: float


BYTE, BIT = Scale(0, 255), Scale(0, 1)
Kind = Literal["byte", "integer", "real"]  # 8-bit values, other integers, floating point
KINDS: tuple[Kind, ...] = get_args(Kind)


def kind_of(dtype: np.dtype) -> Kind:
    """The kind of values in an array of this dtype, which is no bool."""
    return "byte" if dtype == np.uint8 else "real" if dtype.kind == "f" else "integer"


@dataclass(frozen=True, slots=True)
class Scales:
    """The scale for the values of each kind of image."""

    byte: Scale = BYTE  # integers of up to 8 bits
    integer: Scale = BYTE  # integers of more bits
    real: Scale = BIT  # floating point

    def of(self, dtype: np.dtype) -> Scale:
        """The scale for an array of this dtype."""
        if dtype == np.bool_:
            return BIT
        scale: Scale = getattr(self, kind_of(dtype))
        return scale


def parse_scales(content: Mapping[str, Any]) -> Scales:
    """The scales from plain data. Raises KeyError, TypeError or ValueError if damaged."""
    found = {}
    for kind in KINDS:
        low, high = float(content[kind]["low"]), float(content[kind]["high"])
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"a value range goes from {low} to {high}")
        found[kind] = Scale(low, high)
    return Scales(**found)


@dataclass(frozen=True, slots=True)
class Target:
    """The shape and the mapping of values that all images of a set are converted to."""

    shape: ImageShape  # height, width, channels
    fit: Fit
    invert: bool
    scales: Scales
    older: bool = False  # decode as the program did before runs kept their value range


def decide_shape(sizes: Mapping[tuple[int, int], int], colored: int, options: ImageOptions) -> tuple[ImageShape, str]:
    """The shape that the images are converted to, and a sentence that says why.

    sizes: number of images by (height, width). colored: number of images in colour.
    """
    count = sum(sizes.values())
    if options.size is not None:
        (height, width), why = options.size, "the size that was chosen"
    elif len(sizes) == 1:
        height, width = next(iter(sizes))
        why = "the size that all have"
        if not all(SMALLEST <= side <= LARGEST for side in (height, width)):
            times = -(-SMALLEST // min(height, width))
            if max(height, width) * times <= LARGEST:
                why = f"{times} times the size that all have, since a side has at least {SMALLEST} pixels"
                height, width = height * times, width * times
            else:
                why = f"since all are {size_text(height, width)} and a side has {SMALLEST} to {LARGEST} pixels"
                height, width = USUAL_SIZE
    else:
        (height, width), why = USUAL_SIZE, "since their sizes differ"
    if options.color != "auto":
        channels, tint = (3 if options.color == "rgb" else 1), "as was chosen"
    else:
        channels = 3 if colored > count * (1 - GREY_SHARE) else 1
        tint = f"since {colored:,} of {count:,} have colour"
    colour = "colour" if channels == 3 else "grey"
    return (height, width, channels), f"{size_text(height, width)}, {why}; {colour}, {tint}."


def scaled(values: NDArray[np.generic], scale: Scale) -> Bytes:
    """Finite values of any shape and type as uint8: scale.low becomes 0 and scale.high becomes 255."""
    if values.dtype == np.uint8:
        if scale == BYTE:
            return values.view(np.uint8)
        return scaled(np.arange(256, dtype=np.float64), scale)[values.view(np.uint8)]
    result = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), step := max(1, STRIP // max(1, values[0].size if len(values) else 1))):
        strip = values[start : start + step].astype(np.float64)
        levels = (strip / 2 - scale.low / 2) * (255 / (scale.high / 2 - scale.low / 2))  # halves do not overflow
        result[start : start + step] = np.rint(np.clip(levels, 0, 255))
    return result


def fit_arrays(images: NDArray[np.generic], target: Target) -> Bytes:
    """Images (n, h, w, 1, 3 or 4) of any type, alpha last, as uint8 of the target's shape: (n, H, W, C)."""
    levels = scaled(images, target.scales.of(images.dtype))
    channels = levels.shape[3]
    if levels.shape[1:] != target.shape:
        modes = {1: "L", 3: "RGB", 4: "RGBA"}
        pictures = (Image.fromarray(level[..., 0] if channels == 1 else level, modes[channels]) for level in levels)
        fitted = [_fitted(picture, target) for picture in pictures]
        levels = np.stack(fitted) if fitted else np.empty((0, *target.shape), np.uint8)
    return 255 - levels if target.invert else levels


def fit_picture(picture: Image.Image, target: Target) -> Bytes:
    """A Pillow image of mode L, RGB or RGBA as uint8 of the target's shape: (H, W, C)."""
    scale = target.scales.byte
    levels = scaled(_fitted(picture, target), scale) if target.older else _fitted(_mapped(picture, scale), target)
    return 255 - levels if target.invert else levels


def _mapped(picture: Image.Image, scale: Scale) -> Image.Image:
    """The picture with its values scaled, but not its alpha. Resizing would round masks of 0 and 1 to two levels."""
    if scale == BYTE:
        return picture
    levels = scaled(np.arange(256, dtype=np.uint8), scale).tolist()
    alpha = list(range(256)) if picture.mode == "RGBA" else []
    return picture.point(levels * (1 if picture.mode == "L" else 3) + alpha)


def _fitted(picture: Image.Image, target: Target) -> Bytes:
    """Resize the picture, and then lay it on white. Pillow weights colours by alpha when it resizes."""
    height, width, channels = target.shape
    if picture.size != (width, height):
        if target.fit == "crop":
            picture = ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC)
        elif target.fit == "stretch":
            picture = picture.resize((width, height), Image.Resampling.BICUBIC)
        else:
            black = (0, 0, 0, 255) if picture.mode == "RGBA" else None
            picture = ImageOps.pad(picture, (width, height), Image.Resampling.BICUBIC, color=black)
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    return np.asarray(picture.convert("L" if channels == 1 else "RGB")).reshape(target.shape)
