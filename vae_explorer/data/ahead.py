"""Reads images ahead, so that a network does not wait for the disk or for pages of a mapped file."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import Rows


def batches_ahead(images: Bytes | Rows, size: int) -> Iterator[Bytes]:
    """Yield copies of the images in order, `size` at a time: another thread reads the next ones meanwhile.

    images: (N, H, W, C) uint8. Only two batches are in memory at a time. Raises what reading the images raises.
    """

    def copied(start: int) -> Bytes:
        return np.array(images[start : start + size])  # a slice of a mapped file is read when it is copied

    with ThreadPoolExecutor(1, "reading") as pool:
        following = pool.submit(copied, 0)
        for start in range(0, len(images), size):
            batch = following.result()
            following = pool.submit(copied, start + size)  # empty behind the last
            yield batch
