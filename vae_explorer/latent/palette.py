"""Colours of the classes, the same in the window, in pictures and in the HTML page."""

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.latent.many_colours import continued

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
# Viridis of van der Walt and Smith (2015), CC0, which colour-blind people read as well, in sixteenths.
VIRIDIS = (
    "#440154", "#48186a", "#472d7b", "#424086", "#3b528b", "#33638d", "#2c728e", "#26828e", "#21918c", "#1fa088",
    "#28ae80", "#3fbc73", "#5ec962", "#84d44b", "#addc30", "#d8e219", "#fde725",
)  # fmt: skip
VISIBLE = {False: (0.0, 0.9), True: (0.16, 1.0)}  # what of it stands out from light and from dark ground
# Loss, reconstruction, KL.
LOSSES, LOSSES_ON_DARK = ("#2f6fde", "#b4530f", "#0f7b5f"), ("#6ea8ff", "#f0a04b", "#4fd1a5")


def class_colours(count: int, dark: bool = False) -> list[str]:
    """`count` colours as "#rrggbb": the ten for up to ten classes, then generated ones; one if there is no class."""
    if count == 0:
        return [ONE]
    ten = TEN_ON_DARK if dark else TEN
    return list(ten[:count] if count <= len(ten) else continued(ten, count, dark))


def value_colours(count: int, dark: bool = False) -> list[str]:
    """`count` (>= 2) colours as "#rrggbb" for rising values, in even steps of lightness as they are seen."""
    start, end = VISIBLE[dark]
    along = np.linspace(start, end, count) * (len(VIRIDIS) - 1)
    channels = [np.interp(along, np.arange(len(VIRIDIS)), channel) for channel in as_rgb(list(VIRIDIS)).T]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in np.rint(channels).astype(int).T.tolist()]


def as_rgb(colours: list[str]) -> Bytes:
    """(count, 3) uint8 of "#rrggbb" strings."""
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.uint8)
