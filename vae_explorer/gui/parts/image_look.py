"""How images are shown: which levels are black and white, in which colours, and which channel of colour ones."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg

from vae_explorer.array_types import Bytes

COLOURS = ("grey", "inverted", "viridis", "cividis", "magma", "inferno", "plasma")
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class ImageLook:
    """Changes nothing but what is drawn on the screen. The first look leaves images as they are."""

    low: int = 0  # level that is drawn black, 0 to 254; lower ones, too
    high: int = 255  # level that is drawn white, above `low`; higher ones, too
    automatic: bool = False  # instead from the darkest to the brightest level of each image
    colours: str = "grey"  # one of COLOURS, for images with one channel and for a channel alone
    channel: int | None = None  # of colour images, 0 to 2; None: all

    def applied(self, pixels: Bytes) -> Bytes:
        """The pixels (H, W, 1 or 3) uint8 as they are drawn, (H, W, 1 or 3) uint8."""
        if self == PLAIN or not pixels.size:
            return pixels
        if self.channel is not None and pixels.shape[2] == 3:
            pixels = pixels[:, :, self.channel : self.channel + 1]
        low, high = (int(pixels.min()), int(pixels.max())) if self.automatic else (self.low, self.high)
        levels = np.arange(256, dtype=np.float64)
        stretched = np.rint(((levels - low) / max(1, high - low)).clip(0, 1) * 255).astype(np.uint8)
        if pixels.shape[2] == 3 or self.colours == "grey":
            drawn: Bytes = stretched[pixels]
            return drawn
        return _table(self.colours)[stretched][pixels[:, :, 0]]


PLAIN = ImageLook()


def _table(colours: str) -> Bytes:
    """The colour of each level, (256, 3) uint8."""
    if colours == "inverted":
        return np.repeat(np.arange(255, -1, -1, dtype=np.uint8)[:, None], 3, axis=1)
    table: Bytes = pg.colormap.get(colours).getLookupTable(nPts=256)[:, :3].astype(np.uint8)
    return table
