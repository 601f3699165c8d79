"""Images in arrays, one after the other."""

import math
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Flags, ImageShape, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.fitting import Target, fit_arrays, kind_of
from vae_explorer.data.image_file import MOST_PIXELS
from vae_explorer.data.image_set import LOOKING, Block, Look
from vae_explorer.data.options import SMALLEST
from vae_explorer.data.report import Skipped
from vae_explorer.data.stored_array import StoredArray
from vae_explorer.data.value_range import is_bright
from vae_explorer.data.value_sample import SAMPLE, ValueSample, picked
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress

CHANNELS = {1: "grey", 3: "colour", 4: "colour with alpha"}
IN_MEMORY = 2**28  # arrays of at most this many bytes are read again instead of kept in the cache
NO_NUMBERS = "it holds values that are not finite numbers"


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """One array of images."""

    array: StoredArray
    held_out: bool = False
    flat: tuple[int, ...] | None = None  # axes of an image, if the array's rows are flat
    transposed: bool = False  # height and width of each image are swapped, as in EMNIST

    @property
    def channels_first(self) -> bool:
        sides = self.sides
        return len(sides) == 3 and sides[0] in CHANNELS and sides[2] not in CHANNELS

    @property
    def sides(self) -> tuple[int, ...]:
        """The axes of an image as it is stored."""
        return self.flat or self.array.shape[1:]

    @property
    def shape(self) -> ImageShape:
        """Height, width, channels of each image."""
        sides = self.sides
        if len(sides) == 2:
            (height, width), channels = sides, 1
        elif self.channels_first:
            channels, height, width = sides
        else:
            height, width, channels = sides
        return (width, height, channels) if self.transposed else (height, width, channels)

    def blocks(self) -> Iterator[NDArray[Any]]:
        """The images in order, in blocks (n, H, W, C) of some MB."""
        for rows in self.array.blocks():
            block = rows.reshape(len(rows), *self.sides)
            images = block[..., None] if block.ndim == 3 else block
            if self.channels_first:
                images = images.transpose(0, 2, 3, 1)
            yield images.swapaxes(1, 2) if self.transposed else images


@dataclass(frozen=True, slots=True, eq=False)
class StackedImages:
    """The images of one array or several: an `ImageSet`."""

    name: str
    source: str
    kind: str
    stacks: tuple[Stack, ...]
    columns: Columns
    stamp: tuple[Any, ...]  # paths, sizes and times of the files
    licence: str = ""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seekable: bool = False

    @property
    def count(self) -> int:
        return sum(stack.array.shape[0] for stack in self.stacks)

    @property
    def held_out(self) -> Flags | None:
        if not any(stack.held_out for stack in self.stacks):
            return self.columns.held_out
        return np.concatenate([np.full(stack.array.shape[0], stack.held_out) for stack in self.stacks])

    @property
    def on_disk(self) -> bool:
        return sum(stack.array.nbytes for stack in self.stacks) > IN_MEMORY

    def identity(self) -> Any:
        return [self.kind, self.stamp]

    def look(self, progress: Progress) -> Look:
        height, width, channels = self.stacks[0].shape
        dtype = self.stacks[0].array.dtype
        look = Look(ValueSample(self.count, photographs=channels > 1))
        row = 0
        for stack in self.stacks:
            if dtype == np.bool_:
                break
            for block in stack.blocks():
                finite = self._finite(block)
                for bad in np.flatnonzero(~finite):
                    look.skipped[row + int(bad)] = Skipped(f"image {row + bad:,}", NO_NUMBERS)
                look.values.add(kind_of(dtype), picked(block[finite], look.values.each, row))
                row += len(block)
                progress(LOOKING, row / self.count)
                if dtype == np.uint8 and row >= SAMPLE and is_bright(look.values):
                    break  # the values use 8 bits, so the rest need not be read
            else:
                continue
            break
        count = self.count - len(look.skipped)
        bits = "1-bit" if dtype == np.bool_ else f"{dtype.itemsize * 8}-bit{' float' if dtype.kind == 'f' else ''}"
        look.sizes = Counter({(height, width): count})
        look.formats = Counter({f"{bits} {CHANNELS[channels]}": count})
        look.colored = count if channels > 1 else 0
        return look

    def read(self, target: Target, rows: Longs | None = None) -> Iterator[Block]:
        row = 0
        last = self.count if rows is None else int(rows[-1]) + 1 if len(rows) else 0
        for stack in self.stacks:
            for block in stack.blocks():
                indices = (
                    np.arange(len(block)) if rows is None else rows[(rows >= row) & (rows < row + len(block))] - row
                )
                images = block[indices]
                finite = self._finite(images)
                bad = (row + indices[~finite]).tolist()
                skipped = {number: Skipped(f"image {number:,}", NO_NUMBERS) for number in bad}
                if not finite.all():
                    images, indices = images[finite], indices[finite]
                yield Block(row + indices, fit_arrays(images, target), skipped)
                row += len(block)
                if row >= last and rows is not None:
                    return

    @staticmethod
    def _finite(images: NDArray[Any]) -> Flags:
        if images.dtype.kind != "f":
            return np.ones(len(images), bool)
        finite: Flags = np.isfinite(images).all(axis=(1, 2, 3))
        return finite


def flat_sides(array: StoredArray, shape: tuple[int, ...] | None) -> tuple[tuple[int, ...] | None, tuple[str, ...]]:
    """The axes of the images in an array of flat rows (N, K), and a sentence on them; None for other arrays.

    shape: the axes that were chosen; None: the images are square and grey. Raises UserError if K numbers are not of
    that shape.
    """
    if len(array.shape) != 2:
        return None, ()
    length = array.shape[1]
    side = math.isqrt(length)
    if shape is None and side * side == length:
        return (side, side), (f"The {length:,} numbers of each row of {array.name} are an image of {side} x {side}.",)
    if shape is None or math.prod(shape) != length:
        raise UserError(
            f"{array.path}: the rows of {array.name} have {length:,} numbers, which are not "
            f"{'a square' if shape is None else 'of the shape that was chosen'}: give the shape of a row's image "
            "(--row-shape), such as 28x20 for 28 wide and 20 high, or 28x20x3 in colour."
        )
    return shape, ()


def images_first(
    array: StoredArray,
    vectors: Container[int] = (),
    tables: Container[int] = (),
    flat: tuple[int, ...] | None = None,
    matlab: bool = False,
) -> StoredArray:
    """The array with the images along the first axis: of shape (H, W, C, N), (H, W, N) or (K, N), or as it is.

    vectors, tables: numbers of labels and of rows that are known. (H, W, N) is seen by them, or by a square, or by its
    longest axis in a file of MATLAB's; flat images in columns, (K, N), by the labels, or by the axes of an image,
    `flat`, or by a square.
    """
    shape = array.shape
    if len(shape) not in (2, 3, 4):
        return array
    first, last = shape[0], shape[-1]
    if len(shape) == 2:
        as_chosen = first != last and _is_image(first, flat) and not _is_image(last, flat) and last >= SMALLEST**2
        moved = as_chosen or (last in vectors and first not in vectors)
    elif len(shape) == 4:
        moved = shape[2] in CHANNELS and shape[1] not in CHANNELS and last not in CHANNELS
    else:
        first_known, last_known = (side in vectors or side in tables for side in (first, last))
        square = first == shape[1] != last and last not in CHANNELS
        moved = not first_known and (last_known or square or (matlab and last > max(shape[:2])))
    return replace(array, shape=(last, *shape[:-1]), rows_last=True) if moved and array.held is None else array


def _is_image(length: int, flat: tuple[int, ...] | None) -> bool:
    """Whether so many numbers are an image: of the axes `flat`, or else a square."""
    if flat is not None:
        return length == math.prod(flat)
    return length >= SMALLEST**2 and math.isqrt(length) ** 2 == length


def check_stacks(stacks: list[Stack]) -> tuple[Stack, ...]:
    """The stacks as a tuple. Raises UserError if an array holds no images, or if their shapes or dtypes differ."""
    for stack in stacks:
        array = stack.array
        good = array.dtype.kind in "biuf" and len(stack.sides) in (2, 3)
        if not good or stack.shape[2] not in CHANNELS or 0 in stack.shape:
            raise UserError(
                f"{array.path}: {array.name} is {array.dtype} of shape {array.shape}; images have to be numbers of "
                "shape (N, H, W), or (N, H, W, C) with 1, 3 or 4 channels."
            )
        if stack.shape[0] * stack.shape[1] > MOST_PIXELS:
            raise UserError(
                f"{array.path}: {array.name} holds images of more than {MOST_PIXELS // 10**6} million pixels."
            )
        if not array.shape[0]:
            raise UserError(f"{array.path}: {array.name} holds no images.")
    first = stacks[0]
    for other in stacks[1:]:
        if (other.shape, other.array.dtype) != (first.shape, first.array.dtype):
            raise UserError(
                f"{first.array.path}: {first.array.name} has {first.array.dtype} images of {first.shape}, "
                f"{other.array.name} {other.array.dtype} ones of {other.shape}."
            )
    return tuple(stacks)
