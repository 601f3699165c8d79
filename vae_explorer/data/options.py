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
    labels: str = ""  # path of a CSV or an array of labels; "": the labels beside the images
    labels_by: LabelsBy = "auto"  # how the rows of a CSV belong to image files: by name if it has names, or row by row

    def __post_init__(self) -> None:
        if self.size is not None and not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise UserError(f"A side has {SMALLEST} to {LARGEST} pixels, not {size_text(*self.size)}.")
        if self.fit not in FITS:
            raise UserError(f"There is no fit {self.fit!r}: choose one of {', '.join(FITS)}.")
        if self.color not in COLORS:
            raise UserError(f"There is no color {self.color!r}: choose one of {', '.join(COLORS)}.")
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


def parse_value_range(text: str) -> tuple[float, float]:
    """(low, high) from "0,4095". Raises UserError for other text."""
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise UserError(f"A value range is such as 0,4095, not {text!r}.") from None
    return low, high
