"""Images are read ahead in order, and no more of them than are needed soon."""

import threading

import numpy as np
import pytest

from vae_explorer.data.ahead import batches_ahead

IMAGES = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 1)).astype(np.uint8)


class Watched:
    """Images that record where reading began, and in which threads."""

    def __init__(self, failing: int = len(IMAGES)) -> None:
        self.failing = failing  # from this image on, reading fails
        self.read: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(IMAGES)

    def __getitem__(self, key: slice) -> np.ndarray:
        self.read.append((key.start, threading.current_thread().name))
        if key.start >= self.failing:
            raise OSError("the disk is gone")
        return IMAGES[key]


@pytest.mark.parametrize("size", [1, 7, 10, 50, 64])
def test_all_images_come_once_and_in_order(size: int) -> None:
    batches = list(batches_ahead(IMAGES, size))
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    np.testing.assert_array_equal(np.concatenate(batches), IMAGES)


def test_of_no_images_there_is_no_batch() -> None:
    assert list(batches_ahead(IMAGES[:0], 10)) == []


def test_another_thread_reads_one_batch_ahead_and_not_more() -> None:
    watched = Watched()
    batches = batches_ahead(watched, 10)
    next(batches)
    batches.close()  # waits for what is being read
    assert [start for start, _ in watched.read] == [0, 10]
    assert threading.current_thread().name not in {thread for _, thread in watched.read}


def test_a_batch_that_cannot_be_read_raises_its_error_after_those_before_it() -> None:
    found = []
    with pytest.raises(OSError, match="the disk is gone"):
        found.extend(batches_ahead(Watched(failing=20), 10))
    assert len(found) == 2
