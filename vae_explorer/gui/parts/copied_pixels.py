"""Images on the clipboard."""

from PySide6.QtWidgets import QApplication

from vae_explorer.array_types import Bytes
from vae_explorer.gui.parts.decoded_image import to_qimage

SIDE = 280  # pixels, minimum longer side of a copied image


def copy_pixels(pixels: Bytes) -> None:
    """Copy an image (H, W, C), enlarged by a whole factor so that it is not tiny when pasted."""
    factor = max(1, -(-SIDE // max(pixels.shape[:2])))
    QApplication.clipboard().setImage(to_qimage(pixels.repeat(factor, axis=0).repeat(factor, axis=1)))
