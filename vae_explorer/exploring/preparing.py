"""How the drawings of a data set were prepared, found in its images, and the same for a drawing of one's own.

The makers of MNIST scaled each digit so that the longer side of its box is 20 pixels, and moved it by whole pixels
until its centre of mass was in the middle of the 28x28 image. Those of EMNIST centred the box instead. A set is
recognised by its images and not by its name: a folder of files and a set of other digits may be prepared alike.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_explorer.array_types import Bytes, Doubles, Floats, ImageShape

FEWEST = 20  # images with ink from which a preparation is recognised
MOST = 200  # images that are looked at
SHARE = 0.95  # of them that must be prepared alike
FAINT = 16  # difference from the ground below which there is no ink in an image that is not prepared yet, as in a JPEG
WIDEST = 0.9  # of the image's shorter side; a box that fills the image says nothing


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the makers of a data set of drawings did with each of them."""

    side: int  # pixels, the longer side of the box around the ink
    by_mass: bool  # whether the centre of mass is in the middle of the image; else the centre of the box
    ground: int  # 0: ink on black, 255: on white

    def __str__(self) -> str:
        return f"centred by {'mass' if self.by_mass else 'its box'} in a {self.side}x{self.side} box"


def ground_of(images: Bytes) -> int:
    """The level around most of some images (N, H, W, C): 0 (black) or 255 (white); without images 0."""
    some = images[:MOST]
    if not len(some):
        return 0
    edges = np.concatenate([some[:, [0, -1]].ravel(), some[:, :, [0, -1]].ravel()])
    return 255 if np.median(edges) > 127 else 0


def preparation_of(images: Bytes) -> Preparation | None:
    """How these images (N, H, W, C) were prepared; None: not as drawings are, or there are too few to tell."""
    if images.shape[-1] != 1 or len(images) < FEWEST:
        return None
    ground = ground_of(images)
    ink = [_ink(image, ground) for image in images[:: -(-len(images) // MOST)]]
    ink = [each for each in ink if each.any()]
    if len(ink) < FEWEST:
        return None
    boxes = [_box(each) for each in ink]
    longer = np.array([max(bottom - top, right - left) for top, bottom, left, right in boxes])
    side = int(np.median(longer))
    height, width = images.shape[1:3]
    if side > WIDEST * min(height, width) or np.mean(longer == side) < SHARE:
        return None
    middle = np.array([height / 2, width / 2])
    if np.mean([np.abs(_mass_centre(each) - middle).max() <= 0.51 for each in ink]) >= SHARE:
        return Preparation(side, True, ground)
    box_centres = np.array([[(top + bottom) / 2, (left + right) / 2] for top, bottom, left, right in boxes])
    if np.mean(np.abs(box_centres - middle).max(axis=1) <= 1) >= SHARE:
        return Preparation(side, False, ground)
    return None


def prepare(image: Bytes, preparation: Preparation) -> Bytes:
    """The image (H, W, 1) prepared so; the same if it has no ink, and nearly the same if it is prepared already."""
    ink = _ink(image, preparation.ground)
    if not ink.any():
        return image
    top, bottom, left, right = _box(ink)
    if max(bottom - top, right - left) != preparation.side and ink.max() >= FAINT:
        ink = np.where(ink < FAINT, np.float32(0), ink)
        top, bottom, left, right = _box(ink)
    drawn = ink[top:bottom, left:right]
    longer = max(drawn.shape)
    if longer != preparation.side:
        height, width = (max(1, round(length * preparation.side / longer)) for length in drawn.shape)
        resized = Image.fromarray(drawn).resize((width, height), Image.Resampling.BICUBIC)
        drawn = np.clip(np.asarray(resized), 0, 255)
    placed = np.zeros(image.shape[:2], np.float32)
    centre = _mass_centre(drawn) if preparation.by_mass else np.array(drawn.shape) / 2
    room = np.array(placed.shape) - np.array(drawn.shape)
    row, column = np.clip(np.rint(np.array(placed.shape) / 2 - centre), 0, room).astype(int).tolist()
    placed[row : row + drawn.shape[0], column : column + drawn.shape[1]] = drawn
    levels = np.rint(placed).astype(np.uint8)[..., None]
    return levels if preparation.ground == 0 else 255 - levels


def blank(shape: ImageShape, ground: int) -> Bytes:
    """An image of this shape with nothing on its ground."""
    return np.full(shape, ground, np.uint8)


def _ink(image: Bytes, ground: int) -> Floats:
    """How far each pixel of an image (H, W, 1) is from the ground: (H, W), 0 to 255."""
    return np.abs(image[..., 0].astype(np.float32) - ground)


def _box(ink: Floats) -> tuple[int, int, int, int]:
    """The smallest box around the ink (H, W), as top, bottom, left and right; bottom and right are outside."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _mass_centre(ink: Floats) -> Doubles:
    """The centre of mass of ink (H, W) as row and column, counted as MNIST does: 14 is the middle of 28 pixels."""
    total, levels = ink.sum(dtype=np.float64), ink.astype(np.float64)
    height, width = ink.shape
    down, across = levels.sum(axis=1) @ np.arange(height), levels.sum(axis=0) @ np.arange(width)
    return np.array([down / total, across / total])
