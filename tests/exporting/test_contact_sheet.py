"""A contact sheet holds each image once, in order."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.errors import UserError
from vae_explorer.exporting.contact_sheet import MOST, draw_contact_sheet
from vae_explorer.exporting.figure import Paper, write_picture


def test_images_lie_row_by_row_and_the_rest_is_white(tmp_path: Path) -> None:
    images = np.stack([np.full((16, 16, 1), level, np.uint8) for level in (10, 60, 110, 160, 210)])
    write_picture(tmp_path / "s.png", lambda _: draw_contact_sheet(images, Paper(dpi=100)))
    with Image.open(tmp_path / "s.png") as picture:
        pixels = np.asarray(picture)
    height, width = pixels.shape
    centres = [[int(pixels[int(height * (y + 0.5) / 2), int(width * (x + 0.5) / 3)]) for x in range(3)] for y in (0, 1)]
    assert centres == [[10, 60, 110], [160, 210, 255]]


def test_too_many_images_are_refused() -> None:
    images = np.broadcast_to(np.zeros((1, 16, 16, 1), np.uint8), (MOST + 1, 16, 16, 1))
    with pytest.raises(UserError, match="at most 10,000 images, not 10,001"):
        draw_contact_sheet(images, Paper())
