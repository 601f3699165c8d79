"""Sizes of images as a person reads them: the width first, as image programs write them."""

from vae_explorer.array_types import ImageShape


def size_text(height: int, width: int) -> str:
    """A size in words, such as "48 x 40" for 48 pixels across and 40 down."""
    return f"{width} x {height}"


def shape_text(shape: ImageShape) -> str:
    """The size of images, and whether they have colours: "48 x 40" or "48 x 40, colour"."""
    height, width, channels = shape
    return size_text(height, width) + (", colour" if channels == 3 else "")
