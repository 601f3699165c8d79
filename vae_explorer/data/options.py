"""How images of any size, colour and range are brought to one shape, as a person chooses it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from vae_explorer.errors import UserError

SMALLEST, LARGEST = 16, 128  # pixels a side

Fit = Literal["crop", "pad", "stretch"]
FITS: tuple[Fit, ...] = get_args(Fit)
Color = Literal["auto", "grey", "rgb"]
COLORS: tuple[Color, ...] = get_args(Color)


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """What is chosen of how a data set is read; kept with a run, so that it is read the same again.

    Raises UserError for what cannot be chosen.
    """

    size: tuple[int, int] | None = None  # height, width, 16 to 128 each; None: what suits the images
    fit: Fit = "crop"  # to another aspect: cut what is too much, add a black margin, or distort
    color: Color = "auto"  # auto: grey if at least 19 in 20 images are
    invert: bool = False  # white becomes black
    value_range: tuple[float, float] | None = None  # what becomes black and white; None: what suits the images
    labels: str = ""  # path of a CSV or an array of labels; "": what lies with the images

    def __post_init__(self) -> None:
        if self.size is not None and not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise UserError(f"A side has {SMALLEST} to {LARGEST} pixels, not {self.size[0]}x{self.size[1]}.")
        if self.fit not in FITS:
            raise UserError(f"There is no fit {self.fit!r}: choose one of {', '.join(FITS)}.")
        if self.color not in COLORS:
            raise UserError(f"There is no color {self.color!r}: choose one of {', '.join(COLORS)}.")
        if self.value_range is not None:
            low, high = self.value_range
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise UserError(f"A value range goes from a number up to a larger one, not from {low:g} to {high:g}.")


AS_FOUND = ImageOptions()


def parse_options(content: Mapping[str, Any]) -> ImageOptions:
    """The options from plain data, as run.toml has them. Raises UserError or what reading damaged data raises."""
    known = {name: value for name, value in content.items() if value is not None}  # JSON names what TOML leaves out
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
    """(height, width) of "64" or "64x48". Raises UserError for anything else."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() and len(part) < 10 for part in parts):
        raise UserError(f"A size is such as 64, or 64x48 for 64 high and 48 wide, not {text!r}.")
    return int(parts[0]), int(parts[-1])


def parse_value_range(text: str) -> tuple[float, float]:
    """(low, high) of "0,4095". Raises UserError for anything else."""
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise UserError(f"A value range is such as 0,4095, not {text!r}.") from None
    return low, high
