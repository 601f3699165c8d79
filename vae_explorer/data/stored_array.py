"""Reading an array from a file in blocks: .npy, a member of an .npz, or IDX, compressed or not.

Nothing is unpickled: an array of objects is known by its name alone. The size that a header claims is
compared with the size of the file before anything is decompressed, so that a zip bomb or a wrong header takes neither
memory nor time.
"""

import gzip
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.names import printable
from vae_explorer.errors import UserError

BLOCK = 2**24  # bytes
WHOLE = 2**30  # most bytes of an array that has to be read at once
RATIO = 1032  # largest compression ratio of deflate
PLAIN = "biufUS"  # kinds of NumPy types whose values are read: numbers and texts
# NumPy types by the third byte of an IDX file.
IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


@dataclass(frozen=True, slots=True, eq=False)
class StoredArray:
    """An array in a file whose rows are read only when needed."""

    name: str
    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    opened: Callable[[], AbstractContextManager[IO[bytes]]]  # opens the file at the first value
    fortran: bool = False  # Fortran order: the first axis varies fastest
    held: NDArray[Any] | None = None  # the array, if it is in memory already
    rows_last: bool = False  # in the file, the first axis of `shape` is the last one

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def plain(self) -> bool:
        """Whether it holds numbers or texts, and no objects, which are never read."""
        return self.dtype.kind in PLAIN

    def blocks(self) -> Iterator[NDArray[Any]]:
        """The rows in order, in blocks of some MB. Raises UserError if the file is damaged."""
        if self.held is not None or self.fortran != self.rows_last:
            whole = self.whole() if self.held is None else self.held
            step = max(1, BLOCK // max(1, whole[:1].nbytes))
            for start in range(0, len(whole), step):
                yield whole[start : start + step]
            return
        # In Fortran order the rows along the last axis lie one after the other, the axes of each reversed.
        sides = self.shape[:0:-1] if self.fortran else self.shape[1:]
        row = self.dtype.itemsize * math.prod(sides)
        step = max(1, BLOCK // max(1, row))
        with reading(self.path), self.opened() as file:
            for start in range(0, self.shape[0], step):
                count = min(step, self.shape[0] - start)
                content = _exactly(file, count * row)
                block = np.frombuffer(content, self.dtype).reshape(count, *sides)
                yield block.transpose(0, *range(len(sides), 0, -1)) if self.fortran else block
            _ended(file)

    def whole(self) -> NDArray[Any]:
        """The whole array in memory. Raises UserError if it is too large or the file is damaged."""
        if self.held is not None:
            return self.held
        if not self.plain:
            raise UserError(
                f"{self.path}: {self.name} holds Python objects, which are never read: save it as numbers, or as "
                "texts with .astype(str)."
            )
        if self.nbytes > WHOLE:
            raise UserError(
                f"{self.path}: {self.name} has {self.nbytes / 1e9:.1f} GB, which is too much to be read at once"
                f"{': save it in C order, the images along the first axis' if self.fortran or self.rows_last else ''}."
            )
        with reading(self.path), self.opened() as file:
            content = _exactly(file, self.nbytes)
            _ended(file)
        stored = (*self.shape[1:], self.shape[0]) if self.rows_last else self.shape
        values = np.frombuffer(content, self.dtype).reshape(stored, order="F" if self.fortran else "C")
        return np.moveaxis(values, -1, 0) if self.rows_last else values


def held_array(name: str, array: NDArray[Any]) -> StoredArray:
    """A `StoredArray` of an array that is in memory."""
    return StoredArray(name, Path(name), array.shape, array.dtype, nullcontext, held=array)  # type: ignore[arg-type]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn all errors from reading a damaged file into UserError."""
    try:
        yield
    except UserError:
        raise
    except MemoryError as error:
        raise UserError(f"{path} holds more than this machine's memory.") from error
    except OSError as error:
        why = error.strerror or printable(str(error))
        raise UserError(f"{path} cannot be read: {why.rstrip('.')}.") from error
    except (
        ValueError, TypeError, KeyError, IndexError, EOFError, RuntimeError, SyntaxError, OverflowError,
        AttributeError, struct.error, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error,
    ) as error:  # fmt: skip
        why = printable(str(error)).rstrip(".")
        raise UserError(f"{path} cannot be read as arrays: {why}. It may be damaged or incomplete.") from error


def open_npy(path: Path) -> StoredArray:
    """The array of an .npy file. Raises UserError."""
    with reading(path), path.open("rb") as file:
        shape, fortran, dtype = _npy_header(file)
        if dtype.kind not in PLAIN:
            raise ValueError(f"an array of {dtype} holds objects or other data than numbers, and is not read")
        _check_size(math.prod(shape) * dtype.itemsize, path.stat().st_size - file.tell())
        start = file.tell()

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with path.open("rb") as file:
            file.seek(start)
            yield file

    return StoredArray(printable(path.name), path, shape, dtype, opened, fortran)


def open_npz(path: Path) -> dict[str, StoredArray]:
    """The arrays of an .npz file by their names. Raises UserError."""
    with reading(path):
        with path.open("rb") as file:
            packed = file.read(2) == b"PK"
        if not packed:
            raise UserError(f"{path} is no .npz archive: it may be damaged, or not have been written by numpy.savez.")
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            if len(infos) > 1000:
                raise ValueError("it holds more than 1,000 arrays")
            return {info.filename.removesuffix(".npy"): _member(path, archive, info) for info in infos}


def open_idx(path: Path) -> StoredArray:
    """The array of an IDX file (http://yann.lecun.com/exdb/mnist), compressed by gzip or not. Raises UserError."""
    with reading(path), _plain(path) as file:
        magic = _exactly(file, 4)
        if magic[:2] != b"\0\0" or magic[2] not in IDX_TYPES or not 1 <= magic[3] <= 4:
            raise ValueError("it does not begin as an IDX file does")
        shape = struct.unpack(f">{magic[3]}I", _exactly(file, 4 * magic[3]))
        start = file.tell()
        dtype = np.dtype(IDX_TYPES[magic[2]])
        size = path.stat().st_size
        needed = math.prod(shape) * dtype.itemsize
        if isinstance(file, gzip.GzipFile):
            _check_ratio(needed, size)
        else:
            _check_size(needed, size - start)

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with _plain(path) as file:
            _exactly(file, start)
            yield file

    return StoredArray(printable(path.name), path, shape, dtype, opened)


def is_idx(path: Path) -> bool:
    """Whether a file, compressed by gzip or not, begins as an IDX file does."""
    try:
        with _plain(path) as file:
            magic = file.read(4)
    except (OSError, EOFError, zlib.error):
        return False
    return len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in IDX_TYPES and 1 <= magic[3] <= 4


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> StoredArray:
    if info.compress_type == zipfile.ZIP_STORED:
        _check_size(info.file_size, info.compress_size)
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        _check_ratio(info.file_size, info.compress_size)
    else:
        raise ValueError(f"{info.filename} is compressed in a way that NumPy does not use")
    with archive.open(info) as file:
        shape, fortran, dtype = _npy_header(file)
        start = file.tell()
    if dtype.kind in PLAIN:
        _check_size(math.prod(shape) * dtype.itemsize, info.file_size - start)

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive, archive.open(info.filename) as file:
            _exactly(file, start)
            yield file

    return StoredArray(printable(info.filename.removesuffix(".npy")), path, shape, dtype, opened, fortran)


def _npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"version {version} of the format is not known")
    try:
        with warnings.catch_warnings(action="ignore"):  # a warning about the other headers of Python 2
            shape, fortran, dtype = read(file)
    except (OSError, EOFError, ValueError, MemoryError, zipfile.BadZipFile, zlib.error):
        raise
    except Exception as error:
        raise ValueError(f"its header is damaged: {error}") from error
    if dtype.itemsize == 0 or any(side < 0 for side in shape):
        raise ValueError(f"an array cannot be {dtype} {shape}")
    return shape, fortran, dtype


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, and decompress it if it is compressed by gzip."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as file:
            yield file  # type: ignore[misc]


def _exactly(file: IO[bytes], count: int) -> bytes:
    """Read `count` bytes, in blocks, since a file may be shorter than it claims. Raises EOFError if it is."""
    blocks: list[bytes] = []
    left = count
    while left:
        block = file.read(min(left, BLOCK))
        if not block:
            raise EOFError("it ends too early")
        blocks.append(block)
        left -= len(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _ended(file: IO[bytes]) -> None:
    """Raise ValueError unless the file ends here. At its end the checksum of a compressed file is compared, too."""
    if file.read(1):
        raise ValueError("it is longer than its header says")


def _check_size(needed: int, present: int) -> None:
    if needed != present:
        raise ValueError(f"its header claims {needed:,} bytes, but it holds {present:,}")


def _check_ratio(needed: int, packed: int) -> None:
    if needed > RATIO * packed + 1000:
        raise ValueError(f"its header claims {needed:,} bytes, more than {packed:,} compressed bytes can unpack to")
