"""The map of decoded images: fills a view of the plane with images, a step at a time, and draws what there is.

Cells have sides of powers of two in the plane, so that they keep their images while a map pans, and nest as it zooms.
"""

import time
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Longs, Words
from vae_explorer.exploring.image_cells import MEMORY, ImageCells, ImageSource, capacity_of
from vae_explorer.latent.cells import Area, Cells, covering, level_of, nearest_first, overlapping
from vae_explorer.latent.raster import View
from vae_explorer.progress import Progress, no_progress

BUDGET = 0.04  # seconds of decoding after which a step draws what it has, more if drawing itself takes long
CALL = 0.010  # seconds that one call of the decoder may take, since a decoder may make others wait meanwhile
LEAST_CALL, MOST_CALL = 64, 512  # latent codes in one call; fewer take hardly less time
COARSER = 2  # levels between the cells of the images and those that are shown until they are decoded
PAD = 1 / 8  # share of the view's sides that is drawn beyond each of them, so that the map can pan
FIELD = 2**0.5  # largest side of a cell on the screen, as a multiple of the wanted one


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture of the plane. Pixels are 0xAARRGGBB, alpha premultiplied; 0 where there is no image yet."""

    source: ImageSource
    view: View  # that was wanted
    side: int  # of an image, that was wanted
    area: Area  # that the picture covers
    pixels: Words  # (height, width) uint32
    coarse: Words | None  # the same of larger cells, to be shown below; None: the view is whole without them
    whole: bool  # whether all images in the view are there
    done: bool  # whether all images in the area are there


class ImageMap:
    """Decodes and draws. For one thread at a time."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._cells: ImageCells | None = None
        self._most_pixels = 0
        self._call = LEAST_CALL
        self._drawing_took = 0.0  # seconds
        self._below: tuple[ImageCells, View, Longs, Words] | None = None  # the last coarse picture, and of what it is

    def forget(self) -> None:
        """Free the memory of all images."""
        self._cells = self._below = None

    def step(self, source: ImageSource, view: View, side: int, point: tuple[float, float]) -> Drawing:
        """Decode some of the images that the view lacks, those nearest to a point first, and draw what there is.

        side: about the side of an image on the screen, in pixels of the layout. Images of an earlier source are
        forgotten. If the drawing is not `done`, another step continues.
        """
        most_pixels = max(1, round(side * FIELD * view.ratio))
        cells = self._cells
        if cells is None or cells.source is not source or most_pixels != self._most_pixels:
            cells = self._cells = ImageCells(source, most_pixels, capacity_of(source, most_pixels, self._memory))
            self._most_pixels = most_pixels
        seen, padded = Area(view.left, view.right, view.low, view.high), padded_view(view)
        area = Area(padded.left, padded.right, padded.low, padded.high)
        level = level_of(side * view.ratio * (view.right - view.left) / view.width)
        while covering(area, level).count > cells.capacity // 2:
            level += 1
        fine, coarse = covering(area, level), covering(area, level + COARSER)
        indices = fine.indices()
        in_view, places = overlapping(indices, level, seen), cells.places(fine)
        until = time.perf_counter() + max(BUDGET, self._drawing_took)
        if not places[in_view].all():
            self._fill(cells, covering(seen, level + COARSER), point, seen, until)
        if not places.all():
            self._fill(cells, fine, point, seen, until)
            places = cells.places(fine)
        whole = bool(places[in_view].all())
        began = time.perf_counter()
        below = None if whole else self._draw_below(cells, coarse, padded)
        pixels = draw_cells(cells, fine, places, padded)
        self._drawing_took = time.perf_counter() - began
        return Drawing(source, view, side, area, pixels, below, whole, bool(places.all()))

    def _draw_below(self, cells: ImageCells, block: Cells, view: View) -> Words:
        """The picture of coarse cells, which is mostly that of the step before."""
        places, last = cells.places(block), self._below
        if last is not None and last[0] is cells and last[1] == view and np.array_equal(last[2], places):
            return last[3]
        words = draw_cells(cells, block, places, view)
        self._below = cells, view, places, words
        return words

    def _fill(self, cells: ImageCells, block: Cells, point: tuple[float, float], seen: Area, until: float) -> None:
        """Decode the missing images of a block, at least one call's worth, until the time is over."""
        missing: Longs = block.indices()[cells.places(block) == 0]
        missing = missing[nearest_first(missing, block.level, point, seen)]
        start = 0
        while start < len(missing):
            began = time.perf_counter()
            some = missing[start : start + self._call]
            cells.decode(some, block.level)
            start += len(some)
            now = time.perf_counter()
            self._call = min(max(int(len(some) * CALL / (now - began)), LEAST_CALL), 2 * self._call, MOST_CALL)
            if now > until:
                break


def decode_view(source: ImageSource, view: View, side: int, progress: Progress = no_progress) -> Words:
    """A view with all of its images, as in `Drawing.pixels`, (height, width) uint32."""
    area = Area(view.left, view.right, view.low, view.high)
    block = covering(area, level_of(side * view.ratio * (view.right - view.left) / view.width))
    cells = ImageCells(source, max(1, round(side * FIELD * view.ratio)), block.count)
    indices = block.indices()
    for start in range(0, len(indices), MOST_CALL):
        progress("Decoding the images", start / len(indices))
        cells.decode(indices[start : start + MOST_CALL], block.level)
    return draw_cells(cells, block, cells.places(block), view)


def padded_view(view: View) -> View:
    """The view with `PAD` more at each side, a whole number of pixels, so that the pixels of both coincide."""
    across, down = round(view.width * PAD), round(view.height * PAD)
    x, y = (view.right - view.left) / view.width * across, (view.high - view.low) / view.height * down
    return View(
        view.left - x,
        view.right + x,
        view.low - y,
        view.high + y,
        view.width + 2 * across,
        view.height + 2 * down,
        view.ratio,
    )


def draw_cells(cells: ImageCells, block: Cells, places: Longs, view: View) -> Words:
    """The picture of a view that the block covers. places: of the block's images."""
    from PIL import Image  # which the launch does not need

    mosaic, known = cells.mosaic(places, block.columns)
    size, covered = (view.width, view.height), block.area()
    scale = cells.side / block.side
    box = (
        max(0.0, (view.left - covered.left) * scale),
        max(0.0, (covered.high - view.high) * scale),
        min(mosaic.shape[1], (view.right - covered.left) * scale),
        min(mosaic.shape[0], (covered.high - view.low) * scale),
    )
    image = Image.fromarray(mosaic[..., 0] if mosaic.shape[-1] == 1 else mosaic)
    pixels = np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box))
    shown = None
    if known is not None:
        shown = np.asarray(Image.fromarray(known.view(np.uint8)).resize(size, Image.Resampling.NEAREST, box=box))
    return _as_words(pixels, shown)


def _as_words(pixels: Bytes, shown: Bytes | None) -> Words:
    """Pixels (H, W) or (H, W, 3) as 0xAARRGGBB; 0 where `shown` (H, W) is 0."""
    words: Words
    if pixels.ndim == 2:
        words = pixels.astype(np.uint32)
        words *= np.uint32(0x010101)
    else:
        words = pixels[..., 0].astype(np.uint32)
        for channel in (1, 2):
            words <<= np.uint32(8)
            words |= pixels[..., channel]
    words |= np.uint32(0xFF000000)
    if shown is not None:
        words *= shown
    return words
