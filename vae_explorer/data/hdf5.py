"""The arrays of an HDF5 file, read as data by a separate process, which a damaged or malicious file may crash.

That process lists the arrays, or writes the rows of one as plain bytes to its output. Links to other files, data in
other files and arrays of objects are not read.
"""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_explorer.data.names import printable
from vae_explorer.data.stored_array import BLOCK, StoredArray, reading
from vae_explorer.errors import UserError
from vae_explorer.reading_apart import answer, most_seconds, one_line, read_apart

SUFFIXES = (".h5", ".hdf5", ".hdf")
MOST_ARRAYS = 1000
DEEPEST = 10  # levels of nested groups
RATIO = 1032  # largest compression ratio of deflate
MODULE = "vae_explorer.data.hdf5"


def open_hdf5(path: Path) -> dict[str, StoredArray]:
    """The arrays of an HDF5 file by their paths in it, such as "train/images". Raises UserError."""
    with reading(path):
        size = path.stat().st_size
    listed = json.loads(read_apart(MODULE, ["list", str(path)], str(path), most_seconds(size)))
    arrays = {}
    for name, shape, kind in listed:
        dtype = np.dtype(kind)
        if math.prod(shape) * dtype.itemsize > RATIO * size + 1000:
            raise UserError(f"{path} is damaged: {printable(name)} claims more than the file can hold.")
        arrays[name] = StoredArray(printable(name), path, tuple(shape), dtype, _Opening(path, name))
    return arrays


class _Opening:
    """Opens the bytes of an array: the output of a process that reads it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        words = [sys.executable, "-m", MODULE, "rows", str(self.path), self.name]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            try:
                yield process.stdout
            finally:
                process.kill()


def _list(path: str) -> str:
    import h5py

    found: list[tuple[str, list[int], str]] = []

    def visit(group: Any, before: str, depth: int) -> None:
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            item = group[name]
            if isinstance(item, h5py.Group) and depth < DEEPEST:
                visit(item, f"{before}{name}/", depth + 1)
            elif isinstance(item, h5py.Dataset) and _is_plain(item):
                found.append((f"{before}{name}", list(item.shape), item.dtype.str))
            if len(found) > MOST_ARRAYS:
                raise UserError(f"{path} holds more than {MOST_ARRAYS:,} arrays")

    try:
        with h5py.File(path, "r") as file:
            visit(file, "", 0)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError, SystemError) as error:
        raise UserError(f"{path} cannot be read as HDF5: {one_line(error)}") from error
    return json.dumps(found)


def _is_plain(item: Any) -> bool:
    """Whether an array holds numbers or texts of a fixed length, all in its own file."""
    return bool(item.shape) and item.dtype.kind in "biufS" and not item.external and not item.is_virtual


def _write_rows(path: str, name: str) -> None:
    import h5py

    with h5py.File(path, "r") as file:
        item = file[name]
        step = max(1, BLOCK // max(1, item.dtype.itemsize * math.prod(item.shape[1:])))
        for start in range(0, item.shape[0], step):
            sys.stdout.buffer.write(np.ascontiguousarray(item[start : start + step]).tobytes())


if __name__ == "__main__":
    if sys.argv[1] == "list":
        sys.exit(answer(lambda: _list(sys.argv[2])))
    _write_rows(*sys.argv[2:])
