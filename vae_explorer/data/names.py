"""Names of many images in little memory, and the order in which a person sorts names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Longs

AT_ONCE = 65_536  # names that are gathered at once, so that the indices of their bytes need little memory
NAME_LENGTH = 100  # characters of a name that is shown
DIGITS = re.compile("([0-9]+)")


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """N names as UTF-8 bytes one after the other: an array of texts would give each name the length of the longest."""

    content: Bytes  # (B,), the bytes of all names
    ends: Longs  # (N,), index in content behind the last byte of each name, ascending

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> str:
        """The name with index `row`, 0 to N - 1. Bytes that are no UTF-8, as in a damaged file, are replaced."""
        begin = int(self.ends[row - 1]) if row else 0
        content = self.content[begin : int(self.ends[row])].tobytes()
        try:
            return content.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return content.decode("utf-8", "replace")

    def take(self, rows: Any) -> "Names":
        """Some of the names. rows: anything that indexes an array."""
        ends = self.ends[rows]
        begins = np.concatenate([[0], self.ends[:-1]])[rows] if len(self.ends) else ends
        lengths = ends - begins
        content = np.empty(int(lengths.sum()), np.uint8)
        done = 0
        for start in range(0, len(ends), AT_ONCE):
            some = lengths[start : start + AT_ONCE]
            before = np.cumsum(some) - some
            count = int(some.sum())
            index = np.repeat(begins[start : start + AT_ONCE] - before, some) + np.arange(count)
            content[done : done + count] = self.content[index]
            done += count
        return Names(content, np.cumsum(lengths, dtype=np.int64))


def pack_names(names: Iterable[str]) -> Names:
    """Names in little memory. They may hold what the file system could not decode."""
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    ends = np.cumsum([len(name) for name in encoded], dtype=np.int64)
    return Names(np.frombuffer(b"".join(encoded), np.uint8), ends)


def natural_order(text: str) -> tuple[Any, ...]:
    """The key by which a person sorts names: numbers by their value, first, and digits within a text as numbers."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number == number and "_" not in text:
        return False, number, text
    parts = DIGITS.split(text.casefold())  # text and digits take turns, so that like is compared with like
    parts[1::2] = [f"{len(digits.lstrip('0')):09}{digits.lstrip('0')}" for digits in parts[1::2]]
    return True, parts, text


def printable(text: str) -> str:
    """A name from a file without control characters and characters that cannot be encoded, at most NAME_LENGTH long."""
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode() for letter in text
    )
    return shown if len(shown) <= NAME_LENGTH else shown[: NAME_LENGTH - 1] + "…"
