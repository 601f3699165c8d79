"""Matching the names in a table to those of image files."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Longs
from vae_explorer.data.image_file import SUFFIXES
from vae_explorer.data.table import FILE_ENDING

SEVERAL = -2  # in an index of names: more than one image has this name
ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
WHOLE = re.compile(r"([0-9]+)\.0+")


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """The rows of a table that name each of N images."""

    rows: Longs  # (N,), the first row that names the image, -1: none
    more: dict[int, list[int]]  # by image, all rows that name it, where there are several
    ways: tuple[tuple[str, int], ...]  # (how, number of images), such as ("without its extension", 12)

    @property
    def count(self) -> int:
        """The number of images that a row names."""
        return int((self.rows >= 0).sum())


@dataclass(frozen=True, slots=True)
class Way:
    """One way to compare a cell with a name."""

    title: str
    of_name: Callable[[str], str]
    of_cell: Callable[[str], tuple[str, ...]]  # spellings, the likeliest first
    folders: bool = False  # whether folders may be missing on either side


def _slashes(text: str) -> str:
    return text.strip().replace("\\", "/").removeprefix("./")


def _plain(text: str) -> str:
    """Without blanks around the parts of the path, in one case and one Unicode form."""
    folded = _slashes(text).casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", _slashes(text)).casefold())
    return "/".join(part.strip() for part in folded.split("/"))


def _bare(name: str) -> str:
    """The name of an image file without its extension."""
    plain = _plain(name)
    ending = "." + plain.rpartition(".")[2]
    return plain.removesuffix(ending).rstrip() if ending in SUFFIXES else plain


def _bare_cell(cell: str) -> tuple[str, ...]:
    plain = _plain(cell)
    return plain, FILE_ENDING.sub("", plain).rstrip()


def _counted(text: str) -> str:
    return ZEROS.sub("", text)


def _counted_cell(cell: str) -> tuple[str, ...]:
    whole = WHOLE.fullmatch(_plain(cell))  # a number that a program wrote with a decimal point
    return (_counted(whole[1]),) if whole else tuple(map(_counted, _bare_cell(cell)))


WAYS = (
    Way("exactly", _slashes, lambda cell: (_slashes(cell),)),
    Way("without its folder", _slashes, lambda cell: (_slashes(cell),), folders=True),
    Way("whatever its case and Unicode form", _plain, lambda cell: (_plain(cell),), folders=True),
    Way("without its extension", _bare, _bare_cell, folders=True),
    Way("without leading zeros", lambda name: _counted(_bare(name)), _counted_cell, folders=True),
)


def match_names(names: Sequence[str], cells: Sequence[str]) -> Matching:
    """Find for each image the rows whose cells name it.

    A cell is compared with the names in the ways above, the strictest first, and names an image only if no other image
    could be meant. An image is left to the rows that name it in the strictest way.
    """
    rows = np.full(len(names), -1, np.int64)
    more: dict[int, list[int]] = {}
    ways = []
    waiting = [row for row, cell in enumerate(cells) if cell]
    for way in WAYS:
        if not waiting:
            break
        index = _index(names, way)
        left, found = [], dict[int, list[int]]()
        for row in waiting:
            image = _image(index, way, cells[row])
            if image is None:
                left.append(row)
            elif image >= 0 and rows[image] < 0:
                found.setdefault(image, []).append(row)
        for image, own in found.items():
            rows[image] = own[0]
            if len(own) > 1:
                more[image] = own
        if found:
            ways.append((way.title, len(found)))
        waiting = left
    return Matching(rows, more, tuple(ways))


def names_hit(names: Sequence[str]) -> Callable[[str], int | None]:
    """A function that gives the image that a cell may mean in the loosest way, None: none. For looking at a table."""
    index = _index(names, WAYS[-1])

    def image_of(cell: str) -> int | None:
        return _image(index, WAYS[-1], cell) if cell else None

    return image_of


def _index(names: Sequence[str], way: Way) -> dict[str, int]:
    """The image of each spelling, SEVERAL where it could be more than one."""
    index: dict[str, int] = {}
    for image, name in enumerate(names):
        spelled = way.of_name(name)
        for part in _endings(spelled) if way.folders else (spelled,):
            index[part] = image if part not in index else SEVERAL
    return index


def _image(index: dict[str, int], way: Way, cell: str) -> int | None:
    """The image that a cell means, SEVERAL if it is not clear which, None if none."""
    for spelled in way.of_cell(cell):
        for part in _endings(spelled) if way.folders else (spelled,):
            if part in index:
                return index[part]
    return None


def _endings(path: str) -> Iterator[str]:
    """The path, then the path without its first folder, and so on to the name alone."""
    yield path
    while "/" in path:
        path = path.partition("/")[2]
        yield path
