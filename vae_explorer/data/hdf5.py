"""The arrays of an HDF5 file, read as data by a separate process, which a damaged or malicious file may crash.

That process lists the arrays, or writes the rows of one as plain bytes to its output. Links to other files, data in
other files and arrays of objects are not read; texts of any length are. MATLAB writes such files, too, with the axes
reversed: it marks each array by an attribute.
"""

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_explorer.data.names import printable
from vae_explorer.data.stored_array import BLOCK, PLAIN, StoredArray, reading
from vae_explorer.errors import UserError
from vae_explorer.reading_apart import answer, most_seconds, one_line, read_apart

SUFFIXES = (".h5", ".hdf5", ".hdf")
MOST_ARRAYS = 1000
DEEPEST = 10  # levels of nested groups
RATIO = 1032  # largest compression ratio of deflate
MOST_TEXTS, MOST_LETTERS = 5_000_000, 2**28  # of texts of any length in an array, all as long as the longest
SIGNATURE, PLACES = b"\x89HDF\r\n\x1a\n", (0, 512)  # that a file begins with, or has behind MATLAB's header
MATLAB_CLASS, MATLAB_NUMBERS = "MATLAB_class", r"u?int\d+|single|double|logical"
MODULE = "vae_explorer.data.hdf5"


def open_hdf5(path: Path) -> dict[str, StoredArray]:
    """The arrays of an HDF5 file by their paths in it, such as "train/images". Raises UserError."""
    with reading(path):
        size = path.stat().st_size
    listed = json.loads(read_apart(MODULE, ["list", str(path)], str(path), most_seconds(size)))
    arrays = {}
    for name, shape, kind, reversed_axes in listed:
        dtype = np.dtype(kind)
        if dtype.kind in PLAIN and math.prod(shape) * dtype.itemsize > RATIO * size + 1000:
            raise UserError(f"{path} is damaged: {printable(name)} claims more than the file can hold.")
        sides = tuple(shape[::-1] if reversed_axes else shape)
        opened = Opening(MODULE, path, name)
        arrays[name] = StoredArray(printable(name), path, sides, dtype, opened, fortran=reversed_axes)
    return arrays


def is_hdf5(path: Path) -> bool:
    """Whether a file is HDF5 by its signature. Raises UserError."""
    with reading(path), path.open("rb") as file:
        start = file.read(PLACES[-1] + len(SIGNATURE))
    return any(start[place : place + len(SIGNATURE)] == SIGNATURE for place in PLACES)


class Opening:
    """Opens the bytes of an array: the output of a process that runs a module to read it."""

    def __init__(self, module: str, path: Path, name: str) -> None:
        self.module, self.path, self.name = module, path, name

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        words = [sys.executable, "-m", self.module, "rows", str(self.path), self.name]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            try:
                yield process.stdout
            finally:
                process.kill()


def _list(path: str) -> str:
    import h5py

    found: list[tuple[str, list[int], str, bool]] = []

    def visit(group: Any, before: str, depth: int) -> None:
        for name in group:
            if name.startswith("#") or not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue  # MATLAB keeps the cells of its arrays in "#refs#"
            item = group[name]
            if isinstance(item, h5py.Group) and depth < DEEPEST:
                visit(item, f"{before}{name}/", depth + 1)
            elif isinstance(item, h5py.Dataset) and item.shape is not None:
                shape = list(item.shape)
                found.append((f"{before}{name}", shape, _type_of(item), MATLAB_CLASS in item.attrs))
            if len(found) > MOST_ARRAYS:
                raise UserError(f"{path} holds more than {MOST_ARRAYS:,} arrays")

    try:
        with h5py.File(path, "r") as file:
            visit(file, "", 0)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError, SystemError) as error:
        raise UserError(f"{path} cannot be read as HDF5: {one_line(error)}") from error
    return json.dumps(found)


def _type_of(item: Any) -> str:
    """The NumPy type of an array of numbers or texts, all in its own file; that of objects for any other."""
    import h5py

    marked = item.attrs.get(MATLAB_CLASS)
    if marked is not None and not re.fullmatch(MATLAB_NUMBERS, np.bytes_(marked).decode("ascii", "replace")):
        return "O"  # texts and cells, which are stored as numbers
    if item.external or item.is_virtual:
        return "O"
    if h5py.check_string_dtype(item.dtype) and item.dtype.kind == "O" and item.ndim == 1 and len(item) < MOST_TEXTS:
        longest = max(map(len, item[:]), default=1) or 1
        return f"S{longest}" if longest * len(item) <= MOST_LETTERS else "O"
    return str(item.dtype.str) if item.dtype.kind in "biufS" else "O"


def _write_rows(path: str, name: str) -> None:
    import h5py

    with h5py.File(path, "r") as file:
        item = file[name]
        if item.dtype.kind == "O":
            sys.stdout.buffer.write(item[:].astype(_type_of(item)).tobytes())
            return
        step = max(1, BLOCK // max(1, item.dtype.itemsize * math.prod(item.shape[1:])))
        for start in range(0, item.shape[0] if item.shape else 0, step):
            sys.stdout.buffer.write(np.ascontiguousarray(item[start : start + step]).tobytes())


if __name__ == "__main__":
    if sys.argv[1] == "list":
        sys.exit(answer(lambda: _list(sys.argv[2])))
    _write_rows(*sys.argv[2:])
