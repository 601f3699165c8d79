"""Images of any size, colour and range, brought to one shape as uint8."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from vae_explorer.array_types import Bytes, ImageShape
from vae_explorer.data.options import LARGEST, SMALLEST, Fit, ImageOptions

USUAL_SIZE = 64, 64
GREY_SHARE = 0.95  # of images, from which on the few that have colour lose it
STRIP = 2**21  # values that are scaled at a time


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that become black and white; those between become grey in a line, those outside black or white."""

    low: float
    high: float


BYTE, BIT = Scale(0, 255), Scale(0, 1)


@dataclass(frozen=True, slots=True)
class Scales:
    """How the values of images of each kind are mapped."""

    byte: Scale = BYTE  # of up to 8 bits
    integer: Scale = BYTE  # of more
    real: Scale = BIT  # floating point

    def of(self, dtype: np.dtype) -> Scale:
        """That of an array's values."""
        if dtype == np.bool_:
            return BIT
        if dtype == np.uint8:
            return self.byte
        return self.real if dtype.kind == "f" else self.integer


@dataclass(frozen=True, slots=True)
class Target:
    """What all images of a set are brought to."""

    shape: ImageShape  # height, width, channels
    fit: Fit
    invert: bool
    scales: Scales


def decide_shape(sizes: Mapping[tuple[int, int], int], colored: int, options: ImageOptions) -> tuple[ImageShape, str]:
    """The shape that images are brought to, and why, as a sentence.

    sizes: how many images have (height, width); colored: how many have colour.
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
                why = f"since all are {height}x{width} and a side has {SMALLEST} to {LARGEST} pixels"
                height, width = USUAL_SIZE
    else:
        (height, width), why = USUAL_SIZE, "since their sizes differ"
    if options.color != "auto":
        channels, tint = (3 if options.color == "rgb" else 1), "as was chosen"
    else:
        channels = 3 if colored > count * (1 - GREY_SHARE) else 1
        tint = f"since {colored:,} of {count:,} have colour"
    return (height, width, channels), f"{height}x{width}, {why}; {'colour' if channels == 3 else 'grey'}, {tint}."


def scaled(values: NDArray[np.generic], scale: Scale) -> Bytes:
    """Values of any shape and type as uint8, scale.low as 0 and scale.high as 255. They have to be finite."""
    if values.dtype == np.uint8:
        if scale == BYTE:
            return values.view(np.uint8)
        return scaled(np.arange(256, dtype=np.float64), scale)[values.view(np.uint8)]
    result = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), step := max(1, STRIP // max(1, values[0].size if len(values) else 1))):
        part = values[start : start + step].astype(np.float64)
        levels = (part / 2 - scale.low / 2) * (255 / (scale.high / 2 - scale.low / 2))  # halved: no overflow
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
    levels = scaled(_fitted(picture, target), target.scales.byte)
    return 255 - levels if target.invert else levels


def _fitted(picture: Image.Image, target: Target) -> Bytes:
    """Brought to size first, which is with alpha as Pillow weights it by alpha; then laid on white."""
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
