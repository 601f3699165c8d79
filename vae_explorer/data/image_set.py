"""Images that were found in any source and are not read yet."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Flags, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.fitting import BIT, BYTE, Scale, Scales, Target
from vae_explorer.data.names import printable as printable  # every reader of images needs it
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.progress import Progress

LOOKING = "Looking at the images"  # the task of `ImageSet.look`


@dataclass(slots=True)
class Extent:
    """The least and the largest value that were seen, for each kind of image."""

    byte: tuple[float, float] | None = None
    integer: tuple[float, float] | None = None
    real: tuple[float, float] | None = None

    def take(self, values: NDArray[np.generic]) -> None:
        """Include these finite values."""
        if not values.size or values.dtype == np.bool_:
            return
        kind = "byte" if values.dtype == np.uint8 else "real" if values.dtype.kind == "f" else "integer"
        low, high = float(np.min(values)), float(np.max(values))
        before = getattr(self, kind)
        setattr(self, kind, (min(low, before[0]), max(high, before[1])) if before else (low, high))


@dataclass(slots=True)
class Look:
    """What the headers of images say, and the range of values that have no fixed meaning, such as floats."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # (height, width)
    formats: Counter[str] = field(default_factory=Counter)
    colored: int = 0
    extent: Extent = field(default_factory=Extent)
    skipped: dict[int, Skipped] = field(default_factory=dict)  # by index in the set

    @property
    def count(self) -> int:
        return self.sizes.total()


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some images of a set in the target's shape."""

    rows: Longs  # (n,), index of each image in the set
    images: Bytes  # (n, H, W, C)
    skipped: dict[int, Skipped]  # by index in the set, images near these that could not be read


class ImageSet(Protocol):
    """N images that were found. A row is an index in their order, which includes images that cannot be read."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def kind(self) -> str:
        """The kind of source in a few words, such as "folder of images"."""

    @property
    def licence(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def columns(self) -> Columns: ...
    @property
    def held_out(self) -> Flags | None:
        """(N,), true: held out; None: the source does not say."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Files beside the images that are left out."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what is used, how it was matched to the images, and what was left unused."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what is probably not as its owner wants it, and what to do."""

    @property
    def on_disk(self) -> bool:
        """Whether reading takes so long that the decoded images are kept in the cache."""

    @property
    def seekable(self) -> bool:
        """Whether some images can be read without reading all images before them."""

    def identity(self) -> Any:
        """Plain data that change when the files change."""

    def look(self, progress: Progress) -> Look:
        """Read the headers, and the values if their range is not known. Raises UserError and what `progress` raises."""

    def read(self, target: Target, rows: Longs | None = None) -> Iterator[Block]:
        """Read the images in order, in blocks. rows: read only these, ascending; None: all. Raises UserError."""


def decide_scales(extent: Extent, options: ImageOptions) -> tuple[Scales, str]:
    """The values that become black and white, and a sentence that says which and why."""
    if options.value_range is not None:
        scale = Scale(*options.value_range)
        seen = [pair for pair in (extent.byte, extent.integer, extent.real) if pair]
        beyond = any(low < scale.low or high > scale.high for low, high in seen)
        more = "; there are values outside, which become black or white" if beyond else ""
        return Scales(scale, scale, scale), f"{_span(scale)}, as was chosen{more}."
    byte, integer, real = BYTE, BYTE, BIT
    notes = []
    if extent.byte is not None:
        if extent.byte[1] == 1:
            byte = BIT
            notes.append("bytes: 0 to 1, since none is larger")
        else:
            notes.append("8-bit values: 0 to 255")
    if extent.integer is not None:
        low, high = extent.integer
        if low >= 0:
            bits = max(8, int(high).bit_length())
            bits = next((usual for usual in (8, 10, 12, 14, 16) if bits <= usual), bits)
            integer = Scale(0, 2.0**bits - 1)
            notes.append(f"integers: {_span(integer)}, the {bits} bits that hold the largest, {high:.0f}")
        else:
            integer = Scale(low, high if high > low else low + 1)
            notes.append(f"integers: {_span(integer)}, the least to the largest")
    if extent.real is not None:
        low, high = extent.real
        usual = ((0, 1), (-1, 1), (0, 255))
        fitting = next((pair for pair in usual if pair[0] <= low and high <= pair[1]), None)
        if fitting is not None:
            real = Scale(*fitting)
            notes.append(f"floats: {_span(real)}, which holds all, {low:g} to {high:g}")
        else:
            real = Scale(low, high if high > low else low + 1)
            notes.append(f"floats: {_span(real)}, the least to the largest")
    return Scales(byte, integer, real), f"{'; '.join(notes) or 'two levels'}.".capitalize()


def _span(scale: Scale) -> str:
    return f"{scale.low:g} to {scale.high:g}"
