"""The arrays of a MATLAB file before version 7.3, read as data by a separate process; later ones are HDF5.

That process lists the arrays, also those inside structures, or writes one as plain bytes to its output, column by
column as MATLAB stores them. Texts, cells and sparse arrays are not read.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.hdf5 import Opening
from vae_explorer.data.names import printable
from vae_explorer.data.stored_array import BLOCK, StoredArray, reading
from vae_explorer.errors import UserError
from vae_explorer.reading_apart import answer, most_seconds, one_line, read_apart

SUFFIX = ".mat"
MOST_ARRAYS = 1000
DEEPEST = 10  # levels of nested structures
MODULE = "vae_explorer.data.matlab"


def open_matlab(path: Path) -> dict[str, StoredArray]:
    """The arrays of a MATLAB file by their names, such as "dataset/train/images". Raises UserError."""
    with reading(path):
        size = path.stat().st_size
    listed = json.loads(read_apart(MODULE, ["list", str(path)], str(path), most_seconds(size)))
    return {
        name: StoredArray(printable(name), path, tuple(shape), np.dtype(kind), Opening(MODULE, path, name), True)
        for name, shape, kind in listed
    }


def _arrays(path: str, name: str | None = None) -> dict[str, NDArray[Any]]:
    """The arrays in a file, or those in its variable of this name, by their paths."""
    import scipy.io

    found: dict[str, NDArray[Any]] = {}

    def visit(value: Any, place: str, depth: int) -> None:
        if not isinstance(value, np.ndarray):  # a sparse array
            return
        if value.dtype.names and value.size == 1 and depth < DEEPEST:  # a structure
            for field in value.dtype.names:
                visit(value.flat[0][field], f"{place}/{field}", depth + 1)
            return
        found[place] = value
        if len(found) > MOST_ARRAYS:
            raise UserError(f"{path} holds more than {MOST_ARRAYS:,} arrays")

    with Path(path).open("rb") as file:
        variables = scipy.io.loadmat(file, variable_names=None if name is None else [name.partition("/")[0]])
    for key, value in variables.items():
        if not key.startswith("__"):
            visit(value, key, 0)
    return found


def _list(path: str) -> str:
    try:
        found = _arrays(path)
    except UserError:
        raise
    except Exception as error:  # the reader raises almost any exception for damaged files
        raise UserError(f"{path} cannot be read as MATLAB's arrays: {one_line(error)}") from error
    kinds = {name: array.dtype.str if array.dtype.kind in "biuf" else "O" for name, array in found.items()}
    return json.dumps([(name, array.shape, kinds[name]) for name, array in found.items()])


def _write(path: str, name: str) -> None:
    columns = _arrays(path, name)[name].T  # the last axis first
    step = max(1, BLOCK // max(1, columns.itemsize * math.prod(columns.shape[1:])))
    for start in range(0, len(columns), step):
        sys.stdout.buffer.write(columns[start : start + step].tobytes())


if __name__ == "__main__":
    if sys.argv[1] == "list":
        sys.exit(answer(lambda: _list(sys.argv[2])))
    _write(*sys.argv[2:])
