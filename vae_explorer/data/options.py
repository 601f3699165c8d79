"""The options for converting images of any size, colour and range to one shape."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from vae_explorer.errors import UserError
from vae_explorer.sizes import size_text

SMALLEST, LARGEST = 16, 128  # pixels per side

Fit = Literal["crop", "pad", "stretch"]
FITS: tuple[Fit, ...] = get_args(Fit)
Color = Literal["auto", "grey", "rgb"]
COLORS: tuple[Color, ...] = get_args(Color)
LabelsBy = Literal["auto", "row"]
LABELS_BY: tuple[LabelsBy, ...] = get_args(LabelsBy)
Pages = Literal["first", "all"]
PAGES: tuple[Pages, ...] = get_args(Pages)


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """How a data set is read. A run keeps the options, so that its images can be read again in the same way.

    Raises UserError for a value out of range.
    """

    size: tuple[int, int] | None = None  # height, width, 16 to 128 each; None: decided from the images
    fit: Fit = "crop"  # for another aspect ratio: cut the edges off, add a black margin, or distort
    color: Color = "auto"  # auto: grey if at least 95 % of the images are
    invert: bool = False  # white becomes black
    value_range: tuple[float, float] | None = None  # values that become black and white; None: from the images
    shape: tuple[int, ...] | None = None  # axes of images stored as flat rows: (H, W), (H, W, C) or (C, H, W)
    labels: str = ""  # path of a CSV or an array of labels; "": the labels beside the images
    pages: Pages = "first"  # which pages of a TIFF file are images
    labels_by: LabelsBy = "auto"  # how the rows of a CSV belong to image files: by name if it has names, or row by row

    def __post_init__(self) -> None:
        if self.size is not None and not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise UserError(f"A side has {SMALLEST} to {LARGEST} pixels, not {size_text(*self.size)}.")
        if self.fit not in FITS:
            raise UserError(f"There is no fit {self.fit!r}: choose one of {', '.join(FITS)}.")
        if self.color not in COLORS:
            raise UserError(f"There is no color {self.color!r}: choose one of {', '.join(COLORS)}.")
        if self.pages not in PAGES:
            raise UserError(f"There are no pages {self.pages!r}: choose one of {', '.join(PAGES)}.")
        if self.labels_by not in LABELS_BY:
            raise UserError(f"Labels are not matched by {self.labels_by!r}: choose one of {', '.join(LABELS_BY)}.")
        if self.value_range is not None:
            low, high = self.value_range
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise UserError(f"A value range goes from a number up to a larger one, not from {low:g} to {high:g}.")


AS_FOUND = ImageOptions()


def parse_options(content: Mapping[str, Any]) -> ImageOptions:
    """The options from the plain data of run.toml. Raises UserError, KeyError, TypeError or ValueError if damaged."""
    known = {name: value for name, value in content.items() if value is not None}  # JSON may have null
    if "size" in known:
        height, width = map(int, known["size"])
        known["size"] = height, width
    if "shape" in known:
        known["shape"] = tuple(map(int, known["shape"]))
    if "value_range" in known:
        low, high = map(float, known["value_range"])
        known["value_range"] = low, high
    known["invert"] = bool(known.get("invert", False))
    known["labels"] = str(known.get("labels", ""))
    return ImageOptions(**known)


def parse_size(text: str) -> tuple[int, int]:
    """(height, width) from "64", or from "64x48", which is 64 wide and 48 high. Raises UserError for other text."""
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2 or not all(side.strip().isdecimal() and len(side) < 10 for side in sides):
        raise UserError(f"A size is such as 64, or 64x48 for 64 wide and 48 high, not {text!r}.")
    return int(sides[-1]), int(sides[0])


def parse_shape(text: str) -> tuple[int, ...]:
    """(H, W) from "28x20", which is 28 wide and 20 high; (H, W, 3) from "28x20x3", and (3, H, W) from "3x28x20".

    Raises UserError for other text.
    """
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) in (2, 3) and all(side.strip().isdecimal() and len(side) < 7 for side in sides):
        numbers = tuple(map(int, sides))
        if len(numbers) == 2:
            return numbers[1], numbers[0]
        if numbers[2] in (1, 3, 4):
            return numbers[1], numbers[0], numbers[2]
        if numbers[0] in (1, 3, 4):
            return numbers[0], numbers[2], numbers[1]
    raise UserError(f"A shape is such as 28x20 for 28 wide and 20 high, or 28x20x3 in colour, not {text!r}.")


def shape_text(shape: tuple[int, ...]) -> str:
    """The text for which `parse_shape` returns this shape."""
    height, width = shape[:2] if len(shape) == 2 or shape[0] not in (1, 3, 4) else shape[1:]
    channels = shape[2:] if shape[:2] == (height, width) else ()
    before = shape[:1] if len(shape) == 3 and not channels else ()
    return "x".join(map(str, (*before, width, height, *channels)))


def parse_value_range(text: str) -> tuple[float, float]:
    """(low, high) from "0,4095" or, with decimal commas, "0,5; 1,5". Raises UserError for other text."""
    try:
        low, high = map(float, text.replace(",", ".").split(";") if ";" in text else text.split(","))
    except ValueError:
        raise UserError(f"A value range is such as 0,4095, not {text!r}.") from None
    return low, high
