"""Matching the names in a table to those of image files."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import unquote, urlsplit

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
    """One way to compare a cell with a name. What is written here is for one part of a path, between its slashes."""

    title: str
    of_folder: Callable[[str], str]
    of_name: Callable[[str], str]  # from the spelling in the way before
    of_cell: Callable[[str], tuple[str, ...]]  # spellings, the likeliest first


def _slashes(text: str) -> str:
    if "://" in text:
        text = unquote(urlsplit(text.strip()).path)
    return text.strip().replace("\\", "/").removeprefix("./")


def _same(part: str) -> str:
    return part


def _plain(part: str) -> str:
    """Without blanks around it, in one case and one Unicode form."""
    folded = part.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold())
    return folded.strip()


def _bare(plain: str) -> str:
    """The name of an image file without its extension."""
    ending = "." + plain.rpartition(".")[2]
    return plain.removesuffix(ending).rstrip() if ending in SUFFIXES else plain


def _bare_cell(cell: str) -> tuple[str, ...]:
    plain = _plain(cell)
    return (plain, FILE_ENDING.sub("", plain).rstrip()) if "." in plain else (plain,)


def _counted(part: str) -> str:
    return ZEROS.sub("", part) if "0" in part else part


def _counted_cell(cell: str) -> tuple[str, ...]:
    spelled = _bare_cell(cell)
    whole = WHOLE.fullmatch(spelled[0])  # a number that a program wrote with a decimal point
    return (_counted(whole[1]),) if whole else tuple(map(_counted, spelled))


WAYS = (
    Way("without its folder", _same, _same, lambda cell: (cell,)),
    Way("whatever its case and Unicode form", _plain, _plain, lambda cell: (_plain(cell),)),
    Way("without its extension", _plain, _bare, _bare_cell),
    Way("without leading zeros", lambda folder: _counted(_plain(folder)), _counted, _counted_cell),
)


class NameIndex:
    """The names of N image files, to be found by the cells of a table.

    A cell is compared with the names in the ways above, the strictest first, and names an image only if no other image
    could be meant. Folders may be missing on either side, except in an exact name.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._paths = [_slashes(name) for name in names]
        self._spelled: dict[str, list[str]] = {}  # by way, the names without folders

    def match(self, cells: Sequence[str]) -> Matching:
        """Find for each image the rows whose cells name it. It is left to those that name it in the strictest way."""
        rows = [-1] * len(self._paths)
        more: dict[int, list[int]] = {}
        ways = []
        paths = [_slashes(cell) for cell in cells]
        waiting = [row for row, path in enumerate(paths) if path]
        exact = _unique(self._paths)
        for way in (None, *WAYS):
            if not waiting:
                break
            image_of = exact.get if way is None else self._search(way)
            left, found = [], dict[int, int]()
            for row in waiting:
                image = image_of(paths[row])
                if image is None:
                    left.append(row)
                elif image in found:
                    more.setdefault(image, [found[image]]).append(row)
                elif image >= 0 and rows[image] < 0:
                    found[image] = row
            for image, row in found.items():
                rows[image] = row
            if found:
                ways.append(("exactly" if way is None else way.title, len(found)))
            waiting = left
        return Matching(np.array(rows, np.int64), more, tuple(ways))

    def image_of(self, cell: str) -> int | None:
        """The image that a cell may mean in the loosest way, None: none. For looking at a table."""
        return self._loosest(_slashes(cell)) if cell else None

    @cached_property
    def _loosest(self) -> Callable[[str], int | None]:
        return self._search(WAYS[-1])

    def _search(self, way: Way) -> Callable[[str], int | None]:
        """A function from a cell's path to the image that it means, SEVERAL if it is not clear which, None if none."""
        of_folder = cache(lambda folders: "/".join(map(way.of_folder, folders.split("/"))))
        names = self._names(way)
        index = _unique(names)
        # Folders are compared only where a name alone is not enough.
        longer: dict[str, int] = {}
        for image, name in enumerate(names):
            if index[name] == SEVERAL and "/" in self._paths[image]:
                for part in _below(of_folder(self._paths[image].rpartition("/")[0]), name):
                    longer[part] = image if part not in longer else SEVERAL

        def image_of(path: str) -> int | None:
            folders, _, last = path.rpartition("/")
            for spelled in way.of_cell(last):
                found = index.get(spelled)
                if found == SEVERAL and folders:
                    parts = _below(of_folder(folders), spelled)
                    return next((longer[part] for part in parts if part in longer), SEVERAL)
                if found is not None:
                    return found
            return None

        return image_of

    def _names(self, way: Way) -> list[str]:
        """The names without folders as a way spells them."""
        if way.title not in self._spelled:
            place = WAYS.index(way)
            before = self._names(WAYS[place - 1]) if place else [path.rpartition("/")[2] for path in self._paths]
            self._spelled[way.title] = list(map(way.of_name, before))
        return self._spelled[way.title]


def _unique(names: Sequence[str]) -> dict[str, int]:
    """The image of each name, SEVERAL where it could be more than one."""
    index: dict[str, int] = {}
    for image, name in enumerate(names):
        index[name] = image if name not in index else SEVERAL
    return index


def _below(folders: str, name: str) -> Iterator[str]:
    """The name below all of its folders, then without the first of them, and so on to the innermost."""
    while folders:
        yield f"{folders}/{name}"
        folders = folders.partition("/")[2]
