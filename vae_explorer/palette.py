"""Colours of the classes, the same in the window, in pictures and in the HTML page."""

import colorsys

import numpy as np
from numpy.typing import NDArray

# Paul Tol, "Colour schemes" (2021), muted, with one grey replaced by orange: ten hues told apart by colour-blind people
# on light and on dark ground.
TEN = (
    "#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#ee7733",
)  # fmt: skip
# The same hues, the darkest lifted to be seen on dark ground.
TEN_ON_DARK = (
    "#7d6fe0", "#88ccee", "#44aa99", "#2fa35a", "#a9a93c", "#ddcc77", "#dd7788", "#c2477f", "#c568b8", "#ee7733",
)  # fmt: skip
ONE = "#4c8fc9"
# Loss, reconstruction, KL.
LOSSES, LOSSES_ON_DARK = ("#2f6fde", "#b4530f", "#0f7b5f"), ("#6ea8ff", "#f0a04b", "#4fd1a5")


def class_colours(count: int, dark: bool = False) -> list[str]:
    """`count` colours as "#rrggbb": the ten for up to ten classes, else generated ones; one if there is no class."""
    if count == 0:
        return [ONE]
    if count <= 10:
        return list((TEN_ON_DARK if dark else TEN)[:count])
    # Steps of the golden ratio keep neighbours in the list apart in hue; lightness alternates.
    colours = []
    for i in range(count):
        lightness = (0.62 if dark else 0.45) + 0.1 * (i % 3 - 1)
        red, green, blue = colorsys.hls_to_rgb(i * 0.6180339887 % 1.0, lightness, 0.6)
        colours.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return colours


def as_rgb(colours: list[str]) -> NDArray[np.uint8]:
    """(count, 3) uint8 of "#rrggbb" strings."""
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.uint8)
