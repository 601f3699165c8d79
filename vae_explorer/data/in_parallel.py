"""Calls a function for many files at a time.

Threads read few files soon, and large ones fast. Decoding a small image mostly holds Python's lock, however, so that
many files are read by processes, on all cores. They do not run the script that started the program, and end by
themselves.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from vae_explorer.data.image_file import reading_images
from vae_explorer.errors import UserError

THREADS = min(8, os.cpu_count() or 1)
MANY = 4000  # items from which starting the processes, which takes about a second, pays
IDLE = 10  # seconds without work after which a process ends

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(function: Callable[[Item], Result], blocks: Sequence[Sequence[Item]]) -> Iterator[list[Result]]:
    """The results for the items of each block, in order.

    The function must be known by its name in a module, or be a partial of such a function, since processes are sent
    its name. Raises UserError if a process is ended from outside.
    """
    several = (os.cpu_count() or 1) > 1 and len(blocks) > 1
    if several and sum(map(len, blocks)) >= MANY:
        yield from _by_processes(function, blocks)
    else:
        with ThreadPoolExecutor(THREADS, "decoding") as pool:
            for block in blocks:
                with reading_images():
                    results = list(pool.map(function, block))
                yield results


def _by_processes(function: Callable[[Item], Result], blocks: Sequence[Sequence[Item]]) -> Iterator[list[Result]]:
    import loky

    workers = loky.cpu_count()  # also the limit that a container sets
    pool = loky.get_reusable_executor(workers, timeout=IDLE)
    rest = iter(blocks)
    waiting: deque[Future[list[Result]]] = deque()
    try:
        while True:
            waiting.extend(pool.submit(_all_of, function, block) for block in islice(rest, workers + 2 - len(waiting)))
            if not waiting:
                return
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        raise UserError(
            "A process that decodes images was ended, perhaps because memory ran out: close other programs, or use "
            "fewer images at a time."
        ) from error
    finally:
        for future in waiting:
            future.cancel()


def _all_of(function: Callable[[Item], Result], block: Sequence[Item]) -> list[Result]:
    with reading_images():
        return [function(item) for item in block]
