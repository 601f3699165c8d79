"""Copying only the arrays and texts of an HDF5 file of weights, without links or data in other files."""

import math
import sys
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.reading_apart import answer, most_seconds, one_line, read_apart

MOST_BYTES = 2**30  # limit for all arrays together
MOST_OBJECTS = 20_000  # groups, arrays and attributes
DEEPEST = 40  # levels of nested groups
UNUSED = ("optimizer_weights", "optimizer")  # groups that only a training needs


def copy_h5(source: Path, target: Path, file: str) -> None:
    """Write a clean copy of `source` to `target`. Another process reads the source.

    file: its name in error sentences. Raises UserError if the source is no HDF5 file, is damaged, is too large, or
    refers to other files.
    """
    try:
        seconds = most_seconds(source.stat().st_size)
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror}.") from error
    read_apart("vae_explorer.network.h5_copy", [str(source), str(target), file], file, seconds)


def write_copy(source: Path, target: Path, file: str) -> None:
    """Write the copy for `copy_h5` in this process, which a damaged file may crash."""
    import h5py

    try:
        with h5py.File(source, "r") as old, h5py.File(target, "w") as new:
            _Copying(file).group(old, new, 0)
    except UserError:
        raise
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError, SystemError) as error:
        raise UserError(f"{file} cannot be read as HDF5: {one_line(error)}.") from error
    except (AttributeError, IndexError, NotImplementedError, ArithmeticError) as error:
        raise UserError(f"{file} is damaged: {type(error).__name__} in its HDF5.") from error


class _Copying:
    def __init__(self, file: str) -> None:
        self.file = file
        self.bytes = self.objects = 0

    def group(self, old: Any, new: Any, depth: int) -> None:
        import h5py

        if depth > DEEPEST:
            raise UserError(f"{self.file} is damaged: its groups are nested too deeply.")
        self.attributes(old, new)
        for name in old:
            if depth == 0 and name in UNUSED:
                continue
            self.count(1)
            link = old.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise UserError(f"{self.file} refers to another file at {one_line(name, 60)!r}: copy the data into it.")
            item = old[name]
            if isinstance(item, h5py.Group):
                self.group(item, new.create_group(name), depth + 1)
            elif isinstance(item, h5py.Dataset):
                self.array(name, item, new)
            else:
                raise UserError(f"{self.file} is damaged: {one_line(name, 60)!r} is no array.")

    def array(self, name: str, item: Any, new: Any) -> None:
        if item.external or item.is_virtual:
            raise UserError(f"{self.file} keeps {one_line(name, 60)!r} in another file: copy the data into it.")
        if item.dtype.kind not in "fiubS" or item.shape is None:
            raise UserError(f"{self.file} is damaged: {one_line(name, 60)!r} is an array of {item.dtype}.")
        self.take(item.size * item.dtype.itemsize)
        self.attributes(item, new.create_dataset(name, data=item[()]))

    def attributes(self, old: Any, new: Any) -> None:
        for name in old.attrs:
            self.count(1)
            kind = old.attrs.get_id(name)
            self.take(kind.dtype.itemsize * math.prod(kind.shape or ()))
            value = old.attrs[name]
            plain = isinstance(value, str | bytes | int | float | bool) or getattr(value, "dtype", None) is not None
            if not plain or getattr(getattr(value, "dtype", None), "kind", "f") not in "fiubSUO":
                said = one_line(name, 60)
                raise UserError(f"{self.file} is damaged: its attribute {said!r} is neither a number nor text.")
            if getattr(getattr(value, "dtype", None), "kind", "") == "O":
                value = [str(item) if isinstance(item, str) else bytes(item).decode("utf-8") for item in value.ravel()]
            new.attrs[name] = value

    def take(self, size: int) -> None:
        self.bytes += size
        if self.bytes > MOST_BYTES:
            raise UserError(f"{self.file} holds more than {MOST_BYTES / 2**30:.0f} GB of weights: that is too much.")

    def count(self, objects: int) -> None:
        self.objects += objects
        if self.objects > MOST_OBJECTS:
            raise UserError(f"{self.file} is damaged: it holds more than {MOST_OBJECTS:,} arrays.")


def _copy_words() -> str:
    source, target, file = sys.argv[1:]
    write_copy(Path(source), Path(target), file)
    return ""


if __name__ == "__main__":
    sys.exit(answer(_copy_words))
