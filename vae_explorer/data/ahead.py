"""Reads ahead: what is needed next is made by another thread while the present part is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import Rows

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items in order. While one is used, another thread makes the next one, and no more.

    Raises what making an item raises. Closing it waits until the item in progress is made.
    """
    end = object()
    with ThreadPoolExecutor(1, "reading") as pool:
        following = pool.submit(next, items, end)
        while (item := following.result()) is not end:
            following = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # it is not `end`


def batches_ahead(images: Bytes | Rows, size: int) -> Iterator[Bytes]:
    """Yield copies of images (N, H, W, C) uint8 in order, `size` at a time, read ahead.

    A network does not wait for the disk then, nor for pages of a mapped file.
    """
    return ahead(np.array(images[start : start + size]) for start in range(0, len(images), size))
