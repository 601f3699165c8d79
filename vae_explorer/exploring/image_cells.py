"""A bounded memory of images decoded at the cells of a plane: the least recently used are forgotten first."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Flags, Floats, ImageShape, Longs
from vae_explorer.latent.cells import Cells, centres
from vae_explorer.latent.plane import Plane, on_plane
from vae_explorer.model.decoder import Decoder, as_pixels

MEMORY = 48 * 2**20  # bytes of all images together


@dataclass(frozen=True, slots=True, eq=False)
class ImageSource:
    """What images are decoded from. Another one has other images, even if it has the same decoder."""

    decoder: Decoder
    image_shape: ImageShape
    plane: Plane


def _factor(source: ImageSource, most_pixels: int) -> int:
    """The whole factor by which images are reduced so that they still have as many pixels as the screen shows."""
    return max(1, max(source.image_shape[:2]) // most_pixels)


def capacity_of(source: ImageSource, most_pixels: int, memory: int = MEMORY) -> int:
    """The number of images, kept for cells of at most this many device pixels, that take this many bytes."""
    side = max(source.image_shape[:2]) // _factor(source, most_pixels)
    return max(1, memory // (side**2 * source.image_shape[2]))


class ImageCells:
    """The images of one source, at cells of any level. For one thread at a time.

    An image of (H, W) pixels is kept in the middle of a square, reduced by a whole factor if it is shown smaller.
    """

    def __init__(self, source: ImageSource, most_pixels: int, capacity: int) -> None:
        """most_pixels: device pixels of the largest cell on the screen. capacity: number of images that are kept."""
        height, width, channels = source.image_shape
        self.source, self.capacity = source, capacity
        self._factor = _factor(source, most_pixels)
        self._shape = max(1, height // self._factor), max(1, width // self._factor)
        self.side = max(self._shape)  # pixels of a cell
        # Memory is used only as far as it is filled. Place 0 is black, for cells that are not known.
        self._pixels = np.zeros((self.capacity + 1, self.side, self.side, channels), np.uint8)
        top, left = (self.side - self._shape[0]) // 2, (self.side - self._shape[1]) // 2
        self._inside = slice(top, top + self._shape[0]), slice(left, left + self._shape[1])
        self._place: OrderedDict[tuple[int, int, int], int] = OrderedDict()  # (level, i, j) -> place in _pixels
        self._flat = source.plane.latent_dim == 1

    def __len__(self) -> int:
        return len(self._place)

    def places(self, cells: Cells) -> Longs:
        """The places (N,) of the images of all cells, in the order of `Cells.indices`; 0: not known."""
        found = np.empty(cells.count, np.int64)
        for number, (column, row) in enumerate(cells.indices().tolist()):
            key = self._key(cells.level, column, row)
            found[number] = self._place.get(key, 0)
            if found[number]:
                self._place.move_to_end(key)
        return found

    def decode(self, indices: Longs, level: int) -> None:
        """Decode those images of these cells (N, 2) that are not known, at the centres of the cells."""
        wanted = dict.fromkeys(self._key(level, column, row) for column, row in indices.tolist())
        keys = [key for key in wanted if key not in self._place]
        if not keys:
            return
        at = centres(np.array([key[1:] for key in keys], np.int64), level)
        codes = on_plane(at.astype(np.float32), self.source.plane).astype(np.float32, copy=False)
        images = self._reduced(self.source.decoder(codes))
        places = [self._take(key) for key in keys]
        self._pixels[(np.array(places), *self._inside)] = images

    def mosaic(self, places: Longs, columns: int) -> tuple[Bytes, Flags | None]:
        """The images at these places (N,) side by side, N / columns rows, (height, width, C) uint8.

        With them, where there are images, (height, width) bool; None: everywhere.
        """
        rows, side = len(places) // columns, self.side
        grid = self._pixels[places].reshape(rows, columns, side, side, -1)
        mosaic = grid.transpose(0, 2, 1, 3, 4).reshape(rows * side, columns * side, -1)
        if places.all() and self._shape == (side, side):
            return mosaic, None
        inside = np.zeros((side, side), bool)
        inside[self._inside] = True
        known = (places > 0).reshape(rows, 1, columns, 1) & inside[:, None, :]
        return mosaic, known.reshape(rows * side, columns * side)

    def _key(self, level: int, column: int, row: int) -> tuple[int, int, int]:
        return level, column, 0 if self._flat else row

    def _take(self, key: tuple[int, int, int]) -> int:
        """A place for a new cell, that of the least recently used one if all are taken."""
        if len(self._place) < self.capacity:
            place = len(self._place) + 1
        else:
            _, place = self._place.popitem(last=False)
        self._place[key] = place
        return place

    def _reduced(self, images: Floats) -> Bytes:
        """Images (N, H, W, C) in [0, 1] as pixels of the kept size: averages of squares of pixels."""
        if self._factor > 1:
            (height, width), factor = self._shape, self._factor
            images = images[:, : height * factor, : width * factor]
            images = images.reshape(len(images), height, factor, width, factor, -1).mean(axis=(2, 4))
        return as_pixels(images)
