"""Tables of images for other programs: CSV as text, and NPZ as arrays."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.errors import UserError
from vae_explorer.files import replacing

ENDINGS = (".csv", ".npz")
Table = Mapping[str, NDArray[Any]]  # N rows: columns (N,), and (N, D) for D columns


def texts(names: Any) -> NDArray[np.str_]:
    """Texts as a column; what a file system could not decode in them is written as escapes."""
    return np.array([name.encode("utf-8", "backslashreplace").decode() for name in names], np.str_)


def write_csv(file: IO[str], table: Table) -> None:
    """Write a table as CSV with a header. Numbers have all their digits; NaN is an empty cell.

    A column of shape (N, D) is written as D columns, whose names end in z1 to zD: "z" as z1, "variance_z" as
    variance_z1.
    """
    writer = csv.writer(file, lineterminator="\n")
    header: list[str] = []
    columns: list[list[str]] = []
    for name, array in table.items():
        split = array.ndim == 2
        header += [f"{name}{number + 1}" for number in range(array.shape[1])] if split else [name]
        columns += [_cells(column) for column in (array.T if split else array[None])]
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV or NPZ, by the ending of the path. Raises UserError if it cannot be written."""
    ending = check_table_ending(path)
    with replacing(path) as temporary:
        if ending == ".npz":
            arrays: dict[str, Any] = dict(table)
            np.savez_compressed(temporary, **arrays)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, table)


def check_table_ending(path: Path) -> str:
    """The ending of the path, in lower case. Raises UserError unless it is one of `ENDINGS`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(f"A table is CSV or NPZ: give a name that ends in .csv or .npz, not {path.name!r}.")
    return ending


def _cells(column: NDArray[Any]) -> list[str]:
    if column.dtype.kind != "f":
        return [str(value) for value in column.tolist()]
    missing, cells = np.isnan(column), column.astype(np.str_)
    return np.where(missing, "", cells).tolist()  # type: ignore[no-any-return]
