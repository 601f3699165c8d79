"""Which column of a table names the images."""

from collections.abc import Callable, Sequence

from vae_explorer.data.table import FILE_WORDS, Table, is_file_name, numbers_of

LOOKED_AT = 300  # cells of a column that are compared with the names to find out whether it holds names
INDEX_WORDS = ("", "unnamed: 0", "index", "column 1")  # headers of a column that only counts the rows


def find_name_column(table: Table, names: Sequence[str], count: int, meant: Callable[[str], int | None]) -> int | None:
    """Index of the column of names; None: no column looks like names."""
    if not names:
        numbered = (counts_images(column, count) and name.lower() in {*FILE_WORDS, *INDEX_WORDS}
                    for name, column in zip(table.header, table.columns, strict=True))  # fmt: skip
        return next((number for number, found in enumerate(numbered) if found), None)
    best: tuple[tuple[int, int, int], int] | None = None
    for number, (name, column) in enumerate(zip(table.header, table.columns, strict=True)):
        some = column[:: max(1, len(column) // LOOKED_AT)]
        hits = len({image for cell in set(some) if (image := meant(cell)) is not None and image >= 0})
        files = sum(map(is_file_name, some)) * 2 > len(some)
        word = name.lower() in FILE_WORDS and len(set(some)) * 2 > len(some)
        if name.lower() in INDEX_WORDS and counts_images(column, len(column)) and hits < min(len(some), len(names)):
            continue  # a program numbered the rows
        # Numbers such as angles may fit the names 001.png, 002.png: without a usual header, each has to be a name.
        enough = hits * 2 >= len(some) if numbers_of(some) is None else hits == len(some)
        if files or word or (enough and len(some) > 1) or (hits and name.lower() in FILE_WORDS):
            rank = (int(files), hits, int(word))
            if best is None or rank > best[0]:
                best = rank, number
    return None if best is None else best[1]


def counts_images(column: Sequence[str], count: int) -> bool:
    """Whether the cells are the numbers of all images, from 0 or from 1, in any order."""
    if len(column) != count or not all(cell.isascii() and cell.isdecimal() and len(cell) < 10 for cell in column):
        return False
    numbers = sorted(map(int, column))
    return numbers in (list(range(count)), list(range(1, count + 1)))
